"""Operators' commands: one shape for all of them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class

from accounts.models import AuditRecord
from config.kit.commands import EXIT_CODES, ActingCommand, ConsoleCommand, WritingCommand
from wallet.models.coins import Coin

OURS = {"accounts", "apikeys", "config", "kyc", "messaging", "wallet"}
COMMANDS = sorted(name for name, app in get_commands().items() if app in OURS)
OWN_DRY_RUN = {"downgrade_customer", "erase_customer", "load_bank_branches", "rotate_indexes", "rotate_keys"}
"""Commands that tell beforehand what they would do, without doing it."""
LOOKS_OR_RUNS = {
    *("audit_ledger", "bench", "catch_messages", "check_deployment", "check_messages", "check_storage", "check_wallet"),
    *("compare_wallets", "demo", "explain_signature", "export_customer", "export_journal", "failed_webhooks", "risk_replay"),
    *("run_chain", "run_signer", "run_watcher", "stuck_work", "trace", "verify_audit"),
}
"""Commands that look, send or go on for ever: there is nothing to take back."""
SETS_UP = {"create_officers", "grant_rights", "install_broker", "make_signer_key", "respell_id_numbers", "set_up"}
"""Commands of an installation's first hour or of an update; they may be repeated, and some can't be part of a transaction."""


def command(name: str) -> Any:
    return load_command_class(get_commands()[name], name)


def options_of(name: str) -> dict[str, Any]:
    parser = command(name).create_parser("manage.py", name)
    return {text: action for action in parser._actions for text in action.option_strings}


def test_every_app_of_ours_is_looked_at() -> None:
    assert {config.name for config in apps.get_app_configs()} >= OURS
    assert len(COMMANDS) > 60


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_that_can_be_parsed_and_the_exit_codes(name: str) -> None:
    found = command(name)
    assert isinstance(found, ConsoleCommand)
    help_text = found.create_parser("manage.py", name).format_help()
    assert f"manage.py {found.example}" in help_text
    assert found.example.split()[0] == name
    assert EXIT_CODES in help_text


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - LOOKS_OR_RUNS - SETS_UP))
def test_what_writes_can_be_tried_first(name: str) -> None:
    assert "--dry-run" in options_of(name)
    assert isinstance(command(name), WritingCommand | ActingCommand) is (name not in OWN_DRY_RUN)


@pytest.mark.parametrize("name", [name for name in COMMANDS if "--reason" in options_of(name)])
def test_what_asks_why_asks_who(name: str) -> None:
    options = options_of(name)
    assert "--by" in options
    if name not in {"failed_webhooks", "load_rates"}:  # these ask only where they act
        assert (options["--by"].required, options["--reason"].required) == (True, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            ["set_coin", "SOL", "--name", "Solana", "--kind", "crypto", "--scale", "9"],
            "dry run, nothing is kept: SOL (Solana) is disabled",
        ),
        (["set_outflow_cap", "BTC", "25"], "At most 25 leave in 24 h (BTC)."),
        (["stop_outflow", "BTC"], "BTC is stopped."),
    ],
)
def test_a_dry_run_tells_what_would_become_of_it_and_keeps_nothing(line: list[str], told: str) -> None:
    before = (list(Coin.objects.order_by("pk").values()), AuditRecord.objects.count())
    out = io.StringIO()
    call_command(*line, "--by", "Bo Li", "--reason", "a trial", "--dry-run", stdout=out, stderr=io.StringIO())
    assert told in out.getvalue()
    assert (list(Coin.objects.order_by("pk").values()), AuditRecord.objects.count()) == before
