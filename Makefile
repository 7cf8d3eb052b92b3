# Two commands matter: `make run` and `make test`. Both install what they need into .venv/ and write nowhere but var/.

SHELL := /bin/sh
here := $(shell d=$$(printf '%s' '$(MAKEFILE_LIST)' | sed 's/^ //'); cd "$$(dirname "$$d")" && pwd)
# Any Python from 3.11 on; where there is none, what is there will say so.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then command -v $$p; exit; fi; done; command -v python3 || command -v python || echo python3)
boot := cd "$(here)" && exec "$(PYTHON)" -m config.embedded
venv := cd "$(here)" && exec .venv/bin/python
N ?= 1
JSON ?=
demo_options := -n $(N) $(if $(JSON),--json)
export PORT

.PHONY: run test check demo soak clients fmt lint types lock install clean help

help:
	@echo "make run     run the product on 127.0.0.1:8000 (PORT=…); Ctrl-C stops it"
	@echo "make test    run the whole suite on real PostgreSQL (ARGS=… go to pytest)"
	@echo "make demo    tell the whole story against the running product (N=20, JSON=1)"
	@echo "make soak    the same, with processes being killed meanwhile, and the long forms of tests that have one"
	@echo "make check   what CI runs: format, lint, types, imports, migrations, API description, tests"
	@echo "make fmt lint types lock install clean"

run:
	@$(boot) run

test:
	@$(boot) test

demo: install
	@$(venv) manage.py demo $(demo_options)

soak: install
	@$(venv) manage.py demo $(demo_options) --soak
	@$(boot) test -n 0 -q tests/apikeys/test_replays.py tests/apikeys/test_restart.py -k captured --captured-requests 500
	@$(boot) test -n 0 -q tests/wallet/conversions/test_arithmetic.py --property-cases 50000
	@$(boot) test -n 0 -q tests/wallet/ledger/test_sums.py -k bank --bank-attempts 200000
	@$(boot) test -n 0 -q tests/wallet/ledger/test_long.py --contested-keys 200 --drift-cases 50000 --rebuilt-entries 1000000
	@$(boot) test -n 0 -q tests/wallet/withdrawals/test_races.py -k crowd --crowd 500
	@$(boot) test -n 0 -q tests/wallet/withdrawals/test_four_ways.py --four-ways 2000
	@$(boot) test -n 0 -q tests/wallet/withdrawals/test_real_chain.py tests/wallet/withdrawals/test_bitcoin.py -k times_out --lost-answers 200
	@$(boot) test -q tests/dialects/test_native_schema.py tests/dialects/test_schemas.py --stranger-requests 30 --stranger-cases all

clients: install
	@cd "$(here)" && .venv/bin/python -m uv venv --quiet --allow-existing var/clients && \
	  .venv/bin/python -m uv pip install --quiet --require-hashes -r requirements/clients.lock --python var/clients/bin/python

check: install clients
	@$(boot) with .venv/bin/python -m config.embedded.check

install:
	@$(boot) install >/dev/null

fmt: install
	@cd "$(here)" && .venv/bin/python -m ruff check --fix-only --quiet . && .venv/bin/python -m ruff format .

lint: install
	@cd "$(here)" && .venv/bin/python -m ruff format --check . && .venv/bin/python -m ruff check . && .venv/bin/python -c 'from importlinter.cli import lint_imports_command as lint; lint()'

types: install
	@$(venv) -m mypy .

# production.lock is the product; observation.lock is it with Sentry's and OpenTelemetry's clients; development.lock is all.
observers := --extra sentry --extra opentelemetry
# The lock names neither a host nor a path. Newer versions: make lock UPGRADE=--upgrade
lock: install
	@cd "$(here)" && for part in production observation development; do \
	  case $$part in production) extra=;; observation) extra="$(observers)";; *) extra="--extra development $(observers)";; esac; \
	  .venv/bin/python -m uv pip compile pyproject.toml $$extra $(UPGRADE) --universal --generate-hashes \
	    --no-emit-index-url --no-header --quiet -o requirements/$$part.lock || exit 1; done

clean:
	@cd "$(here)" && rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache && \
	  find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@echo "var/ (data and secrets) and .venv/ are left: rm -rf var .venv removes them too"
