"""Exx's voice: every refusal has a number, every number a sentence, every path its words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.dialects.exx import dialect, texts, urls
from config.kit.errors import REGISTRY, Kind
from config.kit.examples import refusal_of
from tests.dialects.exx.people import PREFIX, Browser, code
from tests.dialects.reach import anywhere

ENDPOINTS = {tuple(line.split()) for line in (Path(__file__).parents[1] / "endpoints" / "exx.txt").read_text().splitlines()}
SENTENCES = {**texts.TEXTS, **texts.BY_SLUG, "today": texts.TODAY, "sms": texts.SENT_BY_SMS, "email": texts.SENT_BY_EMAIL}


def served(patterns: list[Any]) -> set[tuple[str, str]]:
    """Method and path of each route."""
    return {(m.upper(), f"/{p.pattern}") for p in patterns for m in p.callback.view_class.operations}


def test_what_is_served_is_what_is_documented_described_and_called_in_lower_case() -> None:
    assert served(urls.described) == ENDPOINTS
    lower = {(method, PREFIX + path.removeprefix(PREFIX).lower()) for method, path in ENDPOINTS}
    assert served(urls.urlpatterns) == ENDPOINTS | lower
    document = SchemaGenerator(urlconf="config.dialects.exx.urls_described").get_schema(request=None, public=True)
    validate_schema(document)
    assert {(m.upper(), path) for path, methods in document["paths"].items() for m in methods} == ENDPOINTS
    assert set(document["components"]["securitySchemes"]) == {"exxSession"}


def test_each_refusal_has_a_number_and_each_number_its_sentence(rf: Any) -> None:
    views = [p.callback.view_class for p in urls.urlpatterns]  # type: ignore[attr-defined]  # each is a view's
    reachable = {kind.slug for view in views for op in view.operations.values() for kind in op.refusals}
    reachable |= anywhere(op for view in views for op in view.operations.values())
    assert reachable <= set(dialect.NUMBERS) <= set(REGISTRY)
    assert set(texts.BY_SLUG) <= set(REGISTRY)
    assert set(dialect.BY_KIND) == set(Kind)
    numbers = {*dialect.NUMBERS.values(), *dialect.BY_KIND.values(), dialect.NOT_ACTIVATED}
    assert numbers | {dialect.PLACE, dialect.GOOGLE, dialect.BOTH} == set(texts.TEXTS)
    for kind in REGISTRY.values():
        told = dialect.refuse(refusal_of(kind), rf.post(f"{PREFIX}login"))
        assert (set(told.body), told.body["datas"]) == ({"resMsg", "datas"}, {})
        assert isinstance(told.body["resMsg"]["code"], str)
        assert told.status in {200, 404, 405, 413, 429, 500, 503}
        assert json.dumps(told.body)


def test_every_sentence_stands_in_three_languages() -> None:
    for said in SENTENCES.values():
        assert len(set(said)) >= 2
        assert all(said)
        assert not re.search("[一-鿿]", said[0])
        assert all(re.search("[一-鿿]", chinese) for chinese in said[1:])


@pytest.mark.django_db
def test_unknown_paths_wrong_methods_and_what_is_too_large_speak_exx() -> None:
    browser = Browser(lang="zh-CN")
    absent = browser.get("nowhere")
    assert (absent.status_code, absent.json()) == (404, {"resMsg": {"code": "1001", "message": "操作失败"}, "datas": {}})
    wrong = browser.get("login")
    assert (wrong.status_code, code(wrong), wrong.headers["Allow"]) == (405, "3005", "POST")
    large = browser.post("login", {"password": "x" * 2_000_000})
    assert (large.status_code, code(large)) == (413, "3005")
    assert code(browser.json("login", "[1, 2]")) == "3005"
    assert code(browser.json("login", "{")) == "3005"
    assert code(browser.json("login", '{"userType": NaN}')) == "3005"


@pytest.mark.django_db
def test_who_is_not_signed_in_is_told_so_and_the_state_is_taken_back() -> None:
    browser = Browser()
    browser.client.cookies.load({"zJSESSIONID": "x" * 43, "zuon": "1", "zuid": "1", "zuname": "x"})
    answer = browser.get("getUserInfo")
    assert (answer.status_code, code(answer)) == (200, "1003")
    assert {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0} == {"zuon", "zuid", "zuname"}
    for name in ("setSafePwd", "loginAuth"):
        assert code(browser.post(name, {"googleCode": "123456", "newSafePwd": browser.rsa("x")})) == "1003"
