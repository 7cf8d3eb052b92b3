"""The log-in password: set first, changed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine

from accounts.errors import (
    OldPasswordWrong,
    PasswordsEqual,
    PasswordUnchanged,
    SecondFactorRequired,
)
from accounts.models import KnownDevice, User
from accounts.models.passwords import Form, Kind
from accounts.services import login, password_change, passwords
from accounts.services.passwords import Given, plain
from config.kit.clock import now
from config.kit.errors import Unavailable
from messaging.errors import WrongCode
from messaging.models import Purpose
from messaging.services import codes
from tests.accounts.changing import (
    NEW,
    acts_of,
    code_of,
    holds_of,
    open_sessions,
    reachable,
    session_of,
    shown,
    told,
)
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, token_of
from tests.factories_messaging import pass_time_for_resend, read_code, read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/password"


def sent_code(user: User, purpose: Purpose, channel: str = "email") -> str:
    pass_time_for_resend()
    destination = user.email if channel == "email" else user.phone
    codes.send(purpose=purpose, channel=channel, destination=destination or "", user=user, language="en", ip="127.0.0.1")
    return read_code(destination or "")


def md5(text: str) -> Given:
    return Given(Form.MD5, hashlib.md5(text.encode()).hexdigest())


def test_the_old_password_alone_ends_every_session_where_a_dialect_asks_for_no_more() -> None:
    user = reachable()
    session, _ = session_of(user), session_of(user)
    change = {"user": user, "session": session, "client": CLIENT}
    with pytest.raises(OldPasswordWrong):
        password_change.change_by_old(**change, old=md5("wrong"), new=md5(NEW))
    assert open_sessions(user) == 2
    password_change.change_by_old(**change, old=md5(PASSWORD), new=md5(NEW))
    assert open_sessions(user) == 0
    assert passwords.matches(passwords.forms_of(user), md5(NEW))
    assert (acts_of(user)[-1], holds_of(user)) == ("password_changed", [("password", 24)])


def test_a_changed_password_opens_the_account_and_the_old_one_does_not(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "password_change", "alice@example.com", token)
    answer = api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.post("/api/v1/sessions", {"login": str(user.uid), "password": NEW}).status_code == 201
    assert api.post("/api/v1/sessions", {"login": str(user.uid), "password": PASSWORD}).status_code == 401


def test_a_change_ends_the_other_sessions_holds_money_for_a_day_and_tells_every_channel(api: Api) -> None:
    user = reachable()
    token, other = token_of(user), token_of(user)
    code = code_of(api, "password_change", "alice@example.com", token)
    epoch = user.credentials_epoch
    assert api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token).status_code == 204
    assert api.get("/api/v1/me", token=token).status_code == 200
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert holds_of(user) == [("password", 24)]
    assert acts_of(user)[-1] == "password_changed"
    assert told("password_changed") == {"a***e@example.com", "+886******678"}
    assert "/security/links#" in read_message("alice@example.com", "password_changed").facts["link"]
    assert User.objects.get(pk=user.pk).credentials_epoch > epoch


def test_a_change_keeps_every_form_of_the_new_password(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "password_change", "alice@example.com", token)
    api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token)
    stored = passwords.forms_of(user)
    assert {one.form for one in stored} == set(Form)
    assert all(passwords.matches(stored, given) for given in (plain(NEW), md5(NEW)))
    assert not any(passwords.matches(stored, given) for given in (plain(PASSWORD), md5(PASSWORD)))


def test_a_digest_changes_a_password_as_well_as_a_text() -> None:
    user = reachable()
    code = sent_code(user, Purpose.PASSWORD_CHANGE)
    password_change.change(user=user, old=md5(PASSWORD), new=md5(NEW), proof=shown(code), session=None, client=CLIENT)
    assert {one.form for one in passwords.forms_of(user)} == {Form.MD5}
    assert login.log_in(login=str(user.uid), password=md5(NEW).text, form=Form.MD5, client=CLIENT).session.level == "full"


@pytest.mark.parametrize("new", [plain(PASSWORD), md5(PASSWORD)])
def test_the_present_password_is_no_new_one_in_whatever_form_it_comes(new: Given) -> None:
    user = reachable()
    with pytest.raises(PasswordUnchanged):
        password_change.change(user=user, old=plain(PASSWORD), new=new, proof=None, session=None, client=CLIENT)


def test_without_a_proof_nothing_changes_and_the_refusal_says_what_would_do(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    answer = api.put(URL, {"old_password": PASSWORD, "password": NEW}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.second_factor_required")
    assert answer.json()["methods"] == ["email", "phone"]
    assert passwords.matches(passwords.forms_of(user), plain(PASSWORD))


def test_a_code_for_another_purpose_changes_nothing(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    for purpose in ("password_set", "anti_phishing", "security_settings"):
        code = code_of(api, purpose, "alice@example.com", token)
        answer = api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token)
        assert answer.json()["slug"] == "messaging.wrong_code"
    assert passwords.matches(passwords.forms_of(user), plain(PASSWORD))


def test_where_an_authenticator_is_bound_a_sent_code_is_not_enough(api: Api) -> None:
    user = reachable()
    app = bind_totp(user)
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    code = sent_code(user, Purpose.PASSWORD_CHANGE)
    change = {"user": user, "old": plain(PASSWORD), "new": plain(NEW), "session": session, "client": CLIENT}
    with pytest.raises(WrongCode):
        password_change.change(**change, proof=shown(code, "email"))
    password_change.change(**change, proof=shown(app.code(), "totp"))
    assert passwords.matches(passwords.forms_of(user), plain(NEW))


def test_wrong_old_passwords_are_counted_and_lock(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    body = {"old_password": "wrong wrong", "password": NEW, "code": "000000"}
    failures = [api.put(URL, body, token=token).json()["failures"] for _ in range(5)]
    assert failures == [1, 2, 3, 4, 5]
    answer = api.put(URL, {**body, "old_password": PASSWORD}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (429, "accounts.sign_in_locked")
    assert answer.headers["Retry-After"] == str(answer.json()["retry_after"])
    assert acts_of(user).count("login_failed") == 5
    assert api.post("/api/v1/sessions", {"login": str(user.uid), "password": PASSWORD}).status_code == 201


def test_strangers_at_the_log_in_do_not_lock_the_owners_change(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "password_change", "alice@example.com", token)
    for name in (str(user.uid), "alice@example.com"):
        for _ in range(6):
            api.post("/api/v1/sessions", {"login": name, "password": "wrong wrong"})
    assert api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token).status_code == 204


def test_a_lock_ends_and_the_right_old_password_forgets_the_failures(api: Api) -> None:
    user = reachable()
    change = {"user": user, "new": plain(NEW), "proof": None, "session": None, "client": CLIENT}
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            with pytest.raises(OldPasswordWrong):
                password_change.change(**change, old=plain("wrong wrong"))
        clock.shift(timedelta(seconds=61))
        with pytest.raises(SecondFactorRequired):
            password_change.change(**change, old=plain(PASSWORD))
        with pytest.raises(OldPasswordWrong) as refused:
            password_change.change(**change, old=plain("wrong wrong"))
        assert refused.value.failures == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [("short", "too_short"), ("x" * 129, "too_long"), ("password123", "common"), ("alice@example.com", "same_as_name")],
)
def test_a_new_password_keeps_the_rules_and_costs_no_code_where_it_does_not(api: Api, text: str, reason: str) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "password_change", "alice@example.com", token)
    answer = api.put(URL, {"old_password": PASSWORD, "password": text, "code": code}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (400, "accounts.password_refused")
    assert reason in answer.json()["reasons"]
    assert api.put(URL, {"old_password": PASSWORD, "password": NEW, "code": code}, token=token).status_code == 204


def test_a_password_of_megabytes_is_refused_unread(api: Api) -> None:
    token = token_of(reachable())
    for field in ("old_password", "password"):
        body = {"old_password": PASSWORD, "password": NEW, "code": "000000", field: "x" * 10_000_000}
        assert api.put(URL, body, token=token).status_code == 413


@pytest.mark.parametrize("form", ["text", "digest"])
def test_the_log_in_password_is_never_the_trade_password(form: str) -> None:
    user = reachable()
    passwords.store(user, passwords.encode_forms(plain(NEW)), Kind.TRADE)
    code = sent_code(user, Purpose.PASSWORD_CHANGE)
    new = plain(NEW) if form == "text" else md5(NEW)
    with pytest.raises(PasswordsEqual):
        password_change.change(user=user, old=plain(PASSWORD), new=new, proof=shown(code), session=None, client=CLIENT)
    assert passwords.matches(passwords.forms_of(user), plain(PASSWORD))


def test_a_trade_password_set_meanwhile_is_compared_at_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    user = reachable()
    code = sent_code(user, Purpose.PASSWORD_CHANGE)
    encode = passwords.encode_forms

    def slow(given: Given) -> dict[Form, str]:
        made = encode(given)
        passwords.store(user, made, Kind.TRADE)
        return made

    monkeypatch.setattr(passwords, "encode_forms", slow)
    with pytest.raises(Unavailable):
        password_change.change(user=user, old=plain(PASSWORD), new=plain(NEW), proof=shown(code), session=None, client=CLIENT)
    assert passwords.matches(passwords.forms_of(user), plain(PASSWORD))


def test_a_change_keeps_the_known_devices() -> None:
    user = reachable()
    session = session_of(user)
    code = sent_code(user, Purpose.PASSWORD_CHANGE)
    password_change.change(user=user, old=plain(PASSWORD), new=plain(NEW), proof=shown(code), session=session, client=CLIENT)
    assert KnownDevice.objects.filter(user=user).count() == 1
    assert open_sessions(user) == 1
