"""How a request of this app carries the answer to a captcha."""

from __future__ import annotations

from accounts.services.captcha_doors import Captcha
from config.kit.operations import Call
from messaging.api.native import captchas
from messaging.api.native.captchas import CaptchaInput
from messaging.errors import CaptchaRequired, CaptchaUnavailable, CaptchaWrong, TooManyCaptchas

__all__ = ["CAPTCHA_REFUSALS", "CaptchaInput", "captcha_of"]

CAPTCHA_REFUSALS = (CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable)


def captcha_of(call: Call) -> Captcha:
    """What the field `captcha` says; the native dialect takes every kind that is offered."""
    return Captcha(captchas.captcha_of(call))
