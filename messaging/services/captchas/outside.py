"""Captchas of vendors: their servers are asked, and what they vouch for is spent here, once.

Closed when in doubt: a vendor that hangs, fails or talks nonsense lets nobody through; the refusal names the kinds that
would still do. After a few failures in a row this process leaves the vendor alone for some seconds, so that its waiting
does not become ours.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from config.kit.network import subscriber
from messaging.errors import CaptchaUnavailable, CaptchaWrong, TooManyCaptchas
from messaging.services.captchas import rows
from messaging.services.captchas.words import CaptchaAnswer, Challenge
from messaging.services.limits import HOUR_SECONDS, Exhausted, Limit, give_back, limit_key, take
from messaging.verifiers.aliyun import is_from_an_app
from messaging.verifiers.base import Verifier, VerifierRefused, VerifierUnavailable
from messaging.verifiers.registry import verifier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILURES_MAX = 3
"""Failures in a row after which a vendor is left alone."""
LEFT_ALONE_SECONDS = 10.0

logger = logging.getLogger(__name__)


@dataclass
class _Breaker:
    """What this process knows of one vendor. A race between threads costs one more question."""

    failures: int = 0
    left_alone_until: float = 0.0


breakers: dict[str, _Breaker] = {}


def draw_site(kind: str, *, ip: str, others: Sequence[str]) -> Challenge:
    """What the vendor's script wants to be started with. Raises CaptchaUnavailable."""
    with _asking(kind, others) as verifier:
        return Challenge(kind=kind, site=verifier.site(ip=ip))


def take_outside(answer: CaptchaAnswer, *, purpose: str, ip: str, at: datetime, others: Sequence[str]) -> None:
    """Ask the vendor, then spend what it vouches for. Raises CaptchaWrong, TooManyCaptchas, CaptchaUnavailable.

    Only what the vendor refuses counts against the address; answers of apps, which bring least, are few for each, and fewer
    for each device.
    """
    key = limit_key("captchas refused", subscriber(ip))
    with transaction.atomic(durable=True):
        _count(key, settings.CAPTCHA_REFUSALS_PER_ADDRESS_PER_HOUR, at)
        if is_from_an_app(answer):
            _count(limit_key("captchas of apps", subscriber(ip)), settings.CAPTCHA_APP_CHECKS_PER_ADDRESS_PER_HOUR, at)
            if answer.device:
                device = limit_key("captchas of a device", answer.device)
                _count(device, settings.CAPTCHA_APP_CHECKS_PER_DEVICE_PER_HOUR, at)
    try:
        with _asking(answer.kind, others) as verifier:
            solved = verifier.check(answer, ip=ip)
    except CaptchaUnavailable:
        give_back(key, at=at)
        raise
    except VerifierRefused:
        raise CaptchaWrong from None
    with transaction.atomic(durable=True):
        if solved and not rows.spend_solved(kind=answer.kind, id=solved, purpose=purpose, at=at):
            raise CaptchaWrong
    give_back(key, at=at)


def _count(key: bytes, count_max: int, at: datetime) -> None:
    try:
        take(key, (Limit(count_max, HOUR_SECONDS),), at=at)
    except Exhausted as exhausted:
        raise TooManyCaptchas(retry_after=exhausted.retry_after) from None


@contextmanager
def _asking(kind: str, others: Sequence[str]) -> Iterator[Verifier]:
    """The vendor's verifier, unless it is left alone; its silence becomes CaptchaUnavailable."""
    verifier = verifier_of(kind)
    breaker = breakers.setdefault(kind, _Breaker())
    if verifier is None or time.monotonic() < breaker.left_alone_until:
        raise CaptchaUnavailable(kinds=list(others))
    try:
        yield verifier
    except VerifierUnavailable as trouble:
        breaker.failures += 1
        if breaker.failures >= FAILURES_MAX:
            breaker.left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        logger.warning("the verifier of %s captchas: %s", kind, trouble)
        raise CaptchaUnavailable(kinds=list(others)) from None
    except VerifierRefused:
        breaker.failures = 0
        raise
    breaker.failures = 0
