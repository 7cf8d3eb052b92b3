"""A parent freezes a sub-account and lets it go on. What an officer stopped stays stopped."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import SubAccountFrozen, SubAccountNotFrozen, SubAccountStopped
from accounts.models import AccountFreeze, Status, User
from accounts.models.logins import LoginAct
from accounts.models.users import MAY_SIGN_IN
from accounts.services import changes, logins, sub_accounts
from accounts.services.clients import Client
from config.kit.clock import now


def freeze(*, parent: User, uid: object, client: Client) -> User:
    """Stop the sub-account at once: sessions end, keys are refused. Money can be moved away from it by the parent only.

    Raises NotForSubAccounts, Absent, SubAccountFrozen, SubAccountStopped.
    """
    with transaction.atomic():
        locked = sub_accounts.lock(parent=parent, uid=uid)
        if locked.status == Status.LOCKED:
            raise SubAccountFrozen
        if locked.status not in MAY_SIGN_IN:
            raise SubAccountStopped(account_status=Status(locked.status).label)
        moment = now()
        AccountFreeze.objects.filter(user=locked, ended_at__isnull=True).update(ended_at=moment)
        AccountFreeze.objects.create(user=locked, by_owner=True, status_before=locked.status, started_at=moment)
        locked.status = Status.LOCKED
        locked.save(update_fields=["status"])
        sub_accounts.end_everything(locked)
        logins.note(user=locked, act=LoginAct.FROZEN, client=client)
        _tell(parent, locked, LoginAct.SUB_ACCOUNT_FROZEN, client)
    return locked


def thaw(*, parent: User, uid: object, client: Client) -> User:
    """Let a sub-account go on that its parent, or whoever uses it, froze. It signs in anew.

    Raises NotForSubAccounts, Absent, SubAccountNotFrozen, SubAccountStopped (by an officer).
    """
    with transaction.atomic():
        locked = sub_accounts.lock(parent=parent, uid=uid)
        if locked.status in MAY_SIGN_IN:
            raise SubAccountNotFrozen
        running = AccountFreeze.objects.filter(user=locked, ended_at__isnull=True).first()
        if running is None or not is_owners(locked, running):
            raise SubAccountStopped(account_status=Status(locked.status).label)
        running.ended_at = now()
        running.save(update_fields=["ended_at"])
        locked.status = running.status_before
        locked.save(update_fields=["status"])
        sub_accounts.end_everything(locked)  # a sign-in that began before the freeze would live again
        logins.note(user=locked, act=LoginAct.THAWED, client=client)
        _tell(parent, locked, LoginAct.SUB_ACCOUNT_THAWED, client)
    return locked


def is_owners(user: User, running: AccountFreeze | None) -> bool:
    """Whether the account is locked by its owner's word alone. An officer's freeze has a reason, whoever joined it."""
    return user.status == Status.LOCKED and running is not None and running.by_owner and not running.reason


def stopped_by_officer(user: User) -> bool:
    """Whether somebody of ours stopped the account: then nobody but us moves anything of it."""
    if user.status in MAY_SIGN_IN:
        return False
    return not is_owners(user, AccountFreeze.objects.filter(user=user, ended_at__isnull=True).first())


def _tell(parent: User, locked: User, act: LoginAct, client: Client) -> None:
    changes.follow(user=parent, act=act, client=client, facts={"name": locked.username or ""})
