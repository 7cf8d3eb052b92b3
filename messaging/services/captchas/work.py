"""Proofs of work, in the form of the ALTCHA library and widget, version 2.

The challenge is signed and kept nowhere: to draw one writes no row. What it asks is to find the counter whose
PBKDF2 key begins as the challenge says; we drew that counter, so that checking costs two hashes. The id within the
signed challenge is spent durably, once, when a solution comes.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import altcha
from django.conf import settings

from config.kit.crypto import keyed_hash
from messaging.models import CaptchaKind
from messaging.services.captchas.words import CaptchaAnswer, Challenge

ALGORITHM = "PBKDF2/SHA-256"
ID_BYTES = 16


def draw_work(*, at: datetime) -> Challenge:
    """A new proof of work."""
    challenge_id = secrets.token_hex(ID_BYTES)
    expires_at = at + timedelta(seconds=settings.CAPTCHA_LIFETIME_SECONDS)
    made = altcha.create_challenge(
        ALGORITHM,
        settings.CAPTCHA_WORK_ITERATIONS,
        counter=secrets.randbelow(settings.CAPTCHA_WORK_TRIES_MAX),
        expires_at=expires_at,
        data={"id": challenge_id},
        hmac_secret=_challenge_key(),
        hmac_key_secret=_solution_key(),
    )
    return Challenge(kind=CaptchaKind.PROOF_OF_WORK.value, id=challenge_id, expires_at=expires_at, work=made.to_dict())


def solved_id(answer: CaptchaAnswer) -> str | None:
    """The id of the challenge that this solves; None where it solves none of ours, or too late."""
    try:
        payload = altcha.Payload.from_base64(answer.answer)
        result = altcha.verify_solution(payload, _challenge_key(), hmac_key_secret=_solution_key())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # whatever the client sent, it is no payload
    if not result.verified or payload.challenge.parameters.data is None:
        return None
    challenge_id = str(payload.challenge.parameters.data["id"])
    return challenge_id if answer.id in {"", challenge_id} else None


def _challenge_key() -> bytes:
    return keyed_hash("messaging.captcha.work", "challenge")


def _solution_key() -> bytes:
    return keyed_hash("messaging.captcha.work", "solution")
