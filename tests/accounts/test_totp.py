"""The authenticator app."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import time_machine
from django_otp.oath import totp as reference

from accounts.errors import SecondFactorNotDue
from accounts.models import Authenticator, LoginRecord, SecurityHold, Session, User
from accounts.models.attempts import Scope
from accounts.services import attempts, login, totp, totp_binding
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.crypto import Unsealable, unseal
from messaging.errors import TooManyAttempts, WrongCode
from messaging.models import Message
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, bind_totp, customer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/totp"


def test_binding_shows_a_secret_an_otpauth_url_and_a_picture_of_it(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    answer = api.post(URL, token=token)
    assert answer.status_code == 201
    body = answer.json()
    assert len(base64.b32decode(body["secret"])) == 20
    url = f"otpauth://totp/Quaestor%3Aalice%40example.com?secret={body['secret']}&issuer=Quaestor"
    assert body["otpauth_url"] == url
    assert base64.b64decode(body["qr_png"]).startswith(b"\x89PNG")
    assert api.get("/api/v1/me", token=token).json()["totp_bound"] is False
    app = App.of_secret(body["secret"])
    assert api.put(URL, {"code": app.code()}, token=token).status_code == 204
    assert api.get("/api/v1/me", token=token).json()["totp_bound"] is True
    read_message("alice@example.com", "totp_bound")
    assert not SecurityHold.objects.exists()


@pytest.mark.parametrize(("age", "held"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_a_binding_after_the_first_day_starts_a_hold_and_is_told_by_every_channel(age: timedelta, held: bool) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(registered_at=now() - age, phone="+886912345678")
    bind_totp(User.objects.get(pk=user.pk))
    holds = SecurityHold.objects.filter(user=user)
    assert [(hold.cause, hold.until - hold.started_at) for hold in holds] == [("second_factor", timedelta(hours=24))] * held
    assert sorted(Message.objects.filter(template="totp_bound").values_list("channel", flat=True)) == ["email", "sms"]


def test_codes_are_those_of_the_reference_implementation() -> None:
    seed = b"12345678901234567890"
    with time_machine.travel(now(), tick=False):
        assert totp.current_code(seed) == f"{reference(seed):06d}"


def test_the_seed_is_sealed_and_opens_for_its_own_row_only() -> None:
    user, other = customer(), customer()
    app = bind_totp(user)
    bind_totp(other)
    row, foreign = Authenticator.objects.get(user=user), Authenticator.objects.get(user=other)
    assert app.seed not in bytes(row.sealed_seed)
    with pytest.raises(Unsealable):
        unseal(bytes(row.sealed_seed), context=foreign.seal_context)


def test_binding_asks_for_a_fresh_sign_in(api: Api) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        token = token_of(user)
        clock.shift(timedelta(minutes=5, seconds=1))
        answer = api.post(URL, token=token)
    assert answer.status_code == 403
    assert answer.json()["slug"] == "api.not_fresh"
    assert not Authenticator.objects.exists()


def test_a_begun_binding_waits_ten_minutes(api: Api) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        token = token_of(customer())
        app = App.of_secret(api.post(URL, token=token).json()["secret"])
        clock.shift(timedelta(minutes=10, seconds=1))
        answer = api.put(URL, {"code": app.code()}, token=token)
    assert answer.status_code == 409
    assert answer.json()["slug"] == "accounts.totp_not_begun"


def test_a_second_authenticator_is_refused(api: Api) -> None:
    user = customer()
    token = token_of(user)
    app = App.of_secret(api.post(URL, token=token).json()["secret"])
    api.put(URL, {"code": app.code()}, token=token)
    assert api.post(URL, token=token).json()["slug"] == "accounts.totp_already_bound"
    assert api.put(URL, {"code": app.code()}, token=token).json()["slug"] == "accounts.totp_already_bound"


def test_binding_ends_the_other_sessions(api: Api) -> None:
    user = customer()
    other, token = token_of(user), token_of(user)
    app = App.of_secret(api.post(URL, token=token).json()["secret"])
    api.put(URL, {"code": app.code()}, token=token)
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert api.get("/api/v1/me", token=token).status_code == 200
    assert User.objects.get(pk=user.pk).credentials_epoch == 1


def test_log_in_then_asks_for_a_code_and_rotates_the_token(api: Api) -> None:
    user = customer(email="alice@example.com")
    app = bind_totp(user)
    first = api.post("/api/v1/sessions", {"login": "alice@example.com", "password": PASSWORD})
    assert first.status_code == 202
    assert set(first.json()) == {"token", "level", "expires_at", "due", "methods"}
    assert first.json()["methods"] == ["totp"]
    waiting = first.json()["token"]
    body = {"method": "totp", "code": app.code()}
    second = api.post("/api/v1/sessions/second-factor", body, token=waiting)
    assert second.status_code == 201
    assert second.json()["level"] == "full"
    assert second.json()["token"] != waiting
    assert api.get("/api/v1/me", token=waiting).status_code == 401
    assert api.get("/api/v1/me", token=second.json()["token"]).status_code == 200


def test_a_code_works_once(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    code = app.code()
    for expected in (201, 422):
        waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
        body = {"method": "totp", "code": code}
        assert api.post("/api/v1/sessions/second-factor", body, token=waiting).status_code == expected


def test_a_code_older_than_the_newest_one_spent_is_dead() -> None:
    user = customer()
    app = bind_totp(user)
    older, newer = app.code(), app.code()
    authenticator = Authenticator.objects.get(user=user)
    totp.check(authenticator, newer)
    with pytest.raises(WrongCode):
        totp.check(authenticator, older)


@pytest.mark.parametrize(("shift", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_before_and_after_the_present_is_taken(shift: int, good: bool) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        seed = bind_totp(user).seed
        clock.shift(timedelta(hours=1))
        code = totp.current_code(seed, now() + timedelta(seconds=shift))
        authenticator = Authenticator.objects.get(user=user)
        if good:
            totp.check(authenticator, code)
        else:
            with pytest.raises(WrongCode):
                totp.check(authenticator, code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 456", "-12345"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    user = customer()
    bind_totp(user)
    with pytest.raises(WrongCode):
        totp.check(Authenticator.objects.get(user=user), code)


def test_five_wrong_codes_lock_the_factor_for_every_session() -> None:
    user = customer()
    app = bind_totp(user)
    authenticator = Authenticator.objects.get(user=user)
    left = []
    for _ in range(5):
        with pytest.raises(WrongCode) as refused:
            totp.check(authenticator, "000000")
        left.append(refused.value.attempts_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyAttempts) as locked:
        totp.check(authenticator, app.code())
    assert 0 < locked.value.retry_after <= 900


def test_two_requests_with_one_code_get_one_session(real_db: None) -> None:
    user = customer()
    app = bind_totp(user)
    code = app.code()
    waiting = [login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session for _ in range(2)]
    results = at_once(2, lambda i: login.complete(session=waiting[i], proof=Proof("totp", code), client=CLIENT))
    assert sum(isinstance(result, login.SignIn) for result in results) == 1
    assert sum(isinstance(result, WrongCode) for result in results) == 1


def test_200_submissions_of_one_code_succeed_once(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer()
    app = bind_totp(user)
    authenticator = Authenticator.objects.get(user=user)
    monkeypatch.setitem(attempts.BUDGETS, Scope.SECOND_FACTOR, attempts.Budget(timedelta(1), ((1_000, 1),)))
    with time_machine.travel(now(), tick=False):
        code = app.code()
        results = at_once(200, lambda _: totp.check(authenticator, code))
    assert results.count(None) == 1
    assert sum(isinstance(result, WrongCode) for result in results) == 199


def test_two_good_codes_raise_one_session_once(real_db: None) -> None:
    user = customer()
    app = bind_totp(user)
    codes = [app.code(), app.code()]
    opened = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    waiting = [Session.objects.select_related("user").get(pk=opened.pk) for _ in codes]
    results = at_once(2, lambda i: login.complete(session=waiting[i], proof=Proof("totp", codes[i]), client=CLIENT))
    assert sum(isinstance(result, login.SignIn) for result in results) == 1
    assert sum(isinstance(result, SecondFactorNotDue | WrongCode) for result in results) == 1


def test_removing_it_takes_a_code_starts_a_hold_and_ends_other_sessions(api: Api) -> None:
    user = customer(email="alice@example.com")
    app = bind_totp(user)
    tokens: list[str] = []
    for _ in range(2):
        with time_machine.travel(now() + timedelta(minutes=len(tokens)), tick=False):
            waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
            body = {"method": "totp", "code": app.code()}
            tokens.append(api.post("/api/v1/sessions/second-factor", body, token=waiting).json()["token"])
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert api.delete(URL, {"code": "000000"}, token=tokens[1]).status_code == 422
        assert Authenticator.objects.filter(user=user).exists()
        assert api.delete(URL, {"code": app.code()}, token=tokens[1]).status_code == 204
        assert not Authenticator.objects.filter(user=user).exists()
        hold = SecurityHold.objects.get(user=user)
        assert (hold.cause, hold.until - hold.started_at) == ("second_factor", timedelta(hours=24))
        assert api.get("/api/v1/me", token=tokens[0]).status_code == 401
        me = api.get("/api/v1/me", token=tokens[1]).json()
    (shown,) = me["security_holds"]
    assert (shown["cause"], shown["until"]) == (
        "second_factor",
        hold.until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )
    read_message("alice@example.com", "totp_unbound")
    assert list(LoginRecord.objects.order_by("id").values_list("act", flat=True))[-1] == "totp_unbound"


def test_there_is_nothing_to_remove_where_nothing_is_bound(api: Api) -> None:
    answer = api.delete(URL, {"code": "123456"}, token=token_of(customer()))
    assert answer.status_code == 409
    assert answer.json()["slug"] == "accounts.totp_not_bound"


def test_an_authenticator_cannot_be_bound_twice_at_once(real_db: None) -> None:
    user = customer()
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    app = App.of_secret(totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret)
    codes = [app.code(), app.code()]
    at_once(2, lambda i: totp_binding.confirm(user=user, code=codes[i], session=session, client=CLIENT))
    assert Authenticator.objects.filter(user=user, confirmed_at__isnull=False).count() == 1
    assert LoginRecord.objects.filter(user=user, act="totp_bound").count() == 1
    assert Session.objects.filter(user=user, ended_at__isnull=True).count() == 1
