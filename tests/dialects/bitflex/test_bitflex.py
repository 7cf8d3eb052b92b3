"""Bitflex: its samples, its voice, its log-in, and what must not pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from accounts.models import Country, Session, User
from config.dialects.bitflex import dialect, texts, urls
from config.kit.errors import REGISTRY, Kind
from config.kit.examples import refusal_of
from messaging.models import Code, Message
from tests import factories_accounts as make
from tests.dialects.bitflex import people
from tests.dialects.bitflex.people import APP, WEB, Caller
from tests.dialects.reach import anywhere
from tests.dialects.replay import differences, examples, filled
from tests.factories_messaging import pass_time_for_resend, read_code

EXAMPLES = examples("bitflex")
ENDPOINTS = {tuple(line.split()) for line in (Path(__file__).parents[1] / "endpoints" / "bitflex.txt").read_text().splitlines()}
real = pytest.mark.django_db(transaction=True)


def given(sentence: str) -> tuple[Caller, dict[str, str]]:
    mobile = people.mobile()
    facts = {"mobile": mobile, "email": f"{mobile}@example.com"}
    if sentence == "nobody":
        return Caller(), facts
    return people.signed_in(phone=mobile if "with a phone" in sentence else None)[0], facts


@real
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any]) -> None:
    caller, facts = given(example["given"])
    answer = caller.post(example["request"]["path"], filled(example["request"]["json"], facts))
    assert answer.status_code == 200
    assert list(differences(example["answer"], answer.json(), set(example["varies"]))) == []


def test_what_is_served_is_what_is_documented_and_described() -> None:
    found = {(m.upper(), f"/{p.pattern}") for p in urls.urlpatterns for m in p.callback.view_class.operations}  # type: ignore[attr-defined]  # each is a view's
    assert found == ENDPOINTS
    document = SchemaGenerator(urlconf="config.dialects.bitflex.urls").get_schema(request=None, public=True)
    validate_schema(document)
    assert {(m.upper(), path) for path, methods in document["paths"].items() for m in methods} == found


def test_each_refusal_has_a_number_and_each_number_its_sentence(rf: Any) -> None:
    views = [p.callback.view_class for p in urls.urlpatterns]  # type: ignore[attr-defined]  # each is a view's
    reachable = {kind.slug for view in views for op in view.operations.values() for kind in op.refusals}
    reachable |= anywhere(op for view in views for op in view.operations.values())
    assert reachable <= set(dialect.NUMBERS) <= set(REGISTRY)
    assert set(dialect.BY_KIND) == set(Kind)
    assert {*dialect.NUMBERS.values(), *dialect.BY_KIND.values()} == set(texts.TEXTS)
    for kind in REGISTRY.values():
        told = dialect.refuse(refusal_of(kind), rf.post("/v1/country/list"))
        assert set(told.body) == {"code", "message", "data"}
        assert json.dumps(told.body)


def test_the_published_digest_holds() -> None:
    assert people.digest("123456A") == "a5b8cb029d6828b1f4bb40c97a2a7b6a"


@real
def test_who_needs_no_second_step_gets_the_token_by_email_or_phone_and_reads_with_header_and_cookie() -> None:
    mobile = people.mobile()
    make.customer(phone=f"+86{mobile}")
    caller = Caller()
    answer = caller.post("/v1/login", {"area_code": "86", "phone": mobile, "password": people.digest(make.PASSWORD)})
    assert answer.json()["code"] == 0, answer.content
    pass_time_for_resend()
    caller.token = answer.json()["data"]["token"]
    assert caller.post("/v1/user/message/sms", {"type": "CREATE_API"}).json() == {"code": 0, "message": "ok", "data": True}
    pass_time_for_resend()
    caller.token = ""
    path, fields = "/v1/user/message/sms", {"type": "UPDATE_API"}
    assert caller.post(path, fields, **{"Sec-Fetch-Site": "cross-site"}).json()["code"] == 4030
    assert caller.post(path, fields, **{"Sec-Fetch-Site": "same-origin"}).json()["code"] == 0


@real
def test_a_log_in_with_a_second_step_is_whole_after_the_code_of_its_own_token() -> None:
    mobile = people.mobile()
    user = make.customer(phone=f"+86{mobile}")
    User.objects.filter(pk=user.pk).update(second_factor_channel="phone")
    caller, login = Caller(), {"area_code": "+86", "phone": mobile, "password": people.digest(make.PASSWORD)}
    first, second = (caller.post("/v1/login", login).json()["data"]["sms_token"] for _ in range(2))
    sent = caller.post(
        "/v1/message/public-sms", {"type": "LOGIN", "sms_token": first, "session_id": "pass"}, **{"X-CLIENT": APP}
    )
    assert sent.json() == {"code": 0, "message": "ok", "data": True}
    code = read_code(f"+86{mobile}")
    assert caller.post("/v1/login/verify", {"sms_token": second, "code": code}).json()["code"] == 4100
    whole = caller.post("/v1/login/verify", {"sms_token": first, "code": code}).json()
    assert (whole["code"], len(whole["data"]["token"])) == (0, 43)
    assert caller.post("/v1/login/verify", {"sms_token": first, "code": code}).json()["code"] == 4010
    assert Session.objects.filter(user=user, level="full").count() == 1


@real
def test_a_second_step_by_email_is_sent_at_once_and_one_by_authenticator_is_not() -> None:
    user = make.customer()
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    login = {"email": user.email, "password": people.digest(make.PASSWORD)}
    token = Caller().post("/v1/login", login).json()["data"]["sms_token"]
    answer = Caller().post("/v1/login/verify", {"sms_token": token, "code": read_code(user.email or "")})
    assert answer.json()["data"]["token"]
    app = make.bind_totp(make.customer())
    holder = User.objects.latest("pk")
    token = (
        Caller()
        .post("/v1/login", {"email": holder.email, "password": people.digest(make.PASSWORD)})
        .json()["data"]["sms_token"]
    )
    assert Caller().post("/v1/login/verify", {"sms_token": token, "code": "000000"}).json()["code"] == 4100
    assert Caller().post("/v1/login/verify", {"sms_token": token, "code": app.code()}).json()["data"]["token"]


@real
@pytest.mark.parametrize(
    ("path", "fields", "number"),
    [
        ("/v1/message/public-email", {**WEB, "type": "REGISTER"}, 4000),
        ("/v1/message/public-email", {**WEB, "type": "REGISTER", "email": ""}, 4000),
        ("/v1/message/public-email", {**WEB, "type": "REGISTER", "email": 5}, 4000),
        ("/v1/message/public-email", {**WEB, "type": "REGISTER", "email": "x" * 300 + "@example.com"}, 4000),
        ("/v1/message/public-email", {**WEB, "type": "LOGIN", "email": "a@example.com"}, 4000),
        ("/v1/message/public-email", {**WEB, "type": "WITHDRAW", "email": "a@example.com"}, 4000),
        ("/v1/message/public-email", {"type": "REGISTER", "email": "a@example.com"}, 4000),
        ("/v1/message/public-email", {**WEB, "sig": "wrong", "type": "REGISTER", "email": "a@example.com"}, 4001),
        ("/v1/message/public-email", {"session_id": "pass", "type": "REGISTER", "email": "a@example.com"}, 4001),
        *(
            ("/v1/message/public-email", {**WEB, name: wrong, "type": "REGISTER", "email": "a@example.com"}, 4001)
            for name, wrong in (("sig", ""), ("sig", None), ("token", ""), ("token", None), ("scene", ""), ("scene", "other"))
        ),
        ("/v1/message/public-sms", {**WEB, "type": "REGISTER", "phone": "18700000001"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "RESET_LOGIN_PASSWD"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "RESET_LOGIN_PASSWD", "phone": "x"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "RESET_LOGIN_PASSWD", "phone": "1"}, 4000),
        ("/v1/message/public-sms", {**WEB, "scene": "other", "type": "RESET_LOGIN_PASSWD", "phone": "18700000001"}, 4001),
        ("/v1/message/public-sms", {**WEB, "type": "REGISTER", "area_code": "86"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "REGISTER", "area_code": "86", "phone": "1"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "LOGIN"}, 4000),
        ("/v1/message/public-sms", {**WEB, "type": "LOGIN", "sms_token": "x" * 43}, 4010),
        ("/v1/user/message/email", {"type": "CHANGE_LOGIN_PASSWD"}, 4010),
        ("/v1/user/message/sms", {"type": "CREATE_API"}, 4010),
        ("/v1/login", {"email": "nobody@example.com", "password": "0" * 32}, 4010),
        ("/v1/login", {"email": "nobody@example.com", "phone": "1", "password": "0" * 32}, 4000),
        ("/v1/login", {"phone": "18700000001", "password": "0" * 32}, 4000),
        ("/v1/login", {"email": "nobody@example.com"}, 4000),
        ("/v1/login/verify", {"sms_token": "x" * 43, "code": "123456"}, 4010),
        ("/v1/login/verify", {"code": "123456"}, 4000),
    ],
)
def test_what_is_wrong_is_told_by_its_number_and_sends_nothing(path: str, fields: dict[str, Any], number: int) -> None:
    answer = Caller(lang="zh-CN").post(path, fields)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, number, None)
    assert answer.json()["message"] == texts.TEXTS[number][1]
    assert not Code.objects.exists()
    assert not Message.objects.exists()


@real
@pytest.mark.parametrize(
    ("path", "fields", "number"),
    [
        ("email", {"type": "CREATE_API"}, 4000),
        ("email", {"type": "RESET_PIN"}, 4000),
        ("email", {"type": "BIND_EMAIL"}, 4000),
        ("email", {"type": "WITHDRAW"}, 4040),
        ("sms", {"type": "WITHDRAW"}, 4040),
        ("sms", {"type": "ADD_WITHDRAW_ADDRESS"}, 4030),
        ("sms", {"type": "SET_ANTI_PHISHING_CODE"}, 4000),
        ("sms", {"type": "BIND_PHONE", "phone": "18700000001"}, 4000),
        ("sms", {"type": "CREATE_API"}, 4030),
    ],
)
def test_a_signed_in_customer_gets_only_what_the_route_names(path: str, fields: dict[str, Any], number: int) -> None:
    caller, _ = people.signed_in()
    assert caller.post(f"/v1/user/message/{path}", fields).json()["code"] == number


@real
def test_an_email_that_is_named_for_anything_but_its_binding_gets_no_code() -> None:
    caller, user = people.signed_in()
    assert caller.post("/v1/user/message/email", {"type": "BIND_GOOGLE", "email": "thief@example.com"}).json()["code"] == 0
    assert len(read_code(user.email or "")) == 6
    with pytest.raises(AssertionError):
        read_code("thief@example.com")


@real
def test_a_phone_of_a_country_that_is_closed_gets_no_code() -> None:
    Country.objects.filter(alpha2="CN").update(can_register=False)
    fields = {**WEB, "type": "REGISTER", "phone": people.mobile(), "area_code": "86"}
    assert Caller().post("/v1/message/public-sms", fields).json()["code"] == 4030


@real
def test_the_universal_code_of_the_document_opens_nothing() -> None:
    user = make.customer()
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    login = {"email": user.email, "password": people.digest(make.PASSWORD)}
    token = Caller().post("/v1/login", login).json()["data"]["sms_token"]
    assert Caller().post("/v1/login/verify", {"sms_token": token, "code": "654321"}).json()["code"] == 4100


@real
def test_unknown_paths_and_methods_speak_bitflex() -> None:
    caller = Caller()
    assert caller.post("/v1/message/nowhere").json()["code"] == 4040
    wrong = caller.client.get("/v1/country/list")
    assert (wrong.status_code, wrong.json()["code"]) == (405, 4000)
