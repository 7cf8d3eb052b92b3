"""At which doors a captcha is asked for: where the settings say so, where a dialect's contract does, and after failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer


class Door(StrEnum):
    """Where CAPTCHA_AT may ask."""

    REGISTRATION_CODE = "registration_code"
    LOGIN_CODE = "login_code"
    RECOVERY_CODE = "recovery_code"
    REGISTRATION = "registration"
    LOGIN = "login"


@dataclass(frozen=True, repr=False)
class Captcha:
    """What came with a request, and what the dialect's contract says of captchas at this door.

    `kinds` are those that the contract knows, where it doesn't take all of ours; `is_due` where it always asks,
    `is_waived` where it has no place for one.
    """

    answer: CaptchaAnswer | None = None
    kinds: Sequence[str] | None = None
    is_due: bool = False
    is_waived: bool = False


NONE = Captcha()


def ask(door: Door, captcha: Captcha, *, ip: str, is_due: bool = False) -> None:
    """Take the captcha where one is due at this door; it is spent, right or wrong. Call it outside transactions.

    Raises CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable.
    """
    if captcha.is_waived:
        return
    if is_due or captcha.is_due or door.value in settings.CAPTCHA_AT:
        captchas.require(captcha.answer, purpose=door.value, ip=ip, kinds=captcha.kinds)
