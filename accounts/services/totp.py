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
from django.db import IntegrityError, transaction
from django_otp.oath import hotp

from accounts.errors import TotpAlreadyBound, TotpNotBegun, TotpNotBound
from accounts.models import Authenticator, Session, User
from accounts.models.attempts import Scope
from accounts.models.factors import FactorKind
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.services import attempts, changes
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.crypto import equal, seal, unseal
from messaging.errors import TooManyAttempts, WrongCode

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


def begin(*, user: User) -> Begun:
    """Draw a seed for a binding, which the first right code completes. A former begun one is void.

    Raises TotpAlreadyBound.
    """
    seed = secrets.token_bytes(SEED_BYTES)
    moment = now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if bound(user):
            raise TotpAlreadyBound
        Authenticator.objects.filter(user=user, kind=FactorKind.TOTP, confirmed_at__isnull=True).delete()
        made = Authenticator(user=user, kind=FactorKind.TOTP, created_at=moment)
        made.sealed_seed = seal(seed, context=made.seal_context)
        made.save(force_insert=True)
    return shown(seed, user, moment + BEGUN_LIFETIME)


def shown(seed: bytes, user: User, expires_at: datetime) -> Begun:
    """The seed in the forms that authenticator apps read."""
    secret = base64.b32encode(seed).decode("ascii")
    label = quote(f"{ISSUER}:{user.email or user.phone or user.uid}")
    url = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind="png", scale=QR_SCALE, border=4)
    return Begun(secret, url, base64.b64encode(picture.getvalue()).decode("ascii"), expires_at)


def confirm(*, user: User, code: str, session: Session, client: Client) -> None:
    """Complete the binding with its first code; the user's other sessions end and every bound channel is told.

    A password alone leads here, so that the 24 h hold starts, unless the account is new (`holds.SET_UP_HOURS`).
    Raises TotpNotBegun, TotpAlreadyBound, WrongCode, TooManyAttempts.
    """
    begun = Authenticator.objects.filter(
        user=user, kind=FactorKind.TOTP, confirmed_at__isnull=True, created_at__gt=now() - BEGUN_LIFETIME
    ).first()
    if begun is None:
        raise TotpAlreadyBound if bound(user) else TotpNotBegun
    check(begun, code)
    try:
        with transaction.atomic():
            done = Authenticator.objects.filter(pk=begun.pk, confirmed_at__isnull=True).update(confirmed_at=now())
            if not done:
                raise TotpNotBegun
            changes.follow(
                user=user,
                act=LoginAct.TOTP_BOUND,
                client=client,
                session=session,
                ends=EndCause.FACTOR_CHANGED,
                hold=Cause.SECOND_FACTOR,
                new_may_skip_hold=True,
            )
    except IntegrityError:
        raise TotpAlreadyBound from None


def remove(*, user: User, code: str, session: Session, client: Client) -> None:
    """Remove the authenticator against a code of its own; starts the 24 h hold and ends the other sessions.

    Raises TotpNotBound, WrongCode, TooManyAttempts.
    """
    authenticator = bound(user)
    if authenticator is None:
        raise TotpNotBound
    check(authenticator, code)
    with transaction.atomic():
        if not Authenticator.objects.filter(pk=authenticator.pk).delete()[0]:
            raise TotpNotBound
        changes.follow(
            user=user,
            act=LoginAct.TOTP_UNBOUND,
            client=client,
            session=session,
            ends=EndCause.FACTOR_CHANGED,
            hold=Cause.SECOND_FACTOR,
            forget_devices=True,
        )


def check(authenticator: Authenticator, code: str) -> None:
    """Take a code of the authenticator, once. The attempt is counted and committed before it is compared.

    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    subject = factor_subject(authenticator.user_id)
    (attempt,) = attempts.begin(subject)
    if attempt.locked_for:
        raise TooManyAttempts(retry_after=attempt.locked_for)
    step = _step_of(authenticator, code)
    if step is None or not _spend(authenticator, step):
        raise wrong(attempt)
    attempts.forget([subject])


def check_nothing(name: str, code: str) -> None:
    """Do for a name what `check` does for an authenticator, so that the time doesn't tell whether it came to that.

    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    (attempt,) = attempts.begin(Subject(Scope.SECOND_FACTOR, f"nobody {name}"))
    if attempt.locked_for:
        raise TooManyAttempts(retry_after=attempt.locked_for)
    _step_of(_nobody(), code)
    raise wrong(attempt)


@cache
def _nobody() -> Authenticator:
    """An authenticator that is in no table."""
    made = Authenticator(user_id=0, kind=FactorKind.TOTP, created_at=now())
    made.sealed_seed = seal(secrets.token_bytes(SEED_BYTES), context=made.seal_context)
    return made


def factor_subject(user_id: int) -> Subject:
    """Under what wrong second factors of a user are counted, whatever the method."""
    return Subject(Scope.SECOND_FACTOR, str(user_id))


def wrong(attempt: attempts.Attempt) -> WrongCode | TooManyAttempts:
    """The refusal of a wrong code, with what is left."""
    return WrongCode(attempts_left=attempts.failures_left(attempt))


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
