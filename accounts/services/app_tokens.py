"""Fingerprint log-in: a token that an app keeps behind the device's fingerprint or face check.

A token is bound to its device and replaced at each use. A spent one that is shown again is a copy, and ends its whole
family: its token, and the sessions that the family opened. Two honest requests with one token, a retry after a lost
answer among them, look the same and are treated the same: the app falls back to the password, and no thief keeps
a foot in the door.

Device and fingerprint are two factors, possession and inherence, so that the session is a full one where another factor
is bound, too. We saw neither of them ourselves, so it is not fresh: acts that ask for a proof ask for it still.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import AddressLocked, AppTokenRefused, TooManyAppTokens
from accounts.models import AppToken, KnownDevice, Session, User
from accounts.models.attempts import Scope
from accounts.models.logins import LoginAct
from accounts.models.recovery import LinkAct
from accounts.models.sessions import EndCause, SignedInBy
from accounts.services import access, attempts, audit, changes, devices, links, login, logins, second_factor
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.crypto import equal, keyed_hash, token, token_hash
from config.kit.errors import Absent
from messaging.models import Purpose
from messaging.services.notices import notify

IDLE_LIFETIME = timedelta(days=90)
"""A token that is not used for so long is dead; each use starts it anew."""
DEVICES_MAX = 10
"""Devices of one user that may sign in by fingerprint."""
TOKEN_LENGTH = 43
DEVICE_ID_LENGTH_MIN, DEVICE_ID_LENGTH_MAX = 8, 128
DEVICE_NAME_LENGTH_MAX = 64


@dataclass(frozen=True, repr=False)
class Issued:
    """A new token, told this once, and its family: the name by which the customer turns it off."""

    token: str
    family: uuid.UUID
    device: str
    expires_at: datetime


@dataclass(frozen=True, repr=False)
class AppSignIn:
    """A new session with its token, and the app token that replaces the one shown."""

    session: Session
    token: str
    app_token: Issued


def issue(*, user: User, session: Session, device_id: str, proof: Proof | None, client: Client, name: str = "") -> Issued:
    """Turn fingerprint log-in on for a device, with a second factor; a former token of the device is revoked.

    Raises SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts, TooManyAppTokens; RuntimeError inside a
    transaction.
    """
    second_factor.require(user, proof, Purpose.APP_TOKEN)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        device_hash = _device_hash(user, device_id)
        _revoke_families(user, live(user).filter(device_hash=device_hash), ends=None)
        if live(user).count() >= DEVICES_MAX:
            raise TooManyAppTokens(devices_max=DEVICES_MAX)
        made = _draw(user=user, family=uuid.uuid4(), device_hash=device_hash, device=name or client.device)
        changes.follow(user=user, act=LoginAct.APP_TOKEN_ISSUED, client=client, session=session)
    return made


def sign_in(*, shown: str, device_id: str, client: Client) -> AppSignIn:
    """Open a full session, not a fresh one, and replace the token. Of two uses of one token at most one succeeds.

    Failures are counted per address and committed before anything is compared.
    Raises AppTokenRefused, AddressLocked, AccountStopped; RuntimeError inside a transaction.
    """
    subject = attempts.address(client.ip, Scope.APP_TOKEN)
    (tried,) = attempts.begin(subject)
    if tried.locked_for:
        raise AddressLocked(retry_after=tried.locked_for)
    row = AppToken.objects.select_related("user").filter(token_hash=token_hash(shown)).first()
    if row is None or row.user.is_staff:
        raise AppTokenRefused
    made = _use(row, device_id, client)
    if made is not None:
        attempts.give_back(subject)
        return made
    row.refresh_from_db()
    if row.replaced_at is not None:
        _end_reused(row, client)
    raise AppTokenRefused


def _use(row: AppToken, device_id: str, client: Client) -> AppSignIn | None:
    """Spend the token and open the session; None where it is no good, or another request was first."""
    if not equal(bytes(row.device_hash), _device_hash(row.user, device_id)):
        return None
    moment = now()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=row.user_id)
        if not live(user, moment).filter(pk=row.pk).update(replaced_at=moment):
            return None
        opened = login.admit(
            user=user,
            device=_known_device(user, bytes(row.device_hash)),
            client=client,
            by=SignedInBy.APP_TOKEN,
            is_proven=True,
        )
        opened.session.app_token_family, opened.session.fresh_until = row.family, None
        opened.session.save(update_fields=["app_token_family", "fresh_until"])
        replacement = _draw(user=user, family=row.family, device_hash=bytes(row.device_hash), device=row.device)
    return AppSignIn(opened.session, opened.token, replacement)


def _known_device(user: User, device_hash: bytes) -> KnownDevice:
    """The device of the app as a known one, whose token nobody has: a log-in by fingerprint is not news of a new device."""
    moment = now()
    known, _ = KnownDevice.objects.get_or_create(
        user=user,
        token_hash=device_hash,
        defaults={"created_at": moment, "last_used_at": moment, "expires_at": moment + devices.DEVICE_LIFETIME},
    )
    return known


def _end_reused(row: AppToken, client: Client) -> None:
    """A copy of the token exists: its family and the sessions that it opened end, and the owner is told once."""
    user = row.user
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not _revoke_families(user, AppToken.objects.filter(pk=row.pk, revoked_at__isnull=True), ends=EndCause.TOKEN_REUSED):
            return
        logins.note(user=user, act=LoginAct.APP_TOKEN_REVOKED, client=client)
        audit.record(
            actor=None,
            actor_kind="system",
            act="accounts.app_token_reused",
            subject=f"accounts.user:{user.uid}",
            facts={"family": str(row.family)},
        )
        link = links.draw(user=user, act=LinkAct.FREEZE)
        notify(user=user, template="app_token_reused", facts={**changes.circumstances(client), "link": link})


def live(user: User, moment: datetime | None = None) -> QuerySet[AppToken]:
    """The user's tokens that open a session: one for each device. The caller orders and cuts."""
    return AppToken.objects.filter(user=user, replaced_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment or now())


def revoke(*, user: User, family: str, session: Session, client: Client) -> None:
    """Turn fingerprint log-in off for one device, with the sessions that it opened. Raises Absent, as for anybody else's."""
    name = _read_family(family)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if name is None or not _revoke_families(user, live(user).filter(family=name), ends=EndCause.REVOKED, but=session):
            raise Absent(thing="app token")
        changes.follow(user=user, act=LoginAct.APP_TOKEN_REVOKED, client=client, session=session)


def revoke_all(user: User) -> int:
    """Revoke all tokens of the user, in the caller's transaction, which holds the user's row locked."""
    return access.revoke_app_tokens(user)


def _revoke_families(user: User, rows: QuerySet[AppToken], *, ends: EndCause | None, but: Session | None = None) -> int:
    """Revoke these tokens' families; `ends` ends the sessions that they opened, `but` one. How many families."""
    families = list(rows.values_list("family", flat=True))
    AppToken.objects.filter(family__in=families, revoked_at__isnull=True).update(revoked_at=now())
    if ends is not None:
        opened = Session.objects.filter(user=user, app_token_family__in=families, ended_at__isnull=True)
        opened.exclude(pk=but.pk if but is not None else 0).update(ended_at=now(), end_cause=ends)
    return len(families)


def _draw(*, user: User, family: uuid.UUID, device_hash: bytes, device: str) -> Issued:
    text, moment = token(), now()
    made = AppToken.objects.create(
        user=user,
        family=family,
        token_hash=token_hash(text),
        device_hash=device_hash,
        device=device[:DEVICE_NAME_LENGTH_MAX],
        created_at=moment,
        expires_at=moment + IDLE_LIFETIME,
    )
    return Issued(text, family, made.device, made.expires_at)


def _device_hash(user: User, device_id: str) -> bytes:
    return keyed_hash("accounts.app-token.device", str(user.uid), device_id)


def _read_family(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
