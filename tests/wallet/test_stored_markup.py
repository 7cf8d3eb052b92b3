"""Markup in any text that the database holds is shown on the desk as the text that it is, never run."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.admin_site import site
from apikeys.models import Scheme
from tests import factories_kyc as kyc
from tests.accounts.test_staff import sign_in
from tests.apikeys.test_foreign_requests import issue
from tests.database import triggers_asleep
from tests.factories_accounts import customer, officer, token_of
from tests.wallet.fiat import arrange as fiat
from tests.wallet.payments import arrange as payments
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network

__all__ = ["network"]
pytestmark = pytest.mark.django_db(transaction=True)
MARKUP = '<img src=x onerror="xss()">'
RAW = MARKUP[:10]
OURS = {"accounts", "apikeys", "kyc", "messaging", "wallet"}
KEPT = {"accounts.AuditLink", "accounts.PasswordForm", "accounts.Authenticator"}
"""Tables that no page shows and without which nobody signs in."""
TEXTS = (models.CharField, models.TextField)


def fill() -> set[str]:
    """Write the markup over every text of every row, where no constraint forbids it; the columns that took it."""
    taken = set()
    with triggers_asleep():
        for model in apps.get_models():
            if model._meta.app_label not in OURS or model._meta.label in KEPT:
                continue
            for field in model._meta.concrete_fields:
                if not isinstance(field, TEXTS) or field.choices or field.name in {"code", "key"} or not model.objects.exists():  # type: ignore[attr-defined]  # every table of ours has its manager
                    continue
                try:
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                        model.objects.update(**{field.name: MARKUP[: getattr(field, "max_length", None)]})  # type: ignore[attr-defined]  # as above
                except DatabaseError:
                    continue
                taken.add(f"{model._meta.label}.{field.name}")
    return taken


def pages(client: Client) -> list[tuple[str, str]]:
    """Address and text of the first page of each list, and of the page of its newest row."""
    found = []
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths = [reverse(f"{name}_changelist")]
        for row in model._default_manager.order_by("-pk")[:1]:
            paths += [
                reverse(f"{name}_change", args=[getattr(row, "public_id", row.pk)]),
                reverse(f"{name}_change", args=[row.pk]),
            ]
        for path in paths:
            answer: Any = client.get(path)
            assert answer.status_code in {200, 302, 403, 404}, path
            found.append((path, answer.content.decode()))
    return found


def test_markup_in_any_text_is_shown_and_never_run(network: Any) -> None:
    user, app = officer("compliance", "compliance_lead", "treasury", "auditor")
    client = Client(raise_request_exception=False)
    assert sign_in(client, user, app.code())
    fiat.open_bank()
    payments.sell()
    sender, receiver = arrange.customer(), arrange.customer()
    arrange.sent(sender)
    arrange.confirmed(sender, amount="5")
    transfers.ask(sender, receiver, remark="rent")
    payments.held(payments.payer())
    fiat.confirmed(fiat.customer())
    kyc.submitted()
    signs = customer()
    token_of(signs)
    issue(signs, Scheme.BTSE)
    taken = fill()
    assert len(taken) > 60
    told = pages(client)
    assert not [path for path, text in told if RAW in text]
    escaped = [path for path, text in told if "&lt;img src=x" in text]
    assert len(escaped) > 15
