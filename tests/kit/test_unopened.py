"""A sealed text whose key is away: it reads as empty, and saving the row keeps what stands there."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.db import connection

from accounts.models import RecoveryCase, User
from tests import factories_kyc as make
from tests import factories_recovery as recoveries

pytestmark = pytest.mark.django_db


def stored(table: str, column: str, pk: int) -> str:
    """What the column holds."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [pk])
        return str(cursor.fetchone()[0])


def test_a_row_that_is_saved_without_the_key_keeps_its_sealed_text(settings: Any) -> None:
    user = make.customer()
    user.anti_phishing_phrase = "blue heron"
    user.save()
    before = stored("accounts_user", "anti_phishing_phrase", user.pk)
    keys = dict(settings.KEY_ENCRYPTION_KEYS)
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32)}
    read = User.objects.get(pk=user.pk)
    assert read.anti_phishing_phrase == ""
    read.save()
    assert stored("accounts_user", "anti_phishing_phrase", user.pk) == before
    settings.KEY_ENCRYPTION_KEYS = keys
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "blue heron"
    read.anti_phishing_phrase = ""
    read.save()
    assert stored("accounts_user", "anti_phishing_phrase", user.pk) == ""


def test_a_recovery_that_is_handed_in_without_the_key_keeps_what_the_customer_said(settings: Any) -> None:
    case = recoveries.submitted()
    RecoveryCase.objects.filter(pk=case.pk).update(statement="My phone was stolen.")
    before = stored("accounts_recoverycase", "statement", case.pk)
    settings.KEY_ENCRYPTION_KEYS = {"new": secrets.token_bytes(32)}
    read = RecoveryCase.objects.get(pk=case.pk)
    assert read.statement == ""
    read.save()
    assert stored("accounts_recoverycase", "statement", case.pk) == before
