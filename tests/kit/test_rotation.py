"""Turning the key-encryption key while everything runs."""

from __future__ import annotations

import json
import secrets
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from accounts.models import Authenticator
from apikeys.models import ApiKey
from config.kit import crypto
from config.kit.sealed_text import SealedText
from config.management.commands.rotate_keys import COLUMNS
from messaging.models import Message, Notice
from messaging.services import inbox
from messaging.services.outbox import open_contents
from tests.apikeys import people
from tests.factories_accounts import App, bind_totp

pytestmark = pytest.mark.django_db
UNDER_THE_CUSTOMERS_KEY = {
    "kyc.Identity.sealed", "kyc.NamedNumber.sealed", "kyc.BankAccount.sealed", "kyc.Case.questionnaire_sealed",
    "wallet.TravelRuleRecord.sealed",
}  # fmt: skip
NOT_KEPT_IN_PRODUCTION = {"messaging.Captcha.sealed_answer"}


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("rotate_keys", "--json", *arguments, stdout=out)
        code = 0
    except SystemExit as ending:
        code = int(ending.code or 0)
    report: dict[str, Any] = json.loads(out.getvalue())
    assert (code == 0) == report["ok"]
    return report


def test_every_sealed_column_has_its_turn() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model is model._meta.concrete_model
        if not model._meta.proxy
        for field in model._meta.get_fields()
        if isinstance(field, SealedText)
        or (isinstance(field, models.BinaryField) and ("sealed" in field.name or "wrapped" in field.name))
    }
    named = {f"{column.model}.{column.column}" for column in COLUMNS}
    assert named == found - UNDER_THE_CUSTOMERS_KEY - NOT_KEPT_IN_PRODUCTION


def test_sealed_values_open_before_under_and_after_the_turn(settings: Any) -> None:
    ada = people.customer()
    issued = people.issue(ada)
    bind_totp(ada)
    before = dict(settings.KEY_ENCRYPTION_KEYS)
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32), **before}
    assert run("--dry-run")["ok"] is False
    assert crypto.wrapped_under(bytes(ApiKey.objects.get().sealed_secret)) == next(iter(before))
    report = run()
    assert report["columns"]["apikeys.ApiKey.sealed_secret"] == {"seen": 1, "turned": 1, "broken": 0}
    settings.KEY_ENCRYPTION_KEYS = {"new": settings.KEY_ENCRYPTION_KEYS["new"]}
    stored = ApiKey.objects.get()
    assert crypto.unseal(bytes(stored.sealed_secret), context=stored.seal_context).decode() == issued.secret
    assert App.of(ada).code()
    assert Authenticator.objects.exists()
    assert all(open_contents(message).destination for message in Message.objects.filter(sealed__isnull=False))
    notices = list(Notice.objects.filter(user=ada))
    assert notices
    assert all(inbox.read(notice, language="en").text for notice in notices)
    assert sum(column["turned"] for column in run()["columns"].values()) == 0


def test_what_stands_under_a_lost_key_is_told_and_left_as_it_is(settings: Any) -> None:
    people.issue(people.customer())
    Message.objects.all().delete()
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32)}
    before = bytes(ApiKey.objects.get().sealed_secret)
    report = run()
    assert report["columns"]["apikeys.ApiKey.sealed_secret"] == {"seen": 1, "turned": 0, "broken": 1}
    assert bytes(ApiKey.objects.get().sealed_secret) == before
