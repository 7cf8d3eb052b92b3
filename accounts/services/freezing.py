"""Freezing an account, and opening it again.

A freeze stops everything at once: sessions end, tokens of apps are revoked, signed keys are refused (their admission
reads the status), and a withdrawal on its way is asked about at every step. Sub-accounts stop with their parent.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.errors import AccountStopped, AlreadyFrozen, FrozenByOwner, NotFrozen
from accounts.models import AccountFreeze, AppToken, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.models.users import Status
from accounts.services import changes, holds, logins, recovery_ends, sessions
from accounts.services.clients import Client
from accounts.services.officers import Act
from config.kit.clock import now
from messaging.services.notices import notify

REASON_LENGTH_MAX = 200


def freeze(*, user: User, client: Client) -> AccountFreeze:
    """Freeze the account because its owner says so. Where it is frozen already, the owner's word joins the officer's.

    Recovery cases that are open end: only one that is opened after it lifts a freeze. Raises AccountStopped (deleted).
    """
    with transaction.atomic():
        locked = _locked(user)
        running = current(locked)
        if running is None or not running.by_owner:
            recovery_ends.cancel_at_freeze(user=locked, client=client)
        if running is not None:
            AccountFreeze.objects.filter(pk=running.pk).update(by_owner=True)
            running.by_owner = True
            return running
        if locked.status == Status.DELETED:
            raise AccountStopped(account_status=Status(locked.status).label)
        begun = _begin(locked, by_owner=True)
        changes.follow(user=locked, act=LoginAct.FROZEN, client=client, ends=EndCause.FROZEN, tell=False)
        _stop_tokens(locked)
        notify(user=locked, template="account_frozen", facts=changes.circumstances(client))
        return begun


def freeze_by_staff(*, user: User, by: str, reason: str, client: Client, officer: User | None = None) -> AccountFreeze:
    """Freeze the account by the word of an operator (`by`) or of an officer; where the owner froze it already, it joins.

    Raises AlreadyFrozen, AccountStopped (deleted); ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an officer's freeze has a reason: by it the two are told apart")
    with transaction.atomic():
        locked = _locked(user)
        running = current(locked)
        if running is not None and running.reason:
            raise AlreadyFrozen
        if running is not None:
            AccountFreeze.objects.filter(pk=running.pk).update(reason=reason[:REASON_LENGTH_MAX])
            _audit(locked, "accounts.frozen", by=by, officer=officer, reason=reason)
            return running
        if locked.status == Status.DELETED:
            raise AccountStopped(account_status=Status(locked.status).label)
        begun = _begin(locked, by_owner=False, reason=reason)
        changes.end_sessions(locked, EndCause.FROZEN)
        _stop_tokens(locked)
        logins.note(user=locked, act=LoginAct.FROZEN, client=client)
        _audit(locked, "accounts.frozen", by=by, officer=officer, reason=reason)
        notify(user=locked, template="account_frozen", facts={"time": changes.circumstances(client)["time"]})
        return begun


def thaw_by_staff(*, user: User, by: str, reason: str, client: Client, officer: User | None = None) -> bool:
    """Take that word back; outgoing money waits 24 hours. False where the owner's own freeze goes on.

    Raises NotFrozen, FrozenByOwner (by nobody else).
    """
    with transaction.atomic():
        locked = _locked(user)
        running = current(locked)
        if running is None:
            raise NotFrozen
        if running.by_owner and not running.reason:
            raise FrozenByOwner
        _audit(locked, "accounts.thawed", by=by, officer=officer, reason=reason)
        if running.by_owner:
            AccountFreeze.objects.filter(pk=running.pk).update(reason="")
            return False
        end(locked, running)
        changes.end_sessions(locked, EndCause.STATUS)  # one that was opened while the freeze began would live again
        hold = holds.start(user=locked, cause=Cause.FREEZE)
        logins.note(user=locked, act=LoginAct.THAWED, client=client)
        until = f"{hold.until:%Y-%m-%d %H:%M} UTC"
        notify(user=locked, template="account_thawed", facts={"until": until})
        return True


def end(locked: User, running: AccountFreeze) -> None:
    """End the freeze of a locked user: the status is the one of before, unless an officer has given another since."""
    AccountFreeze.objects.filter(pk=running.pk).update(ended_at=now())
    if locked.status == Status.LOCKED:
        locked.status = running.status_before
        locked.save(update_fields=["status"])


def current(user: User) -> AccountFreeze | None:
    """The freeze that runs."""
    return AccountFreeze.objects.filter(user=user, ended_at__isnull=True).first()


def is_owners_alone(running: AccountFreeze | None) -> bool:
    """Whether a freeze runs that only the owner asked for. An officer's has a reason, whoever joined it."""
    return running is not None and running.by_owner and not running.reason


def was_frozen_since(user: User, moment: datetime) -> bool:
    """Whether the owner of the account, or of its parent, froze it after the moment: what was begun before may be a thief's."""
    owners = [user.pk, *([user.parent_id] if user.parent_id else [])]
    return AccountFreeze.objects.filter(user_id__in=owners, by_owner=True, started_at__gt=moment).exists()


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _begin(locked: User, *, by_owner: bool, reason: str = "") -> AccountFreeze:
    begun = AccountFreeze.objects.create(
        user=locked, by_owner=by_owner, reason=reason[:REASON_LENGTH_MAX], status_before=locked.status, started_at=now()
    )
    locked.status = Status.LOCKED
    locked.save(update_fields=["status"])
    return begun


def _stop_tokens(locked: User) -> None:
    """What `changes.follow` does not end: the app's tokens, and the sessions of sub-accounts."""
    AppToken.objects.filter(user=locked, revoked_at__isnull=True).update(revoked_at=now())
    for sub_account in locked.sub_accounts.order_by("pk"):
        sessions.end_all(user=sub_account, cause=EndCause.PARENT)
        AppToken.objects.filter(user=sub_account, revoked_at__isnull=True).update(revoked_at=now())


def _audit(locked: User, act: str, *, by: str, officer: User | None, reason: str) -> None:
    Act(reason=reason, officer=officer, by=by).record(act=act, subject=f"accounts.user:{locked.uid}", facts={})
