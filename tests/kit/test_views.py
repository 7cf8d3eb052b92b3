"""A view reads strictly, refuses in the dialect's words and never answers 500 for what a client sends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from config.kit.errors import DomainError
from config.kit.views import DialectView
from tests.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kit.toy")]
GOOD = {"name": "n", "amount": "1.5"}


def test_a_good_body_is_read_and_answered(api: Api) -> None:
    answer = api.post("/toy/echo", GOOD)
    assert (answer.status_code, answer.json()) == (200, {"name": "n", "amount": "1.5"})


def test_a_json_number_is_read_from_its_lexeme(api: Api) -> None:
    answer = api.post("/toy/echo", raw=b'{"name": "n", "amount": 0.10}')
    assert answer.json()["amount"] == "0.1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": "1"}, "name"),
        ({**GOOD, "name": ""}, "name"),
        ({**GOOD, "name": 5}, "name"),
        ({**GOOD, "name": "x" * 11}, "name"),
        ({**GOOD, "name": "a\u200bb"}, "name"),
        ({**GOOD, "amount": "1.001"}, "amount"),
        ({**GOOD, "amount": "-1"}, "amount"),
        ({**GOOD, "amount": "0"}, "amount"),
        ({**GOOD, "amount": None}, "amount"),
        ({**GOOD, "amount": True}, "amount"),
        ({**GOOD, "amount": {"a": 1}}, "amount"),
        ({**GOOD, "code": ["1"]}, "code"),
        ({**GOOD, "password": "x" * 1025}, "password"),
        ([1, 2], ""),
        ("text", ""),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(api: Api, body: Any, field: str) -> None:
    answer = api.post("/toy/echo", body)
    problem = answer.json()
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["slug"] == "api.invalid"
    assert list(problem["fields"]) == [field]
    assert all(problem["fields"].values())


@pytest.mark.parametrize(
    "raw",
    [
        b"{", b"\xff\xfe", b'{"name": NaN}', b'{"amount": Infinity}', b'{"name": "a", "name": "b"}', b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}', b"[" * 50_000, b'{"a":' * 30 + b"1" + b"}" * 30, b'{"amount": 1' + b"0" * 5000 + b"}",
        b'{"amount": 1e999999999999999999999}', b"\x00",
    ],
)  # fmt: skip
def test_a_body_that_is_not_plain_json_is_refused(api: Api, raw: bytes) -> None:
    answer = api.post("/toy/echo", raw=raw)
    assert answer.status_code == 400
    assert answer.json()["slug"] in {"api.malformed", "api.invalid"}


def test_a_body_of_another_kind_is_415_and_one_over_the_limit_413(api: Api) -> None:
    assert api.post("/toy/echo", raw=b"<a/>", content_type="text/xml").status_code == 415
    assert api.post("/toy/echo", raw=b"name=n", content_type="application/x-www-form-urlencoded").status_code == 415
    answer = api.post("/toy/echo", raw=b" " * (64 * 1024 + 1))
    assert (answer.status_code, answer.json()["slug"]) == (413, "api.too_large")


def test_more_fields_than_anybody_needs_are_refused(api: Api) -> None:
    answer = api.get("/toy/rows?" + "a=1&" * 300)
    assert (answer.status_code, answer.json()["slug"]) == (400, "api.malformed")


def test_a_large_upload_to_an_endpoint_that_takes_none_is_refused(api: Api) -> None:
    raw = b"--x\r\n" + b"a" * (2 * 1024 * 1024)
    assert api.post("/toy/echo", raw=raw, content_type="multipart/form-data; boundary=x").status_code in {413, 415}


def test_a_fact_can_not_take_the_name_of_a_member_of_every_problem() -> None:
    with pytest.raises(TypeError, match="status"):
        type("Clash", (DomainError,), {"__annotations__": {"status": str}, "slug": "toy.clash"})


def test_a_refusal_carries_its_facts_and_its_field(api: Api) -> None:
    answer = api.post("/toy/echo", {**GOOD, "name": "broken"})
    assert answer.status_code == 409
    assert answer.json() == {
        "times": 3,
        "type": "urn:quaestor:problem:toy.broken",
        "title": "Conflict",
        "status": 409,
        "slug": "toy.broken",
        "detail": "Broken 3 times.",
        "fields": {"amount": ["Broken 3 times."]},
    }


def test_a_defect_answers_500_without_saying_what_broke(api: Api) -> None:
    answer = api.post("/toy/echo", {**GOOD, "name": "bug"})
    assert answer.status_code == 500
    assert "secret-of-the-bug" not in answer.content.decode()
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


def test_a_database_that_does_not_answer_is_503_with_a_time_to_come_again(api: Api) -> None:
    answer = api.post("/toy/echo", {**GOOD, "name": "database"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_unknown_paths_and_methods_speak_the_dialect(api: Api) -> None:
    absent = api.get("/toy/nowhere")
    assert (absent.status_code, absent.json()["slug"]) == (404, "api.absent")
    wrong = api.delete("/toy/echo")
    assert (wrong.status_code, wrong.json()["slug"], wrong.headers["Allow"]) == (405, "api.method_not_allowed", "POST")


def test_a_closed_door_says_how_to_open_it(api: Api) -> None:
    answer = api.get("/toy/closed")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_any_accept_header_gets_json(api: Api) -> None:
    answer = api.post("/toy/echo", GOOD, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


def test_an_idempotency_key_is_read_or_refused(api: Api) -> None:
    assert api.post("/toy/echo", GOOD, headers={"Idempotency-Key": "abc"}).headers["X-Key"] == "abc"
    for bad in ("a b", "x" * 65, "ü"):
        answer = api.post("/toy/echo", GOOD, headers={"Idempotency-Key": bad})
        assert list(answer.json()["fields"]) == ["Idempotency-Key"]


def test_a_rate_holds_per_address_and_says_when_to_come_again(api: Api) -> None:
    answers = [api.get("/toy/limited", ip="127.0.0.9").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = api.get("/toy/limited", ip="127.0.0.9")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert api.get("/toy/limited", ip="127.0.0.10").status_code == 200


def test_pages_lead_forth_and_back_over_every_row_once(api: Api) -> None:
    seen: list[int] = []
    url: str | None = "/toy/rows?size=7"
    previous = []
    while url:
        page = json.loads(api.get(url).content)
        seen += [row["id"] for row in page["results"]]
        previous.append(page["previous"])
        url = page["next"]
    assert seen == sorted(set(seen), reverse=True)
    assert previous[0] is None
    back = api.get(previous[1] or "").json()
    assert [row["id"] for row in back["results"]] == seen[:7]
    assert back["previous"] is None


@pytest.mark.parametrize(
    "query", ["size=0", "size=101", "size=x", "size=-1", "cursor=!!", "cursor=YWJj", "cursor=", "cursor=%00", "size=%00"]
)
def test_a_page_that_can_not_be_is_refused(api: Api, query: str) -> None:
    assert api.get(f"/toy/rows?{query}").status_code == 400


def test_a_method_without_a_declaration_refuses_to_load() -> None:
    with pytest.raises(TypeError, match="declares no @operation"):
        type("Open", (DialectView,), {"get": print, "__doc__": "x"})


def test_even_the_first_request_of_a_process_is_refused_in_the_words_of_its_dialect() -> None:
    """The middleware that refuses a large body answers before any URL is read, and so before any view is imported."""
    script = (
        "import os, django; os.environ['QUAESTOR_MODE'] = 'test'; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        " django.setup(); from django.test import Client;"
        " answer = Client().post('/api/v1/sessions', b' ' * 70_000, content_type='application/json');"
        " print(answer.status_code, answer.headers['Content-Type'])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["413", "application/problem+json"]
