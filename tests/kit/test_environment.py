"""Production starts on nothing that development made up, and says all that is wrong at once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, database, key_encryption_keys


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


FIT = {
    "QUAESTOR_MODE": "production",
    "SECRET_KEY": "s" * 40,
    "HASH_KEY": "h" * 40,
    "KEY_ENCRYPTION_KEYS": "one:" + "QUJD" * 10 + "QUI=",
    "DATABASE_URL": "postgresql://q:p@db.internal/q",
    "CACHE_URL": "redis://cache.internal",
    "CELERY_BROKER_URL": "redis://broker.internal",
    "PUBLIC_URL": "https://desk.example.com",
    "ALLOWED_HOSTS": "desk.example.com",
    "EMAIL_URL": "smtps://u:p@mail.internal:465?from=desk@example.com",
    "SMS_URL": "https://u:p@sms.internal/send",
    "KYC_STORAGE_URL": "s3://key:secret@objects.internal/kyc",
    "EVM_RPC_URL": "https://node.internal",
    "EVM_CHAIN_ID": "1",
    "EVM_DEPOSIT_XPUB": "xpub-of-our-own",
    "EVM_SCAN_FROM_HEIGHT": "19000000",
    "EVM_HOT_WALLET_ADDRESS": "0x0000000000000000000000000000000000000001",
}


def test_production_starts_on_values_that_are_fit() -> None:
    started = load_settings(**FIT)
    assert started.returncode == 0, started.stderr


def test_production_starts_with_strict_codes_behind_captchas() -> None:
    doors = "registration_code,login_code,recovery_code,registration"
    started = load_settings(**FIT, STRICT_CODES="on", CAPTCHA_AT=doors)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("KEY_ENCRYPTION_KEYS", "prod:ZGV2ZWxvcG1lbnQta2V5LWVuY3J5cHRpb24ta2V5ISE=", "holds the development key"),
        ("HASH_KEY", "s" * 40, "HASH_KEY is the same as SECRET_KEY"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS allows every host"),
        ("PUBLIC_URL", "http://desk.example.com", "PUBLIC_URL is not https"),
        ("EMAIL_URL", "smtp://mail.internal:25", "EMAIL_URL sends codes without TLS"),
        ("SMS_URL", "http://sms.internal/send", "SMS_URL sends codes without TLS"),
        ("CELERY_BROKER_URL", "memory://", "CELERY_BROKER_URL keeps nothing"),
        ("TRUSTED_ADDRESS_COOLDOWN_SECONDS", "0", "TRUSTED_ADDRESS_COOLDOWN_SECONDS is zero"),
        ("API_KEY_WITHDRAW_AGE_SECONDS", "0", "API_KEY_WITHDRAW_AGE_SECONDS is zero"),
        ("EVM_CHAIN_ID", "131277322940537", "EVM_CHAIN_ID is a development value"),
        ("WEBAUTHN_ORIGINS", "https://desk.example.com,http://desk.example.com", "holds an origin without TLS"),
        ("WEBAUTHN_ORIGINS", "https://desk.example.com,https://evilexample.com", "WEBAUTHN_RP_ID is not the domain"),
        ("WEBAUTHN_RP_ID", "other.example", "WEBAUTHN_RP_ID is not the domain of WEBAUTHN_ORIGINS"),
        ("WEBAUTHN_RP_ID", "com", "WEBAUTHN_RP_ID is not the domain of WEBAUTHN_ORIGINS"),
        ("STRICT_CODES", "on", "CAPTCHA_AT must name every door but login"),
        ("CAPTCHA_AT", "login,cellar", "CAPTCHA_AT names cellar, which is no door"),
        ("KYC_STORAGE_URL", "/srv/kyc", "KYC_STORAGE_URL keeps documents on one machine's disk"),
        ("KYC_STORAGE_URL", "s3://key:secret@objects.internal/kyc?tls=0", "KYC_STORAGE_URL carries documents without TLS"),
        ("KYC_STORAGE_URL", "s3://key:secret@objects.internal/kyc?acl=public-read", "a document is never public"),
        ("RATES_URL", "development:", "RATES_URL sends prices without TLS, or makes them up"),
        ("RATES_URL", "http://rates.internal/", "RATES_URL sends prices without TLS, or makes them up"),
        ("RATES_JUMP_PERCENT_MAX", "0", "RATES_JUMP_PERCENT_MAX 1 to 100"),
        ("GEOIP_DATABASE", "/nowhere/city.mmdb", "GEOIP_DATABASE names no file"),
    ],
)
def test_production_refuses_a_value_that_is_unfit(name: str, value: str, complaint: str) -> None:
    refused = load_settings(**{**FIT, name: value})
    assert refused.returncode != 0
    assert complaint in refused.stderr
