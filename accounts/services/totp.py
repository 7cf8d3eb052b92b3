"""The authenticator app: RFC 6238 with SHA-1, six digits, steps of 30 seconds, each step good once."""

from __future__ import annotations

import base64
import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import quote, urlencode

import segno
from django_otp.oath import hotp

from accounts.models import Authenticator, User
from accounts.models.attempts import Scope
from accounts.models.factors import FactorKind
from accounts.services import factor_attempts
from accounts.services.attempts import Subject
from config.kit.clock import now
from config.kit.crypto import equal, seal, unseal

SEED_BYTES = 20
"""160 bits: RFC 4226, requirement R6."""
STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
"""Steps before and after the present one whose codes are taken, for clocks that differ."""
BEGUN_LIFETIME = timedelta(minutes=10)
"""How long a begun binding waits for its first code."""
ISSUER = "Quaestor"
QR_SCALE = 6
"""Pixels of one module of the QR code."""


@dataclass(frozen=True, repr=False)
class Begun:
    """A seed, shown once: as base32, as otpauth URL and as a PNG of its QR code in base64."""

    secret: str
    otpauth_url: str
    qr_png: str
    expires_at: datetime


def bound(user: User) -> Authenticator | None:
    """The user's confirmed authenticator."""
    return Authenticator.objects.filter(user=user, kind=FactorKind.TOTP, confirmed_at__isnull=False).first()


def shown(seed: bytes, user: User, expires_at: datetime, *, name: str = "") -> Begun:
    """The seed in the forms that authenticator apps read; `name` is what the app shows for the account, else its address."""
    secret = text_of(seed)
    label = quote(f"{ISSUER}:{name or user.email or user.phone or user.uid}", safe="*")
    url = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind="png", scale=QR_SCALE, border=4)
    return Begun(secret, url, base64.b64encode(picture.getvalue()).decode("ascii"), expires_at)


def text_of(seed: bytes) -> str:
    """The seed in base32, as people type it."""
    return base64.b32encode(seed).decode("ascii")


def check(authenticator: Authenticator, code: str) -> None:
    """Take a code of the authenticator, once. The attempt is counted and committed before it is compared.

    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    attempt = factor_attempts.begin(factor_attempts.subject_of(authenticator.user_id))
    step = _step_of(authenticator, code)
    if step is None or not _spend(authenticator, step):
        raise factor_attempts.wrong(attempt)
    factor_attempts.forget(authenticator.user_id)


def check_nothing(name: str, code: str) -> None:
    """Do for a name what `check` does for an authenticator, so that the time doesn't tell whether it came to that.

    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    attempt = factor_attempts.begin(Subject(Scope.SECOND_FACTOR, f"nobody {name}"))
    _step_of(_nobody(), code)
    raise factor_attempts.wrong(attempt)


@cache
def _nobody() -> Authenticator:
    """An authenticator that is in no table."""
    made = Authenticator(user_id=0, kind=FactorKind.TOTP, created_at=now())
    made.sealed_seed = seal(secrets.token_bytes(SEED_BYTES), context=made.seal_context)
    return made


def _step_of(authenticator: Authenticator, code: str) -> int | None:
    """The step whose code this is. All candidates are compared, in a time that tells nothing."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    seed = unseal(bytes(authenticator.sealed_seed), context=authenticator.seal_context)
    present = int(now().timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if equal(f"{hotp(seed, step, DIGITS):0{DIGITS}d}", code):
            found = step
    return found


def _spend(authenticator: Authenticator, step: int) -> bool:
    """Burn the step: of two requests with one code, one gets it."""
    return bool(Authenticator.objects.filter(pk=authenticator.pk, last_step__lt=step).update(last_step=step))


def current_code(seed: bytes, moment: datetime | None = None) -> str:
    """The code that an app with this seed shows now."""
    step = int((moment or now()).timestamp()) // STEP_SECONDS
    return f"{hotp(seed, step, DIGITS):0{DIGITS}d}"
