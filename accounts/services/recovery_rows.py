"""The rows behind the recovery of a password: found by their token, counted, moved on one step at a time."""

from __future__ import annotations

from typing import NoReturn

from django.db import transaction
from django.db.models import Q

from accounts.errors import RecoveryInvalid, RecoveryLocked
from accounts.models import PasswordRecovery, Status, User
from accounts.models.attempts import Scope
from accounts.models.recovery import PASSWORD_RECOVERY_FLOW
from accounts.models.recovery import PasswordRecoveryState as State
from accounts.services import attempts, devices
from accounts.services.attempts import Attempt, Subject
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.crypto import token_hash
from messaging.services import destination_indexes

PURPOSE = "accounts.password-recovery"
"""What the indexes of destinations are for here: they meet those of no message."""
TOKEN_LENGTH = 43
OPEN = (State.STARTED, State.CODE_PROVEN, State.PROVEN)
Tried = tuple[Attempt, Attempt]
"""One attempt, as counted under the address and under the name."""


def may_recover(user: User) -> bool:
    """Whether the user may get a new password this way. Officers ask an operator, sub-accounts their parent.

    An account that nobody activated may be somebody else's in this mailbox's name: its owner is not led into it.
    """
    return user.is_active and user.status != Status.NOT_ACTIVATED and not user.is_staff and user.parent_id is None


def tag(channel: str, destination: str) -> bytes:
    """By what rows of one destination are known; the destination itself may be nobody's and is not stored."""
    return destination_indexes.tag(channel, destination, purpose=PURPOSE)


def of_destination(own: bytes) -> Q:
    """The condition of rows of this tag, under whichever key they are indexed."""
    return destination_indexes.meeting([own], purpose=PURPOSE)


def is_of(recovery: PasswordRecovery, own: bytes) -> bool:
    """Whether the recovery was begun with the destination of this tag."""
    return destination_indexes.meets(recovery, own, purpose=PURPOSE)


def addressed(recovery: PasswordRecovery, own: bytes) -> PasswordRecovery:
    """The row, which is not saved, with its destination's tag and indexes."""
    destination_indexes.fill(recovery, own, purpose=PURPOSE)
    return recovery


def find(text: str) -> PasswordRecovery:
    """The open recovery of this token, with its user. Raises RecoveryInvalid."""
    if len(text) == TOKEN_LENGTH and text.isascii():
        live = PasswordRecovery.objects.select_related("user").filter(state__in=OPEN, expires_at__gt=now())
        found = live.filter(token_hash=token_hash(text)).first()
        if found is not None and (found.user is None or may_recover(found.user)):
            return found
    raise RecoveryInvalid


def waiting(channel: str, destination: str) -> PasswordRecovery | None:
    """The newest recovery of this destination whose code is due, with its user."""
    live = PasswordRecovery.objects.select_related("user").filter(state=State.STARTED, expires_at__gt=now())
    found = live.filter(of_destination(tag(channel, destination)), channel=channel).order_by("-pk").first()
    return found if found is not None and (found.user is None or may_recover(found.user)) else None


def nobodys(channel: str, destination: str) -> PasswordRecovery:
    """A recovery that is in no table, to count an attempt under the name where none waits."""
    return addressed(PasswordRecovery(channel=channel), tag(channel, destination))


def named(text: str, client: Client) -> PasswordRecovery:
    """Like `find`, for a step: a token of nothing counts against its address. Raises RecoveryInvalid, RecoveryLocked."""
    try:
        return find(text)
    except RecoveryInvalid:
        miss(client)


def miss(client: Client) -> NoReturn:
    """Count a step without a recovery against the address alone: nobody locks a name without having its token.

    Raises RecoveryInvalid, RecoveryLocked; RuntimeError inside a transaction.
    """
    _count(attempts.address(client.ip, Scope.RECOVERY_ADDRESS))
    raise RecoveryInvalid


def begin(recovery: PasswordRecovery, client: Client, device_token: str | None = None) -> Tried:
    """Count an attempt under the address, then under the name, before anything is compared.

    A known device of the account's owner has a count of its own. Raises RecoveryLocked; RuntimeError inside a transaction.
    """
    at_address = _count(attempts.address(client.ip, Scope.RECOVERY_ADDRESS))
    return at_address, _count(_subject(recovery, device_token))


def _count(subject: Subject) -> Attempt:
    (attempt,) = attempts.begin(subject)
    if attempt.locked_for:
        raise RecoveryLocked(failures=attempt.failures, retry_after=attempt.locked_for)
    return attempt


def _subject(recovery: PasswordRecovery, device_token: str | None) -> Subject:
    device = devices.find(device_token)
    if device is not None and device.user_id == recovery.user_id:
        return Subject(Scope.RECOVERY, f"device {device.pk}")
    return Subject(Scope.RECOVERY, destination_indexes.tag_of(recovery).hex())


def succeed(tried: Tried) -> None:
    """The owner was there: the name's failures count no more, the address gets back its one."""
    at_address, at_name = tried
    attempts.forget([at_name.subject])
    attempts.give_back(at_address.subject)


def move(recovery: PasswordRecovery, to: State, *, used_id_card: bool = False, token: str | None = None) -> PasswordRecovery:
    """One step on, unless another request was faster. Raises RecoveryInvalid."""
    with transaction.atomic():
        return step(recovery, to, used_id_card=used_id_card, token=token)


def step(recovery: PasswordRecovery, to: State, *, used_id_card: bool = False, token: str | None = None) -> PasswordRecovery:
    """One step on under the row's lock, in the caller's transaction. A `token` takes the former one's place.

    Raises RecoveryInvalid.
    """
    locked = PasswordRecovery.objects.select_for_update(of=("self",)).select_related("user").get(pk=recovery.pk)
    if locked.state != recovery.state or locked.expires_at <= now() or not PASSWORD_RECOVERY_FLOW.allows(locked.state, to):
        raise RecoveryInvalid
    locked.state = to
    locked.used_id_card = locked.used_id_card or used_id_card
    if token is not None:
        locked.token_hash = token_hash(token)
    locked.save(update_fields=["state", "used_id_card", "token_hash"])
    return locked


def end_open(user: User) -> None:
    """End the user's open recoveries, in the caller's transaction: what they were begun with has changed."""
    PasswordRecovery.objects.filter(user=user, state__in=OPEN).update(state=State.ENDED)
