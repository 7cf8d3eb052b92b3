"""What each identity level opens. One table; what it doesn't name is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from accounts.errors import NotForSubAccounts
from accounts.models import Status
from kyc.errors import NotEntitled
from kyc.models import Case, CaseEvent, CaseState

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


class Act(models.TextChoices):
    """Acts that ask for a level."""

    DEPOSIT = "deposit", "Receive crypto"
    WITHDRAW_CRYPTO = "withdraw_crypto", "Send crypto out"
    TRADE = "trade", "Trade"
    INSIDE_TRANSFER = "inside_transfer", "Send to another customer"
    DEPOSIT_FIAT = "deposit_fiat", "Receive fiat money"
    WITHDRAW_FIAT = "withdraw_fiat", "Send fiat money out"
    PAYMENT = "payment", "Pay for a service"
    CONVERSION = "conversion", "Exchange one coin for another"
    CHANGE_BANK_ACCOUNT = "change_bank_account", "Name or exchange a bank account"


REQUIRED_LEVEL: dict[str, int] = {
    Act.DEPOSIT: 1,
    Act.WITHDRAW_CRYPTO: 2,
    Act.TRADE: 2,
    Act.INSIDE_TRANSFER: 2,
    Act.DEPOSIT_FIAT: 3,
    Act.WITHDRAW_FIAT: 3,
    Act.PAYMENT: 2,
    Act.CONVERSION: 2,
    Act.CHANGE_BANK_ACCOUNT: 3,
}
"""Act → the level it needs. Source: bitgin: Get User (allowCryptoDeposit … allowTrade), Transfer (PAY_FOR_SERVICE, CONVERT)."""

CLOSED_TO_SUB_ACCOUNTS = frozenset(
    {
        Act.WITHDRAW_CRYPTO,
        Act.INSIDE_TRANSFER,
        Act.DEPOSIT_FIAT,
        Act.WITHDRAW_FIAT,
        Act.PAYMENT,
        Act.CHANGE_BANK_ACCOUNT,
    }
)
"""Money of a sub-account leaves through its parent only, whose factors and limits then hold for it."""

CLOSED = 99
"""The level that nobody reaches: what an act outside the table needs."""


def level_of(user: User) -> int:
    """The highest level whose case, and every one below it, is approved; 0 before the first.

    A sub-account has its parent's level: they are one person. A removed one has none.
    """
    if user.parent_id is not None and user.status == Status.DELETED:
        return 0
    approved = _approved(user)
    level = 0
    while level + 1 in approved:
        level += 1
    return level


def highest_approved(user: User) -> int:
    """The highest level with an approved case, though one below may be missing: as soon as that is there, this one is too."""
    return max(_approved(user), default=0)


def fell_since(user: User, moment: datetime) -> bool:
    """Whether a level was taken away since the moment, reached again since or not."""
    taken = CaseEvent.objects.filter(case__user_id=user.parent_id or user.pk, to_state=CaseState.REVOKED, at__gte=moment)
    return taken.exists()


def _approved(user: User) -> set[int]:
    cases = Case.objects.filter(user_id=user.parent_id or user.pk, state=CaseState.APPROVED)
    return set(cases.values_list("level", flat=True).distinct())


def allowed(user: User) -> dict[str, bool]:
    """Each act, and whether the customer may do it."""
    level = level_of(user)
    closed = CLOSED_TO_SUB_ACCOUNTS if user.parent_id is not None else frozenset()
    return {act: act not in closed and level >= REQUIRED_LEVEL.get(act, CLOSED) for act in Act.values}


def require(user: User, act: str, *, level: int | None = None) -> None:
    """Promise that the customer may do the act; `level` stands for that of the table where an application is under way.

    Raises NotForSubAccounts, NotEntitled.
    """
    if user.parent_id is not None and act in CLOSED_TO_SUB_ACCOUNTS:
        raise NotForSubAccounts
    reached = level_of(user)
    required = REQUIRED_LEVEL.get(act, CLOSED) if level is None else int(level)
    if reached < required:
        raise NotEntitled(act=str(act), level=reached, required_level=required)


def require_own_identity(user: User) -> None:
    """Promise that this account is verified for itself. Raises NotForSubAccounts: theirs is their parent's."""
    if user.parent_id is not None:
        raise NotForSubAccounts
