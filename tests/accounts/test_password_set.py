"""The first password of an account; two requests at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import (
    PasswordAlreadySet,
    PasswordMissing,
    SecondFactorRequired,
)
from accounts.models import PasswordForm, User
from accounts.services import password_change, passwords, trade_password
from accounts.services.passwords import plain
from config.kit.clock import now
from messaging.models import Purpose
from messaging.services import codes
from tests.accounts.changing import (
    NEW,
    code_of,
    holds_of,
    reachable,
    settled,
    shown,
    told,
)
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/password"


def sent_code(user: User, purpose: Purpose, channel: str = "email") -> str:
    pass_time_for_resend()
    destination = user.email if channel == "email" else user.phone
    codes.send(purpose=purpose, channel=channel, destination=destination or "", user=user, language="en", ip="127.0.0.1")
    return read_code(destination or "")


def test_an_account_opened_with_a_code_sets_its_first_password(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    PasswordForm.objects.filter(user=user).delete()
    answer = api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": "000000"}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.password_missing")
    code = code_of(api, "password_set", "alice@example.com", token)
    assert api.post(URL, {"password": NEW, "code": code}, token=token).status_code == 204
    assert api.post("/api/v1/sessions", {"login": str(user.uid), "password": NEW}).status_code == 201
    assert holds_of(user) == [("password", 24)]
    assert told("password_set") == {"a***e@example.com", "+886******678"}
    again = api.post(URL, {"password": NEW + "!", "code": code}, token=token)
    assert (again.status_code, again.json()["slug"]) == (409, "accounts.password_already_set")


def test_a_first_password_of_a_new_account_holds_nothing() -> None:
    user = customer()
    PasswordForm.objects.filter(user=user).delete()
    code = sent_code(user, Purpose.PASSWORD_SET)
    password_change.set_first(user=user, new=plain(NEW), proof=shown(code), session=None, client=CLIENT)
    assert holds_of(user) == []


def test_a_first_password_asks_for_a_proof() -> None:
    user = settled(customer())
    PasswordForm.objects.filter(user=user).delete()
    with pytest.raises(SecondFactorRequired):
        password_change.set_first(user=user, new=plain(NEW), proof=None, session=None, client=CLIENT)
    with pytest.raises(PasswordMissing):
        password_change.change(user=user, old=plain(NEW), new=plain(NEW), proof=None, session=None, client=CLIENT)


def test_of_two_changes_at_once_one_is_made(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = reachable()
    monkeypatch.setattr(password_change, "require_where_there_is_one", lambda *_: None)
    results = at_once(
        2,
        lambda number: password_change.change(
            user=user, old=plain(PASSWORD), new=plain(f"{NEW} {number}"), proof=None, session=None, client=CLIENT
        ),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "OldPasswordWrong"]
    assert holds_of(user) == [("password", 24)]
    winner = results.index(None)
    assert passwords.matches(passwords.forms_of(user), plain(f"{NEW} {winner}"))


def test_of_two_first_passwords_at_once_one_is_set(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = reachable()
    PasswordForm.objects.filter(user=user).delete()
    monkeypatch.setattr(password_change, "require_where_there_is_one", lambda *_: None)
    results = at_once(
        2,
        lambda number: password_change.set_first(
            user=user, new=plain(f"{NEW} {number}"), proof=None, session=None, client=CLIENT
        ),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "PasswordAlreadySet"]
    assert isinstance(next(result for result in results if result is not None), PasswordAlreadySet)


def test_a_sub_account_without_channel_or_factor_shows_the_old_password_alone() -> None:
    parent = reachable()
    child = User.objects.create(parent=parent, username="helper", register_type="sub", registered_at=now() - timedelta(days=3))
    passwords.store(child, passwords.encode_forms(plain(PASSWORD)))
    password_change.change(user=child, old=plain(PASSWORD), new=plain(NEW), proof=None, session=None, client=CLIENT)
    assert passwords.matches(passwords.forms_of(child), plain(NEW))
    assert trade_password.is_set(child) is False
