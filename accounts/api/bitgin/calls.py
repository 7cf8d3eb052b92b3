"""What bitgin's endpoints share: the captcha, the language, the session that asks, and the answer that signs in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.bitgin.authentication import DEVICE, TOKEN, new_token
from accounts.api.native.calls import client_of
from accounts.models import Session
from accounts.models.sessions import Level
from accounts.services import devices, sessions
from accounts.services.captcha_doors import Captcha
from accounts.services.login import SignIn
from accounts.services.manners import Manners
from config.kit.fields import Secret, Text
from config.kit.operations import Answer, Call, Cookie
from messaging.errors import CaptchaRequired, CaptchaUnavailable, CaptchaWrong, TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services.captchas import CaptchaAnswer

__all__ = ["client_of"]

MANNERS = Manners(new_token=new_token, captcha_for_known_devices=True)
"""How a log-in goes here. Source: gaps.md, bitgin, "Session", "Captcha"."""
CAPTCHA_REFUSALS = (CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable)
LANGUAGES = {"en": "en", "zh-cn": "zh-CN", "zh-hans": "zh-CN"}
LANGUAGE = "zh-TW"
"""`lang` where it says nothing, or nothing that we speak. Source: bitgin: Register, "default: zh-TW"."""


class CaptchaInput(serializers.Serializer[Any]):
    """A picture and what it shows, where one is asked for."""

    captchaId = Text(max_length=64, required=False, allow_blank=True, allow_null=True)
    captchaNumber = Secret(max_length=32, required=False, allow_blank=True, allow_null=True)


class LanguageInput(serializers.Serializer[Any]):
    """The language of mails."""

    lang = Text(max_length=16, required=False, allow_blank=True, allow_null=True, help_text="zh-TW unless told")


def captcha_of(call: Call, *, is_due: bool = False) -> Captcha:
    """What the request says of a captcha; bitgin knows pictures only."""
    said = call.input.get("captchaId") or "", call.input.get("captchaNumber") or ""
    return Captcha(
        CaptchaAnswer(CaptchaKind.PICTURE, *said) if any(said) else None, kinds=(CaptchaKind.PICTURE,), is_due=is_due
    )


def language_of(call: Call) -> str:
    """The language that `lang` names."""
    said = (call.input.get("lang") or "").lower().replace("_", "-")
    return LANGUAGES.get(said) or LANGUAGES.get(said.partition("-")[0]) or LANGUAGE


def session_of(call: Call) -> Session | None:
    """The session that asks; None for nobody, and for a signed key."""
    if call.credential is None or call.credential.kind != "session":
        return None
    session: Session = call.request.customer_session  # type: ignore[attr-defined]  # set by SessionAuthentication
    return session


def device_of(call: Call) -> str | None:
    """The token of a device that signed in before."""
    return call.request.COOKIES.get(DEVICE) or None


def signed_in(body: Any, made: SignIn) -> Answer:
    """The answer with the session's token: in the header for apps, in the cookie for browsers."""
    waits = made.session.level == Level.PRE2FA
    age = int((MANNERS.waiting if waits else sessions.ABSOLUTE_LIFETIME).total_seconds())
    cookies = [Cookie(TOKEN, made.token, max_age=age)]
    if made.device_token:
        cookies.append(Cookie(DEVICE, made.device_token, max_age=int(devices.DEVICE_LIFETIME.total_seconds())))
    return Answer(body, headers={TOKEN: made.token}, cookies=tuple(cookies))
