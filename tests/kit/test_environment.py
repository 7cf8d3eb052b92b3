"""Production starts on nothing that development made up, and says all that is wrong at once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, database, key_encryption_keys, mail


def load_settings(**values: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"], env={**kept, **values}, capture_output=True, text=True, check=False
    )


def test_production_names_everything_that_is_missing() -> None:
    refused = load_settings(QUAESTOR_MODE="production")
    assert refused.returncode != 0
    for name in (
        "SECRET_KEY",
        "HASH_KEY",
        "KEY_ENCRYPTION_KEYS",
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "EMAIL_URL",
        "ALLOWED_HOSTS",
    ):
        assert f"{name} is not set" in refused.stderr


def test_development_starts_on_nothing_at_all() -> None:
    assert load_settings().returncode == 0


def test_an_unknown_mode_is_refused() -> None:
    assert "QUAESTOR_MODE must be one of" in load_settings(QUAESTOR_MODE="prod").stderr


def test_short_and_development_secrets_are_refused_in_production() -> None:
    environment = Environment({"A": "short", "B": "development-" + "x" * 40, "C": "x" * 40})
    for name in ("A", "B", "C"):
        environment.secret(name, development="development-default")
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.finish(production=True)
    assert "A is shorter" in str(refusal.value)
    assert "B is a development value" in str(refusal.value)
    assert "C is" not in str(refusal.value)


def test_numbers_and_booleans_that_are_none_are_refused_in_every_mode() -> None:
    environment = Environment({"N": "-1", "B": "perhaps"})
    assert environment.integer("N", default=3) == 3
    assert environment.boolean("B", default=True) is False
    with pytest.raises(ImproperlyConfigured, match="N must be a whole number; B must be true or false"):
        environment.finish(production=False)


@pytest.mark.parametrize("text", ["", "dev", "dev:", "dev:AAAA", "dev:!!!", ":" + "A" * 44])
def test_key_encryption_keys_of_the_wrong_form_are_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        key_encryption_keys(text)


def test_a_database_url_is_read_with_its_socket_and_escapes() -> None:
    read = database(
        "postgresql://us%40er:p%2Fw@/name?host=/run/pg",
        lock_timeout_ms=1,
        statement_timeout_ms=2,
        pgbouncer=False,
        test_name="",
    )
    assert (read["USER"], read["PASSWORD"], read["NAME"], read["HOST"]) == ("us@er", "p/w", "name", "/run/pg")
    with pytest.raises(ImproperlyConfigured):
        database("mysql://x/y", lock_timeout_ms=1, statement_timeout_ms=2, pgbouncer=False, test_name="")


def test_a_mail_url_is_read() -> None:
    read = mail("smtps://u:p@mail.example:465?from=Desk%20%3Cdesk@example.com%3E")
    assert (read["HOST"], read["PORT"], read["SSL"], read["FROM"]) == ("mail.example", 465, True, "Desk <desk@example.com>")
