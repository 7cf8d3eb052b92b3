"""Bitgin's voice: what is served is what is documented, every refusal has a number, every path its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from config.dialects.bitgin import dialect, numbers, urls
from config.kit.errors import REGISTRY
from config.kit.examples import refusal_of
from tests.dialects.bitgin.people import Caller, refused

ENDPOINTS = {tuple(line.split()) for line in (Path(__file__).parents[1] / "endpoints" / "bitgin.txt").read_text().splitlines()}
TEMPLATES = ("GET", "/v1/user", 6)
"""The document's last six blocks (Wallet, "Example") are empty templates that repeat this endpoint and define nothing."""


def served(patterns: list[Any]) -> set[tuple[str, str]]:
    """Method and path of each route."""
    return {
        (method.upper(), f"/{pattern.pattern}") for pattern in patterns for method in pattern.callback.view_class.operations
    }


def test_what_is_served_is_what_is_documented() -> None:
    assert served(urls.described) == ENDPOINTS
    assert TEMPLATES[:2] in ENDPOINTS


def test_each_address_answers_under_bitgin_too() -> None:
    again = {(method, path) for method, path in served(urls.urlpatterns) if path.startswith("/bitgin/")}
    assert again == {(method, f"/bitgin{path}") for method, path in served(urls.described) if path.startswith("/v1/")}


def test_the_table_names_refusals_that_exist_and_nothing_twice() -> None:
    assert set(numbers.ERRORS) <= set(REGISTRY)
    for door in numbers.CODES_BY_DOOR:
        assert any(path.endswith(f"/{door}") for _, path in served(urls.urlpatterns)), door
        assert set(numbers.CODES_BY_DOOR[door]) <= set(numbers.ERRORS)
    used = {code for _, code in numbers.ERRORS.values()} | {c for door in numbers.CODES_BY_DOOR.values() for c in door.values()}
    assert set(numbers.TEXTS) - used <= {numbers.SMS_FAILED}


@pytest.mark.parametrize("path", ["/v1/verify", "/bitgin/v1/user/check/2FA", "/v1/login", "/nowhere"])
def test_each_refusal_whatever_leaves_in_the_envelope_with_a_status_of_the_document(path: str, rf: Any) -> None:
    for kind in REGISTRY.values():
        told = dialect.refuse(refusal_of(kind), rf.get(path))
        assert set(told.body) == {"code", "msg", "time", "data", "success"}
        assert told.body["code"] != numbers.SUCCESS
        assert told.status in {400, 401, 403, 404, 405, 408, 413, 429, 500}
        assert json.dumps(told.body)


def test_a_refused_code_has_the_number_of_its_door(rf: Any) -> None:
    wrong = refusal_of(REGISTRY["messaging.wrong_code"])
    for path, code in (
        ("/v1/verify", 10022),
        ("/bitgin/v1/verify", 10022),
        ("/v1/user/check/2FA", 10070),
        ("/v1/other", 10027),
    ):
        assert dialect.refuse(wrong, rf.post(path)).body["code"] == code


def test_a_code_that_is_not_sent_says_by_which_way(rf: Any) -> None:
    kind: Any = REGISTRY["messaging.too_many_codes"]
    for channel, code in (("email", 10063), ("sms", 10018)):
        told = dialect.refuse(kind(retry_after=60, channel=channel), rf.post("/v1/apply_verification_code"))
        assert (told.status, told.body["code"], told.headers["Retry-After"]) == (429, code, "60")


@pytest.mark.django_db
def test_an_unknown_path_and_a_wrong_method_are_answered_in_bitgins_words() -> None:
    for prefix in ("/v1", "/bitgin/v1"):
        refused(Caller(prefix=prefix).get("nowhere"), 404, -2)
        for path in ("login", "register", "user/check/2FA"):
            wrong = Caller(prefix=prefix).get(path)
            refused(wrong, 405, -19)
            assert wrong.headers["Allow"] == "POST"


def test_sessions_and_keys_are_described() -> None:
    document = SchemaGenerator(urlconf="config.dialects.bitgin.urls_described").get_schema(request=None, public=True)
    assert set(document["components"]["securitySchemes"]) == {"bitginSession", "bitginKey"}
    answer = document["paths"]["/v1/logout"]["post"]["responses"]["200"]["content"]["application/json"]
    assert (answer["example"]["msg"], answer["example"]["data"]) == ("Logout", None)
