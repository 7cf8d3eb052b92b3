"""`POST /api/v1/captchas` and the nested input."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.conf import LazySettings
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from messaging.api.native.captchas import CaptchaInput, captcha_of
from messaging.models import Captcha
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer
from tests.client import Api
from tests.factories_captchas import worked

PATH = "/api/v1/captchas"


class Asking(serializers.Serializer[Any]):
    captcha = CaptchaInput(required=False, allow_null=True)


class Asked:
    def __init__(self, body: Any) -> None:
        read = Asking(data=body)
        read.is_valid(raise_exception=True)
        self.input = dict(read.validated_data)


def test_anybody_draws_a_picture_and_answers_it(db: None, api: Api) -> None:
    drawn = api.post(PATH)
    assert drawn.status_code == 201
    body = drawn.json()
    assert set(body) == {"id", "kind", "expires_at", "image", "work", "site"}
    assert (body["kind"], body["work"], body["site"]) == ("picture", None, None)
    assert base64.b64decode(body["image"]).startswith(b"\xff\xd8\xff")
    assert drawn.headers["Cache-Control"] == "no-store"
    read = captcha_of(Asked({"captcha": {"kind": "picture", "id": body["id"], "answer": captchas.read_answer(body["id"])}}))
    captchas.require(read, purpose="login", ip="127.0.0.1")


def test_anybody_draws_a_proof_of_work_and_solves_it(db: None, api: Api, settings: LazySettings) -> None:
    settings.CAPTCHA_WORK_ITERATIONS, settings.CAPTCHA_WORK_TRIES_MAX = 10, 50
    body = api.post(PATH, {"kind": "proof_of_work"}).json()
    assert (body["kind"], body["image"], body["site"]) == ("proof_of_work", None, None)
    read = captcha_of(Asked({"captcha": {"kind": "proof_of_work", "id": body["id"], "answer": worked(body["work"])}}))
    captchas.require(read, purpose="login", ip="127.0.0.1")


def test_a_kind_that_is_not_offered_names_those_that_are(db: None, api: Api) -> None:
    refused = api.post(PATH, {"kind": "aliyun"})
    assert (refused.status_code, refused.json()["slug"]) == (400, "messaging.captcha_kind_unknown")
    assert refused.json()["kinds"] == ["picture", "proof_of_work"]


@pytest.mark.parametrize("body", [{"kind": "riddle"}, {"kind": 5}, {"kind": []}, {"kind": None}, {"kind": "x" * 10_000}, []])
def test_a_kind_that_is_none_is_refused(db: None, api: Api, body: Any) -> None:
    assert api.post(PATH, body).status_code == 400
    assert api.post(PATH, raw=b'{"kind": "picture\\u0000"}').status_code == 400
    assert not Captcha.objects.exists()


def test_drawing_too_much_is_told_with_a_time(db: None, api: Api, settings: LazySettings) -> None:
    settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_HOUR = 1
    assert api.post(PATH).status_code == 201
    refused = api.post(PATH)
    assert (refused.status_code, refused.json()["slug"]) == (429, "messaging.too_many_captchas")
    assert int(refused.headers["Retry-After"]) == refused.json()["retry_after"] > 0


@pytest.mark.parametrize("body", [{}, {"captcha": None}])
def test_no_captcha_is_none(body: Any) -> None:
    assert captcha_of(Asked(body)) is None


def test_a_vendors_answer_is_read_with_its_further_fields() -> None:
    read = captcha_of(
        Asked({"captcha": {"kind": "geetest", "id": "l", "answer": "o", "extra": {"pass_token": "p", "gen_time": "1"}}})
    )
    assert read == CaptchaAnswer("geetest", id="l", answer="o", extra={"pass_token": "p", "gen_time": "1"})


@pytest.mark.parametrize(
    "given",
    [
        "text", [], 5, {}, {"kind": "riddle"}, {"kind": 5}, {"kind": "picture", "id": 5}, {"kind": "picture", "id": "x" * 513},
        {"kind": "picture", "id": "a\u200bb"}, {"kind": "picture", "answer": ["a"]}, {"kind": "picture", "answer": "x" * 8193},
        {"kind": "picture", "answer": None}, {"kind": "picture", "extra": []}, {"kind": "picture", "extra": {"a": {}}},
        {"kind": "picture", "extra": {str(n): "a" for n in range(9)}}, {"kind": "picture", "extra": {"a" * 41: "a"}},
        {"kind": "picture", "extra": {"a": "x" * 8193}},
    ],
)  # fmt: skip
def test_a_misshapen_captcha_is_refused_by_its_field(given: Any) -> None:
    read = Asking(data={"captcha": given})
    assert not read.is_valid()
    assert set(read.errors) == {"captcha"}


def test_the_description_shows_examples_of_what_is_asked_and_answered() -> None:
    document = SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True)
    described = document["paths"]["/api/v1/captchas"]["post"]
    assert described["requestBody"]["content"]["application/json"]["example"] == {"kind": "picture"}
    answered = described["responses"]["201"]["content"]["application/json"]["example"]
    assert set(answered) == {"id", "kind", "expires_at", "image", "work", "site"}
    assert answered["work"]["parameters"]["algorithm"] == "PBKDF2/SHA-256"
    assert "messaging.too_many_captchas" in described["responses"]["429"]["description"]
    assert "messaging.captcha_unavailable" in described["responses"]["503"]["description"]
