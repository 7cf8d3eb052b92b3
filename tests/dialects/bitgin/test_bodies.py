"""How bodies are read on bitgin, and whose the path is that two documents name."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import DIGEST, Caller, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def test_parameters_that_may_be_left_out_may_be_null() -> None:
    person = people.activated()
    assert person.log_in(captchaId=None, captchaNumber=None, lang=None).json()["code"] == 1
    said = {"loginName": person.username, "mobilePhone": None}
    assert person.caller.post("apply_verification_code", said).json()["code"] == 1


def test_forms_are_read_like_json() -> None:
    person = people.activated()
    for kind in ("application/x-www-form-urlencoded", "multipart"):
        said = {"loginName": person.username, "password": DIGEST}
        if kind == "multipart":
            answer = person.caller.client.post("/v1/login", said)
        else:
            raw = "&".join(f"{name}={value}" for name, value in said.items()).encode()
            answer = person.caller.call("POST", "login", raw, kind)
        assert answer.json()["code"] == 1, answer.content


def test_the_path_of_both_log_ins_is_bitflexs_where_an_email_or_phone_is_named_and_bitgins_else() -> None:
    caller = Caller()
    flex = {"password": "0" * 32}
    assert caller.post("login", {**flex, "email": "nobody@example.com"}).json()["code"] == 4010
    assert caller.post("login", {**flex, "phone": "1", "area_code": "86"}).json()["code"] == 4010
    raw = b"phone=18700000001&area_code=86&password=" + b"0" * 32
    assert caller.call("POST", "login", raw, "application/x-www-form-urlencoded").json()["code"] == 4010
    assert caller.client.post("/v1/login", {**flex, "email": "nobody@example.com"}).json()["code"] == 4010
    refused(caller.post("login", {**flex, "email": "nobody@example.com", "loginName": "nobody"}), 400, 10006, {"wrongTime": 1})
    refused(caller.post("login", flex), 400, 10003, {"wrongTime": 1})
    for raw in (b"", b"{", b"[]", b"[[" * 5000, b"\xff", b"5"):
        answer = caller.call("POST", "login", raw)
        assert answer.json()["code"] in {-2, 10003}, raw
    refused(caller.call("POST", "login", b"x", "multipart/form-data; boundary=x"), 400, 10003, {"wrongTime": 1})
    refused(caller.call("POST", "login", b"{}", "text/plain"), 400, -2)
    refused(caller.get("login"), 405, -19)
    gin = Caller(prefix="/bitgin/v1")
    refused(gin.post("login", {**flex, "email": "nobody@example.com"}), 400, 10003, {"wrongTime": 1})
