"""What payments ask of bank accounts, and what asks for payments before it changes one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING

from config.kit import clock
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.errors import BankAccountCoolingDown, BankAccountInUse, BankAccountNotVerified
from kyc.models import BankAccount, BankAccountState, BankAccountUse
from kyc.services import vault

if TYPE_CHECKING:
    from accounts.models import User


def own(user: User, public_id: str) -> BankAccount:
    """The customer's own account with this id. Raises Absent."""
    number = read_public_id(public_id)
    found = BankAccount.objects.filter(user_id=user.pk, public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="bank account")
    return found


def verified(user: User, public_id: str) -> BankAccount:
    """The customer's account, if money may go there now. Raises Absent, BankAccountNotVerified, BankAccountCoolingDown."""
    row = own(user, public_id)
    if row.state != BankAccountState.VERIFIED:
        raise BankAccountNotVerified(state=row.state)
    if row.usable_from > clock.now():
        moment = row.usable_from.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        raise BankAccountCoolingDown(usable_from=moment)
    return row


def begin_use(*, user: User, public_id: str, reference: str) -> BankAccount:
    """A payment to the account begins, in the caller's transaction; until `end_use` the customer changes no account.

    Nor does the decision of a case replace this one.
    Raises Absent, BankAccountNotVerified, BankAccountCoolingDown.
    """
    vault.lock(user)
    row = verified(user, public_id)
    BankAccountUse.objects.get_or_create(reference=reference, defaults={"account": row})
    return row


def end_use(reference: str) -> None:
    """The payment has ended, however. Safe to call twice."""
    BankAccountUse.objects.filter(reference=reference, ended_at__isnull=True).update(ended_at=clock.now())


def require_none(user: User, accounts: Iterable[BankAccount] | None = None) -> None:
    """Promise that no payment to the accounts (None: to any) is under way. Under `vault.lock`. Raises BankAccountInUse."""
    uses = BankAccountUse.objects.filter(account__user_id=user.pk, ended_at__isnull=True)
    if accounts is not None:
        uses = uses.filter(account__in=list(accounts))
    if uses.exists():
        raise BankAccountInUse
