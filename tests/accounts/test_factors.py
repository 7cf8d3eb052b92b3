"""Second factors of the own account: what there is, the channel of log-in codes, changing the authenticator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.errors import SecondFactorRequired, TotpAlreadyBound, TotpNotBegun
from accounts.models import Authenticator, LoginRecord, SecurityHold, Session, User
from accounts.models.sessions import Level
from accounts.services import factors, login, second_factor, sessions, totp, totp_binding
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import NotFresh
from messaging.errors import CodeExpired
from messaging.models import Purpose
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, IP, PASSWORD, App, bind_totp, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code, read_message
from tests.factories_passkeys import add_passkey

pytestmark = pytest.mark.django_db
TOTP = "/api/v1/me/totp"
CHANNEL = "/api/v1/me/second-factor"


def session_of(user: User) -> Session:
    return sessions.open_session(user=user, level=Level.FULL, client=CLIENT).session


def token(user: User) -> str:
    return sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token


def mailed(user: User, purpose: str) -> str:
    pass_time_for_resend()
    second_factor.send(user, second_factor.Method.EMAIL, purpose, language="en", ip=IP)
    return read_code(user.email or "")


def test_what_is_bound_and_what_would_do_is_read(api: Api) -> None:
    user = customer(email="alice@example.com")
    shown = token_of(user)
    nothing: dict[str, Any] = {
        "channel": None,
        "totp_bound_at": None,
        "passkeys": 0,
        "passkeys_suspended": 0,
        "recovery_codes_left": 0,
        "recovery_codes_drawn_at": None,
        "for_log_in": [],
        "for_acts": ["email"],
        "for_lost_factors": ["email"],
    }
    assert api.get("/api/v1/me/second-factors", token=shown).json() == nothing
    app = bind_totp(user)
    session = session_of(user)
    add_passkey(user, session, proof=Proof("totp", app.code()))
    factors.draw_recovery_codes(user=user, proof=Proof("totp", app.code()), client=CLIENT)
    body = api.get("/api/v1/me/second-factors", token=token(user)).json()
    assert body["totp_bound_at"].endswith("Z")
    assert body["recovery_codes_drawn_at"].endswith("Z")
    assert (body["passkeys"], body["passkeys_suspended"], body["recovery_codes_left"]) == (1, 0, 10)
    assert body["for_log_in"] == body["for_lost_factors"] == ["totp", "passkey", "recovery_code"]
    assert body["for_acts"] == ["totp", "passkey"]


def test_either_of_two_strong_factors_does() -> None:
    user = customer()
    app = bind_totp(user)
    device, _ = add_passkey(user, session_of(user), proof=Proof("totp", app.code()))
    assert second_factor.require(user, Proof("", app.code()), Purpose.WITHDRAWAL) == "totp"
    assert second_factor.require(user, device.proof(user, Purpose.WITHDRAWAL), Purpose.WITHDRAWAL) == "passkey"


def test_an_expired_code_names_the_methods_too() -> None:
    user = customer(email="alice@example.com")
    with time_machine.travel(now(), tick=False) as clock:
        code = mailed(user, Purpose.API_KEY)
        clock.shift(timedelta(minutes=6))
        with pytest.raises(CodeExpired) as refused:
            second_factor.require(user, Proof("email", code), Purpose.API_KEY)
    assert refused.value.facts == {"channel": "email", "methods": ["email"], "fresh_sign_in": False}


def test_the_channel_of_log_in_codes_is_chosen_with_a_proof(api: Api) -> None:
    user = customer(email="alice@example.com")
    other, shown = token_of(user), token_of(user)
    asked = api.put(CHANNEL, {"channel": "email"}, token=shown)
    assert (asked.status_code, asked.json()["methods"]) == (403, ["email"])
    body = {"channel": "email", "code": mailed(user, Purpose.SECURITY_SETTINGS)}
    chosen = api.put(CHANNEL, body, token=shown)
    assert (chosen.status_code, chosen.json()["channel"], chosen.json()["for_log_in"]) == (200, "email", ["email"])
    assert not SecurityHold.objects.exists()
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert read_message("alice@example.com", "login_code_chosen").facts["channel"] == "email"
    assert list(LoginRecord.objects.order_by("id").values_list("act", flat=True))[-1] == "login_code_chosen"


@pytest.mark.parametrize("over", [None, "phone"])
def test_turning_log_in_codes_off_or_over_starts_a_hold(api: Api, over: str | None) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(second_factor_channel="email", phone="+886912345678")
    user.refresh_from_db()
    body = {"channel": over, "method": "email", "code": mailed(user, Purpose.SECURITY_SETTINGS)}
    answer = api.put(CHANNEL, body, token=token(user))
    assert (answer.status_code, answer.json()["channel"]) == (200, over)
    hold = SecurityHold.objects.get(user=user)
    assert (hold.cause, hold.until - hold.started_at) == ("second_factor", timedelta(hours=24))


def test_choosing_what_is_chosen_changes_nothing(api: Api) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    user.refresh_from_db()
    body = {"channel": "email", "code": mailed(user, Purpose.SECURITY_SETTINGS)}
    assert api.put(CHANNEL, body, token=token(user)).status_code == 200
    assert not SecurityHold.objects.exists()
    assert not LoginRecord.objects.filter(act="login_code_chosen").exists()


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"channel": "phone"}, 409, "accounts.destination_missing"),
        ({"channel": "totp"}, 400, "api.invalid"),
        ({"channel": 5}, 400, "api.invalid"),
        ({}, 400, "api.invalid"),
        ({"channel": "email", "code": "000000"}, 422, "messaging.wrong_code"),
        ({"channel": None, "method": "nonsense", "code": "1"}, 400, "api.invalid"),
    ],
)
def test_what_cannot_be_chosen_is_refused(api: Api, body: dict[str, Any], status: int, slug: str) -> None:
    user = customer()
    answer = api.put(CHANNEL, body, token=token_of(user))
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert User.objects.get(pk=user.pk).second_factor_channel == ""


def test_where_a_log_in_code_is_on_binding_asks_for_a_proof_however_fresh_the_session(api: Api) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    user.refresh_from_db()
    shown = token(user)
    assert api.post(TOTP, {}, token=shown).json()["slug"] == "accounts.second_factor_required"
    assert api.post(TOTP, {"code": mailed(user, Purpose.TOTP_BIND)}, token=shown).status_code == 201


def test_a_proof_stands_in_for_a_fresh_sign_in(api: Api) -> None:
    user = customer(email="alice@example.com")
    with time_machine.travel(now(), tick=False) as clock:
        shown = token_of(user)
        clock.shift(timedelta(minutes=6))
        stale = api.post(TOTP, {}, token=shown).json()
        assert (stale["slug"], stale["methods"], stale["fresh_sign_in"]) == ("api.not_fresh", ["email"], True)
        assert api.post(TOTP, {"code": mailed(user, Purpose.TOTP_BIND)}, token=shown).status_code == 201


def test_a_seed_is_completed_in_the_session_to_which_it_was_shown(api: Api) -> None:
    user = customer()
    first, second = token_of(user), token_of(user)
    app = App.of_secret(api.post(TOTP, {}, token=first).json()["secret"])
    answer = api.put(TOTP, {"code": app.code()}, token=second)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.totp_not_begun")
    assert api.put(TOTP, {"code": app.code()}, token=first).status_code == 204


def test_a_client_that_repeats_the_seed_must_repeat_the_one_that_was_shown() -> None:
    user = customer()
    session = session_of(user)
    former = totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret
    begun = totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret
    app = App.of_secret(begun)
    for wrong in (former, "", "é", "A" * 10_000):
        with pytest.raises(TotpNotBegun):
            totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT, secret=wrong)
        app.last_step = 0
    totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT, secret=begun.lower())
    assert totp.bound(user)


def test_where_the_proof_follows_the_first_code_alone_binds_nothing() -> None:
    user = customer(email="alice@example.com")
    session = session_of(user)
    app = App.of_secret(totp_binding.begin(user=user, session=session, client=CLIENT, proof_follows=True).secret)
    with pytest.raises(SecondFactorRequired):
        totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT)
    proof = Proof("email", mailed(user, Purpose.TOTP_BIND))
    totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT, proof=proof)
    assert totp.bound(user)


def test_an_old_session_without_proof_sees_no_seed() -> None:
    user = customer()
    with pytest.raises(NotFresh):
        totp_binding.begin(user=user, session=session_of(user), client=CLIENT)
    assert not Authenticator.objects.exists()


def test_the_authenticator_is_changed_with_the_old_code_and_then_the_new_one(api: Api) -> None:
    user = customer(email="alice@example.com")
    old = bind_totp(user)
    other, shown = token(user), token(user)
    asked = api.patch(TOTP, {}, token=shown)
    assert (asked.status_code, asked.json()["methods"]) == (403, ["totp"])
    begun = api.patch(TOTP, {"method": "totp", "code": old.code()}, token=shown)
    assert begun.status_code == 200
    new = App.of_secret(begun.json()["secret"])
    assert totp.bound(user).last_step == old.last_step
    assert api.put(TOTP, {"code": "000000"}, token=shown).status_code == 422
    assert api.put(TOTP, {"code": new.code()}, token=shown).status_code == 204
    assert App.of(user).seed == new.seed
    assert Authenticator.objects.filter(user=user).count() == 1
    hold = SecurityHold.objects.get(user=user)
    assert (hold.cause, hold.until - hold.started_at) == ("second_factor", timedelta(hours=24))
    assert api.get("/api/v1/me", token=other).status_code == 401
    read_message("alice@example.com", "totp_changed")
    assert api.delete(TOTP, {"code": old.code()}, token=shown).status_code == 422


def test_a_seed_for_a_first_binding_changes_none() -> None:
    user = customer()
    session = session_of(user)
    first = App.of_secret(totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret)
    bind_totp(User.objects.get(pk=user.pk))
    with pytest.raises(TotpAlreadyBound):
        totp_binding.confirm(user=user, code=first.code(), session=session, client=CLIENT)
    assert App.of(user).seed != first.seed


def test_a_change_needs_something_to_change(api: Api) -> None:
    answer = api.patch(TOTP, {"code": "123456"}, token=token_of(customer()))
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.totp_not_bound")


def test_of_two_completions_of_a_change_one_is_done(real_db: None) -> None:
    user = customer()
    old = bind_totp(user)
    session = session_of(user)
    begun = totp_binding.begin_change(user=user, session=session, client=CLIENT, proof=Proof("totp", old.code()))
    new = App.of_secret(begun.secret)
    codes = [new.code(), new.code()]
    at_once(2, lambda number: totp_binding.confirm(user=user, code=codes[number], session=session, client=CLIENT))
    assert App.of(user).seed == new.seed
    assert LoginRecord.objects.filter(user=user, act="totp_changed").count() == 1
    assert SecurityHold.objects.count() == 1


def test_what_another_request_completed_is_not_completed_again() -> None:
    user = customer()
    totp_binding.begin(user=user, session=session_of(user), client=CLIENT, is_fresh=True)
    begun = Authenticator.objects.get(user=user)
    with transaction.atomic():
        totp_binding._replace(user, None, begun)
    with pytest.raises(TotpNotBegun), transaction.atomic():
        totp_binding._replace(user, None, begun)


def test_an_app_of_a_half_signed_in_thief_is_not_asked_about(api: Api) -> None:
    user = customer()
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
    for answer in (
        api.get("/api/v1/me/second-factors", token=waiting),
        api.put(CHANNEL, {"channel": None}, token=waiting),
        api.patch(TOTP, {}, token=waiting),
        api.post("/api/v1/me/recovery-codes", {}, token=waiting),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (403, "api.level_too_low")
