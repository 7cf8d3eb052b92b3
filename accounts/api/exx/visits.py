"""The key under which exx's clients encrypt, and the picture. Source: gaps.md, exx, "RSA" and "Picture captcha"."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.exx.calls import session_of, token_of, visit_of
from accounts.errors import CrossSite
from accounts.services import visits
from accounts.services.visits import Opened
from config.dialects.exx.dialect import ExxView, session_cookie
from config.kit.operations import Answer, Call, Cookie, Needs, operation
from messaging.errors import TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services import captchas


class PubTagOutput(serializers.Serializer[Any]):
    """The public key: SubjectPublicKeyInfo in base64, without armour."""

    pubTag = serializers.CharField()


def opened(call: Call) -> tuple[Opened, tuple[Cookie, ...]]:
    """The visit of the browser that asks, opened where there is none, and its cookie where that is new."""
    visit_of(call)
    made = visits.of(token_of(call), session=session_of(call) if call.credential else None)
    if made.token is None:
        return made, ()
    return made, (Cookie(session_cookie(), made.token, max_age=int(visits.LIFETIME.total_seconds())),)


class GetPubTag(ExxView):
    """GET /api/web/v2_2/getPubTag. Source: gaps.md, exx, "RSA"."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        output=PubTagOutput,
        rate="30/m",
        summary="Read the key under which to encrypt",
        refusals=(CrossSite,),
    )
    def get(self, call: Call) -> Answer:
        """The key of this browser's cookie, the same for ten hours."""
        made, cookies = opened(call)
        return Answer({"pubTag": base64.b64encode(visits.public_key(made.visit)).decode()}, cookies=cookies)


class ImgCode(ExxView):
    """GET /api/web/v2_2/imgCode. Source: gaps.md, exx, "Picture captcha"."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        media_types=("image/jpeg",),
        rate="60/m",
        summary="Draw a picture with characters",
        refusals=(CrossSite, TooManyCaptchas),
    )
    def get(self, call: Call) -> HttpResponse:
        """The picture, good for one answer of this browser. `X-Captcha-Id` names it in the development post office."""
        made, cookies = opened(call)
        drawn = captchas.draw(CaptchaKind.PICTURE, ip=call.ip, kinds=(CaptchaKind.PICTURE,))
        visits.keep_picture(made.visit, drawn.id)
        response = HttpResponse(base64.b64decode(drawn.image), content_type="image/jpeg", headers={"X-Captcha-Id": drawn.id})
        for cookie in cookies:
            cookie.put(response)
        return response
