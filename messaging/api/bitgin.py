"""Captchas on bitgin."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.bitgin.dialect import BitginView
from config.kit.operations import Call, Needs, operation
from messaging.errors import CaptchaUnavailable, TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services import captchas
from messaging.services.captchas import Challenge


class BitginCaptchaOutput(serializers.Serializer[Any]):
    """A picture: a JPEG in base64, and its id."""

    img = serializers.CharField(source="image")
    captchaId = serializers.CharField(source="id")


class CaptchaImage(BitginView):
    """GET /v1/captcha/image. Source: bitgin: Get Captcha; gaps.md, bitgin: it needs no log-in, whatever the document says."""

    @operation(
        needs=Needs(login=False),
        output=BitginCaptchaOutput,
        rate="60/m",
        summary="Draw a captcha",
        refusals=(TooManyCaptchas, CaptchaUnavailable),
    )
    def get(self, call: Call) -> Challenge:
        """A new picture, good for one answer."""
        return captchas.draw(ip=call.ip, kinds=(CaptchaKind.PICTURE,))
