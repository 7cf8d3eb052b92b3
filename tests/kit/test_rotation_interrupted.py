"""Turning the key-encryption key when it is killed half-way, while others write, and what stood in clear before."""

from __future__ import annotations

import json
import secrets
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from config.kit import crypto, sealed_text
from config.management.commands import rotate_keys
from kyc.models import CustomerKey, Document
from kyc.services import documents, identity, vault
from tests import factories_kyc as make
from tests.kyc import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def document_storage(settings: LazySettings, tmp_path: Path) -> None:
    """Files of the test's own."""
    kept: dict[str, Any] = dict(settings.STORAGES)
    kept["kyc"] = {**kept["kyc"], "OPTIONS": {**kept["kyc"]["OPTIONS"], "location": tmp_path}}
    settings.STORAGES = kept


def run() -> dict[str, Any]:
    """The report of a run that ends well."""
    out = StringIO()
    call_command("rotate_keys", "--json", stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def turned(report: dict[str, Any]) -> dict[str, int]:
    """How many values of each column were turned, where any were."""
    return {name: tally["turned"] for name, tally in report["columns"].items() if tally["turned"]}


def stored(user: User) -> str:
    """The phrase as it stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT anti_phishing_phrase FROM accounts_user WHERE id = %s", [user.pk])
        return str(cursor.fetchone()[0])


def test_a_run_that_is_killed_is_finished_by_the_next_and_the_old_key_can_go(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make.level_one(make.customer()) for _ in range(4)]
    picture = documents.upload(user=people[0], kind="id_front", content=pictures.jpeg())
    User.objects.filter(pk__in=[one.pk for one in people]).update(anti_phishing_phrase="blue heron")
    before = dict(settings.KEY_ENCRYPTION_KEYS)
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32), **before}
    whole, wraps = crypto.wrap_key, []

    def killed(key: bytes, **named: Any) -> bytes:
        wraps.append(named)
        if len(wraps) == 3:
            raise KeyboardInterrupt
        return whole(key, **named)

    with monkeypatch.context() as patch:
        patch.setattr(crypto, "wrap_key", killed)
        patch.setattr(rotate_keys, "COLUMNS", [c for c in rotate_keys.COLUMNS if c.model == "kyc.CustomerKey"])
        with pytest.raises(KeyboardInterrupt):
            run()
    under = [crypto.wrapped_under(bytes(key.wrapped)) for key in CustomerKey.objects.order_by("pk")]
    assert under == ["new", "new", *under[2:]]
    assert "new" not in under[2:]
    assert all(identity.read(one) for one in people)
    assert turned(run())["kyc.CustomerKey.wrapped"] == 2
    assert turned(run()) == {}
    settings.KEY_ENCRYPTION_KEYS = {"new": settings.KEY_ENCRYPTION_KEYS["new"]}
    assert all(identity.read(one) for one in people)
    assert documents.page(Document.objects.get(pk=picture.pk), 1).startswith(b"\xff\xd8")
    assert {User.objects.get(pk=one.pk).anti_phishing_phrase for one in people} == {"blue heron"}


def test_a_value_that_changes_under_the_run_keeps_what_was_written(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.level_one()
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32), **settings.KEY_ENCRYPTION_KEYS}
    User.objects.filter(pk=user.pk).update(anti_phishing_phrase="before")
    settings.KEY_ENCRYPTION_KEYS = {"newest": secrets.token_bytes(32), **settings.KEY_ENCRYPTION_KEYS}
    rewrap = crypto.rewrap

    def meanwhile(old: bytes, **named: Any) -> bytes:
        if "phrase" in named["context"]:
            User.objects.filter(pk=user.pk).update(anti_phishing_phrase="after")
        return rewrap(old, **named)

    monkeypatch.setattr(crypto, "rewrap", meanwhile)
    run()
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "after"


def test_processes_that_know_both_keys_read_each_other_whichever_of_them_is_active(settings: LazySettings) -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    yesterday, today = {"old": old, "new": new}, {"new": new, "old": old}
    settings.KEY_ENCRYPTION_KEYS = yesterday
    first = make.level_one()
    settings.KEY_ENCRYPTION_KEYS = today
    second = make.level_one()
    assert identity.read(first)
    settings.KEY_ENCRYPTION_KEYS = yesterday
    assert identity.read(second)
    late = vault.seal(first.pk, b"late", context="test")
    settings.KEY_ENCRYPTION_KEYS = today
    run()
    settings.KEY_ENCRYPTION_KEYS = {"new": new}
    assert vault.unseal(first.pk, late, context="test") == b"late"


def test_a_phrase_that_stood_in_clear_is_read_and_then_sealed() -> None:
    user = make.customer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET anti_phishing_phrase = 'blue heron' WHERE id = %s", [user.pk])
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "blue heron"
    assert turned(run())["accounts.User.anti_phishing_phrase"] == 1
    assert stored(user).startswith(sealed_text.PREFIX)
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "blue heron"


def test_a_phrase_that_looks_sealed_is_sealed_like_any_other_and_a_lost_key_keeps_nobody_out(settings: LazySettings) -> None:
    user = make.customer()
    User.objects.filter(pk=user.pk).update(anti_phishing_phrase="sealed:1:bm9wZQ==")
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "sealed:1:bm9wZQ=="
    settings.KEY_ENCRYPTION_KEYS = {"another": secrets.token_bytes(32)}
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == ""
