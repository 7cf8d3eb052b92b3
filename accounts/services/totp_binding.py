"""Binding, changing and removing the authenticator app.

A seed is shown to one session and completed there with its first code. The permission (a proof, or a fresh sign-in where
nothing is bound) is shown when the seed is drawn, or comes with that code where a dialect does it so.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction

from accounts.errors import TotpAlreadyBound, TotpNotBegun, TotpNotBound
from accounts.models import Authenticator, Session, User
from accounts.models.factors import FactorKind
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.services import changes, second_factor, totp
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from accounts.services.totp import SEED_BYTES, Begun
from config.kit.clock import now
from config.kit.crypto import equal, seal, unseal
from messaging.models import Purpose

BEGUN_LIFETIME = timedelta(minutes=10)
"""How long a begun binding waits for its first code."""


def begin(
    *,
    user: User,
    session: Session,
    client: Client,
    proof: Proof | None = None,
    is_fresh: bool = False,
    proof_follows: bool = False,
    name: str = "",
) -> Begun:
    """Draw a seed for a binding, which its first right code in this session completes. A former begun one is void.

    `name` is what the app shows for the account, where a dialect doesn't show it the address.

    Raises TotpAlreadyBound, and what `second_factor.require_or_fresh` raises for TOTP_BIND; with `proof_follows`, the proof
    is due with the first code.
    """
    if totp.bound(user):
        raise TotpAlreadyBound
    if not proof_follows:
        second_factor.require_or_fresh(user, proof, Purpose.TOTP_BIND, is_fresh=is_fresh, client=client)
    return _draw(user, session, "" if proof_follows else Purpose.TOTP_BIND, name)


def begin_change(
    *, user: User, session: Session, client: Client, proof: Proof | None = None, proof_follows: bool = False
) -> Begun:
    """Draw a seed that takes the bound one's place with its first right code in this session.

    Raises TotpNotBound, and what `second_factor.require` raises for TOTP_CHANGE; with `proof_follows`, the proof is due with
    the first code.
    """
    if not totp.bound(user):
        raise TotpNotBound
    if not proof_follows:
        second_factor.require(user, proof, Purpose.TOTP_CHANGE, client=client)
    return _draw(user, session, "" if proof_follows else Purpose.TOTP_CHANGE)


def _draw(user: User, session: Session, permitted_for: str, name: str = "") -> Begun:
    seed = secrets.token_bytes(SEED_BYTES)
    moment = now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if permitted_for == Purpose.TOTP_BIND and totp.bound(user):
            raise TotpAlreadyBound
        Authenticator.objects.filter(user=user, kind=FactorKind.TOTP, confirmed_at__isnull=True).delete()
        made = Authenticator(user=user, kind=FactorKind.TOTP, created_at=moment)
        made.session, made.permitted_for = str(session.public_id), permitted_for
        made.sealed_seed = seal(seed, context=made.seal_context)
        made.save(force_insert=True)
    return totp.shown(seed, user, moment + BEGUN_LIFETIME, name=name)


def confirm(
    *, user: User, code: str, session: Session, client: Client, proof: Proof | None = None, secret: str | None = None
) -> None:
    """Complete the binding, or the change, with the new app's first code.

    The user's other sessions end and every bound channel is told. A change starts the 24 h hold, and so does a binding, to
    which a password alone may lead, unless the account is new (`holds.SET_UP_HOURS`). `secret` is the seed in base32
    as the client repeats it, where a dialect does.
    Raises TotpNotBegun, TotpAlreadyBound, WrongCode, TooManyAttempts, and what `second_factor.require` raises.
    """
    former = totp.bound(user)
    begun = _begun(user, session, secret)
    if begun is None:
        raise TotpAlreadyBound if former else TotpNotBegun
    purpose = Purpose.TOTP_CHANGE if former else Purpose.TOTP_BIND
    if begun.permitted_for != purpose:
        second_factor.require(user, proof, purpose, client=client)
    totp.check(begun, code)
    try:
        with transaction.atomic():
            _replace(user, former, begun)
            changes.follow(
                user=user,
                act=LoginAct.TOTP_CHANGED if former else LoginAct.TOTP_BOUND,
                client=client,
                session=session,
                ends=EndCause.FACTOR_CHANGED,
                hold=Cause.SECOND_FACTOR,
                new_may_skip_hold=former is None,
            )
    except IntegrityError:
        raise TotpAlreadyBound from None


def _begun(user: User, session: Session, secret: str | None) -> Authenticator | None:
    """What was begun in this session, and its seed where the client repeats one."""
    begun = Authenticator.objects.filter(
        user=user,
        kind=FactorKind.TOTP,
        confirmed_at__isnull=True,
        created_at__gt=now() - BEGUN_LIFETIME,
        session=str(session.public_id),
    ).first()
    if begun is None or secret is None:
        return begun
    seed = unseal(bytes(begun.sealed_seed), context=begun.seal_context)
    return begun if equal(totp.text_of(seed), secret.strip().upper().rstrip("=")) else None


def _replace(user: User, former: Authenticator | None, begun: Authenticator) -> None:
    """Put the begun one in the former one's place. Raises TotpNotBegun where another request was first."""
    User.objects.select_for_update().get(pk=user.pk)
    if former is not None and not Authenticator.objects.filter(pk=former.pk).delete()[0]:
        raise TotpNotBegun
    if not Authenticator.objects.filter(pk=begun.pk, confirmed_at__isnull=True).update(confirmed_at=now()):
        raise TotpNotBegun


def remove(*, user: User, proof: Proof | None, session: Session, client: Client) -> None:
    """Remove the authenticator; starts the 24 h hold and ends the other sessions.

    Raises TotpNotBound, and what `second_factor.require` raises for TOTP_UNBIND.
    """
    authenticator = totp.bound(user)
    if authenticator is None:
        raise TotpNotBound
    second_factor.require(user, proof, Purpose.TOTP_UNBIND, client=client)
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
