"""Drawing a captcha, and the one door at which its answer is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from config.kit.clock import now
from config.kit.network import subscriber
from messaging.errors import CaptchaKindUnknown, CaptchaRequired, CaptchaWrong, TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services.captchas import outside, pictures, rows, work
from messaging.services.captchas.words import CaptchaAnswer, Challenge
from messaging.services.limits import HOUR_SECONDS, Exhausted, Limit, limit_key, take

MINUTE_SECONDS = 60


def draw(kind: str = "", *, ip: str, kinds: Sequence[str] | None = None) -> Challenge:
    """Draw a captcha of this kind; without one, of the kind that is offered first.

    A dialect whose contract knows one kind names it in `kinds`; otherwise CAPTCHA_KINDS says what is offered.
    Raises CaptchaKindUnknown, TooManyCaptchas, CaptchaUnavailable.
    """
    taken = _taken(kinds)
    kind = kind or taken[0]
    if kind not in taken:
        raise CaptchaKindUnknown(kinds=taken)
    moment = now()
    _count_drawing(ip, moment)
    if kind == CaptchaKind.PICTURE:
        return pictures.draw_picture(at=moment)
    if kind == CaptchaKind.PROOF_OF_WORK:
        return work.draw_work(at=moment)
    return outside.draw_site(kind, ip=ip, others=_without(kind, taken))


def require(answer: CaptchaAnswer | None, *, purpose: str, ip: str, kinds: Sequence[str] | None = None) -> None:
    """Take the answer to a captcha: it is spent, right or wrong, and that is committed before anything is compared.

    Call this after the shape of the input was checked and before anything else, outside transactions. `purpose` is a
    word for the act, kept as evidence. A dialect whose contract knows one kind names it in `kinds`.
    Raises CaptchaRequired (none came, or of a kind not taken here), CaptchaWrong, TooManyCaptchas (too many were wrong),
    CaptchaUnavailable (its verifier does not answer: nothing is let through); RuntimeError inside a transaction.
    """
    taken = _taken(kinds)
    if answer is None or answer.kind not in taken or not (answer.id or answer.answer):
        raise CaptchaRequired(kinds=taken)
    if not answer.is_readable():
        raise CaptchaWrong
    moment = now()
    if answer.kind == CaptchaKind.PICTURE:
        _take_picture(answer, purpose, moment)
    elif answer.kind == CaptchaKind.PROOF_OF_WORK:
        _take_work(answer, purpose, moment)
    else:
        outside.take_outside(answer, purpose=purpose, ip=ip, at=moment, others=_without(answer.kind, taken))


def _taken(kinds: Sequence[str] | None) -> list[str]:
    return [CaptchaKind(kind).value for kind in (kinds or settings.CAPTCHA_KINDS)]


def _without(kind: str, taken: Sequence[str]) -> list[str]:
    return [other for other in taken if other != kind]


def _count_drawing(ip: str, moment: datetime) -> None:
    limits = (
        Limit(settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_MINUTE, MINUTE_SECONDS),
        Limit(settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_HOUR, HOUR_SECONDS),
    )
    try:
        take(limit_key("captchas drawn", subscriber(ip)), limits, at=moment)
    except Exhausted as exhausted:
        raise TooManyCaptchas(retry_after=exhausted.retry_after) from None


def _take_picture(answer: CaptchaAnswer, purpose: str, moment: datetime) -> None:
    with transaction.atomic(durable=True):
        answer_hash = rows.spend_picture(id=answer.id, purpose=purpose, at=moment)
    if answer_hash is None or not pictures.fits(answer.id, answer.answer, answer_hash):
        raise CaptchaWrong


def _take_work(answer: CaptchaAnswer, purpose: str, moment: datetime) -> None:
    solved = work.solved_id(answer)
    with transaction.atomic(durable=True):
        if solved is None or not rows.spend_solved(kind=answer.kind, id=solved, purpose=purpose, at=moment):
            raise CaptchaWrong
