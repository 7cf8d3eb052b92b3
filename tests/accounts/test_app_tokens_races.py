"""Fingerprint log-in under requests that meet, and what the database holds by itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import AppTokenRefused
from accounts.models import AppToken, KnownDevice, Session
from accounts.models.sessions import EndCause
from accounts.services import app_tokens, clients, login, sessions
from messaging.models import Message
from tests.accounts.app_tokens import DEVICE, issued
from tests.accounts.threads import at_once, wait_until_somebody_waits
from tests.factories_accounts import CLIENT, PASSWORD, customer

pytestmark = pytest.mark.django_db
URL, DOOR = "/api/v1/me/app-tokens", "/api/v1/sessions/by-app-token"


def use(token: str, device_id: str = DEVICE) -> app_tokens.AppSignIn:
    return app_tokens.sign_in(shown=token, device_id=device_id, client=CLIENT)


def refused(token: str, device_id: str = DEVICE) -> None:
    with pytest.raises(AppTokenRefused):
        use(token, device_id)


def test_of_racing_uses_at_most_one_opens_a_session_and_then_the_family_ends(real_db: None) -> None:
    user = customer()
    made = issued(user)
    results = at_once(
        24,
        lambda number: app_tokens.sign_in(
            shown=made.token, device_id=DEVICE, client=clients.describe(ip=f"203.0.113.{number}", user_agent="app")
        ),
    )
    opened = [result for result in results if isinstance(result, app_tokens.AppSignIn)]
    assert len(opened) == 1
    assert all(isinstance(result, AppTokenRefused) for result in results if result is not opened[0])
    refused(opened[0].app_token.token)
    assert not Session.objects.filter(app_token_family=made.family, ended_at__isnull=True).exists()
    assert Message.objects.filter(template="app_token_reused").count() == 1


def test_no_token_survives_a_change_that_comes_while_it_is_being_used(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer()
    made = issued(user)
    spent, known_device = threading.Event(), app_tokens._known_device

    def wait_for_the_change(*given: Any) -> KnownDevice:
        spent.set()
        wait_until_somebody_waits()
        return known_device(*given)

    def act(index: int) -> Any:
        if index == 0:
            return use(made.token)
        assert spent.wait(timeout=30)
        with transaction.atomic():
            return sessions.end_all(user=user, cause=EndCause.PASSWORD_CHANGED)

    monkeypatch.setattr(app_tokens, "_known_device", wait_for_the_change)
    results = at_once(2, act)
    assert isinstance(results[0], app_tokens.AppSignIn)
    assert not app_tokens.live(user).exists()
    assert sessions.find(results[0].token) is None


def test_no_device_is_one_too_many_when_several_are_turned_on_at_once(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer()
    monkeypatch.setattr("accounts.services.second_factor.require", lambda *_args, **_named: None)
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    at_once(
        16,
        lambda number: app_tokens.issue(
            user=user, session=session, device_id=f"device-number-{number}", proof=None, client=CLIENT
        ),
    )
    assert app_tokens.live(user).count() == app_tokens.DEVICES_MAX


def test_the_database_itself_knows_one_live_token_of_a_family() -> None:
    made = issued(customer())
    row = AppToken.objects.get(family=made.family)
    row.pk, row.token_hash = None, b"x" * 32
    with pytest.raises(IntegrityError, match="accounts_apptoken_one_live_per_family"), transaction.atomic():
        row.save(force_insert=True)
    assert connection.is_usable()
