"""`require`, the only door for sensitive acts, and codes on demand."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.errors import SecondFactorRequired
from accounts.models import User
from accounts.services import login, second_factor
from accounts.services.second_factor import Proof
from messaging.errors import CodeRefused, WrongCode
from messaging.models import Purpose
from messaging.services import codes
from tests.client import Api
from tests.factories_accounts import CLIENT, IP, PASSWORD, bind_totp, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db


def challenge(user: User, purpose: str = Purpose.API_KEY, context: str = "") -> str:
    sent = second_factor.challenge(user, purpose, context, language="en", ip=IP)
    assert sent is not None
    return read_code(user.email or user.phone or "")


def test_without_a_proof_the_refusal_names_the_methods() -> None:
    user = customer()
    with pytest.raises(SecondFactorRequired) as refused:
        second_factor.require(user, None, Purpose.API_KEY)
    assert refused.value.methods == ["email"]
    bind_totp(user)
    with pytest.raises(SecondFactorRequired) as refused:
        second_factor.require(user, Proof("totp", ""), Purpose.API_KEY)
    assert refused.value.methods == ["totp"]


def test_a_mailed_code_proves_its_purpose_and_context_once() -> None:
    user = customer()
    proof = Proof("email", challenge(user, Purpose.API_KEY, "key 1"))
    with pytest.raises(CodeRefused):
        second_factor.require(user, proof, Purpose.API_KEY, "key 2")
    second_factor.require(user, proof, Purpose.API_KEY, "key 1")
    with pytest.raises(CodeRefused):
        second_factor.require(user, proof, Purpose.API_KEY, "key 1")


def test_where_an_authenticator_is_bound_a_mailed_code_is_answered_like_a_wrong_one() -> None:
    user = customer()
    code = challenge(user)
    bind_totp(user)
    with pytest.raises(WrongCode) as weaker:
        second_factor.require(user, Proof("email", code), Purpose.API_KEY)
    with pytest.raises(WrongCode) as wrong:
        second_factor.require(user, Proof("totp", "000000"), Purpose.API_KEY)
    assert (weaker.value.attempts_left, wrong.value.attempts_left) == (4, 3)
    assert second_factor.challenge(user, Purpose.API_KEY, language="en", ip=IP) is None


def test_the_authenticator_proves_an_act() -> None:
    user = customer()
    app = bind_totp(user)
    second_factor.require(user, Proof("totp", app.code()), Purpose.WITHDRAWAL, "anything")


def test_a_foreign_code_proves_nothing() -> None:
    user, other = customer(), customer()
    code = challenge(other)
    with pytest.raises(WrongCode):
        second_factor.require(user, Proof("email", code), Purpose.API_KEY)


def test_inside_a_transaction_the_door_is_shut(real_db: None) -> None:
    user = customer()
    with pytest.raises(RuntimeError), transaction.atomic():
        second_factor.require(user, Proof("email", "123456"), Purpose.API_KEY)
    bind_totp(user)
    with pytest.raises(RuntimeError), transaction.atomic():
        second_factor.require(user, Proof("totp", "123456"), Purpose.API_KEY)


def test_the_code_does_not_stand_in_a_proofs_repr() -> None:
    assert "123456" not in repr(Proof("totp", "123456"))


def test_a_customer_who_turned_the_log_in_code_on_is_asked_for_it(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    api.post("/api/v1/codes", {"purpose": "security_settings"}, token=token)
    chosen = {"channel": "email", "code": read_code("alice@example.com")}
    assert api.put("/api/v1/me/second-factor", chosen, token=token).json()["channel"] == "email"
    first = api.post("/api/v1/sessions", {"login": "alice@example.com", "password": PASSWORD})
    assert (first.status_code, first.json()["methods"]) == (202, ["email"])
    waiting = first.json()["token"]
    pass_time_for_resend()
    sent = api.post("/api/v1/codes", {"purpose": "second_factor"}, token=waiting)
    assert sent.status_code == 202
    assert "alice@" not in sent.json()["destination"]
    code = read_code("alice@example.com")
    done = api.post("/api/v1/sessions/second-factor", {"method": "email", "code": code}, token=waiting)
    assert (done.status_code, done.json()["level"]) == (201, "full")
    assert api.get("/api/v1/me", token=done.json()["token"]).json()["second_factor"] == "email"


def test_a_code_for_one_session_completes_no_other(api: Api) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    tokens = [login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token for _ in range(2)]
    api.post("/api/v1/codes", {"purpose": "second_factor"}, token=tokens[0])
    body = {"method": "email", "code": read_code("alice@example.com")}
    assert api.post("/api/v1/sessions/second-factor", body, token=tokens[1]).status_code == 422
    assert api.post("/api/v1/sessions/second-factor", body, token=tokens[0]).status_code == 201


def test_a_full_session_is_made_fresh_again_by_a_code(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    assert api.post("/api/v1/codes", {"purpose": "second_factor"}, token=token).status_code == 202
    body = {"method": "email", "code": read_code("alice@example.com")}
    answer = api.post("/api/v1/sessions/second-factor", body, token=token)
    assert answer.status_code == 201
    assert api.get("/api/v1/me", token=token).status_code == 401
    assert api.post("/api/v1/me/totp", token=answer.json()["token"]).status_code == 201


def test_with_an_authenticator_no_code_is_sent(api: Api) -> None:
    user = customer()
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
    answer = api.post("/api/v1/codes", {"purpose": "second_factor"}, token=waiting)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.authenticator_due")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"purpose": "registration"}, 400, "api.invalid"),
        ({"purpose": "registration", "email": "a@example.com", "phone": "+886912345678"}, 400, "api.invalid"),
        ({"purpose": "registration", "email": "nonsense"}, 400, "messaging.invalid_email"),
        ({"purpose": "registration", "phone": "12345"}, 400, "messaging.invalid_phone"),
        ({"purpose": "nonsense", "email": "a@example.com"}, 400, "api.invalid"),
        ({"purpose": 7}, 400, "api.invalid"),
        ({}, 400, "api.invalid"),
        ({"purpose": "withdrawal"}, 400, "accounts.purpose_elsewhere"),
        ({"purpose": "api_key"}, 401, "api.not_signed_in"),
        ({"purpose": "kyc_phone", "phone": "+886912345678"}, 401, "api.not_signed_in"),
        ({"purpose": "second_factor"}, 401, "api.not_signed_in"),
    ],
)
def test_codes_that_may_not_be_sent_are_refused(api: Api, body: dict[str, object], status: int, slug: str) -> None:
    answer = api.post("/api/v1/codes", body)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)


def test_a_code_for_an_own_act_goes_to_the_own_address_only(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    foreign = api.post("/api/v1/codes", {"purpose": "api_key", "email": "mallory@example.com"}, token=token)
    assert (foreign.status_code, list(foreign.json()["fields"])) == (400, ["email"])
    own = api.post("/api/v1/codes", {"purpose": "api_key", "email": "Alice@example.com"}, token=token)
    assert own.status_code == 202
    second_factor.require(user, Proof("email", read_code("alice@example.com")), Purpose.API_KEY)


def test_a_half_signed_in_session_gets_no_code_for_an_act(api: Api) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
    for purpose in ("api_key", "kyc_phone"):
        answer = api.post("/api/v1/codes", {"purpose": purpose}, token=waiting)
        assert (answer.status_code, answer.json()["slug"]) == (403, "api.level_too_low")


def test_a_phone_to_be_verified_gets_its_code(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    assert api.post("/api/v1/codes", {"purpose": "kyc_phone"}, token=token).status_code == 400
    assert api.post("/api/v1/codes", {"purpose": "kyc_phone", "phone": "+886912345678"}, token=token).status_code == 202
    codes.verify(
        purpose=Purpose.KYC_PHONE,
        channel="sms",
        destination="+886912345678",
        code=read_code("+886912345678"),
        user=user,
    )


def test_a_second_code_within_a_minute_says_when_to_try_again(api: Api) -> None:
    pass_time_for_resend()
    body = {"purpose": "registration", "email": "alice@example.com"}
    assert api.post("/api/v1/codes", body).status_code == 202
    again = api.post("/api/v1/codes", body)
    assert (again.status_code, again.json()["slug"]) == (429, "messaging.too_many_codes")
    assert 0 < int(again.headers["Retry-After"]) <= 60
