"""Captchas: drawing one, and the nested input by which its answer comes back on other endpoints."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from messaging.errors import CaptchaKindUnknown, CaptchaUnavailable, TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer, Challenge
from messaging.services.captchas.words import ANSWER_LENGTH_MAX, EXTRA_FIELDS_MAX, ID_LENGTH_MAX

EXTRA_NAME_LENGTH_MAX = 40


class Extra(serializers.DictField):
    """Further fields of a vendor's answer: a few short names, each with a text."""

    child = Secret(max_length=ANSWER_LENGTH_MAX, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The fields as they came."""
        if isinstance(data, dict) and len(data) > EXTRA_FIELDS_MAX:
            raise serializers.ValidationError(f"At most {EXTRA_FIELDS_MAX} fields are read.", code="max_length")
        if isinstance(data, dict) and any(len(str(name)) > EXTRA_NAME_LENGTH_MAX for name in data):
            raise serializers.ValidationError(f"A name has at most {EXTRA_NAME_LENGTH_MAX} characters.", code="max_length")
        return dict(super().to_internal_value(data))


class CaptchaInput(serializers.Serializer[Any]):
    """A captcha and its answer. Each is taken once, whether the answer is right or wrong.

    Picture: `id` and the characters, capital or small. Proof of work: in `answer` the base64 payload of the ALTCHA
    widget. Geetest 4: `lot_number`, `captcha_output`, and in `extra` `pass_token` and `gen_time`. Geetest 3: challenge,
    validate, and in `extra` `seccode`. Aliyun: `session_id`, `sig`, and in `extra` `token` and `scene`; or in `answer`
    the `CaptchaVerifyParam`.
    """

    example_fields = ("id", "answer")

    kind = serializers.ChoiceField(choices=CaptchaKind.values)
    id = Text(max_length=ID_LENGTH_MAX, required=False, default="", allow_blank=True)
    answer = Secret(max_length=ANSWER_LENGTH_MAX, required=False, default="", allow_blank=True)
    extra = Extra(required=False, default=dict, write_only=True)


def captcha_of(call: Call) -> CaptchaAnswer | None:
    """What the field `captcha` of the input says; None where there is none, so that the refusal says what would do."""
    given = call.input.get("captcha")
    if not given:
        return None
    return CaptchaAnswer(
        kind=given["kind"], id=given.get("id") or "", answer=given.get("answer") or "", extra=given.get("extra") or {}
    )


class DrawInput(serializers.Serializer[Any]):
    """Which kind; without it the one that is offered first."""

    example_fields = ("kind",)

    kind = serializers.ChoiceField(choices=CaptchaKind.values, required=False)


@extend_schema_field(
    {
        "type": ["object", "null"],
        "description": "A proof of work: the challenge of the ALTCHA widget, version 2.",
        "example": {
            "parameters": {
                "algorithm": "PBKDF2/SHA-256",
                "cost": 1000,
                "data": {"id": "5e1b8e2cbc0d4f0b9a3c5d7e9f102132"},
                "expiresAt": 1700000300,
                "keyLength": 32,
                "keyPrefix": "b1946ac92492d2347c6235b4d2611184",
                "keySignature": "…",
                "nonce": "…",
                "salt": "…",
            },
            "signature": "…",
        },
    }
)
class WorkField(serializers.DictField):
    """The challenge of a proof of work."""


@extend_schema_field(
    {
        "type": ["object", "null"],
        "description": "A vendor's captcha: what its script wants to be started with.",
        "example": {"captcha_id": "647f5ed2ed8acb4be36784e01556bb71"},
    }
)
class SiteField(serializers.DictField):
    """What a vendor's script wants."""


class ChallengeOutput(serializers.Serializer[Any]):
    """Of `image`, `work` and `site` one is filled, by kind. A vendor's captcha has neither id nor time of ours."""

    id = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=CaptchaKind.values)
    expires_at = TimestampField(allow_null=True)
    image = serializers.SerializerMethodField()
    work = WorkField(allow_null=True)
    site = SiteField(allow_null=True)

    @extend_schema_field({"type": ["string", "null"], "example": "5e1b8e2cbc0d4f0b9a3c5d7e9f102132"})
    def get_id(self, challenge: Challenge) -> str | None:
        """Ours, where it has one."""
        return challenge.id or None

    @extend_schema_field(
        {"type": ["string", "null"], "description": "A picture: a JPEG in base64.", "example": "/9j/4AAQSkZJRgABAQAAAQABAAD="}
    )
    def get_image(self, challenge: Challenge) -> str | None:
        """The picture, where it is one."""
        return challenge.image or None


class Captchas(NativeView):
    """`POST /api/v1/captchas`: draw a captcha, to be answered in the field `captcha` of the request that asks for it."""

    @operation(
        needs=Needs(login=False),
        input=DrawInput,
        output=ChallengeOutput,
        status=201,
        rate="60/m",
        summary="Draw a captcha",
        refusals=(CaptchaKindUnknown, TooManyCaptchas, CaptchaUnavailable),
    )
    def post(self, call: Call) -> Challenge:
        """Draw it."""
        return captchas.draw(call.input.get("kind") or "", ip=call.ip)
