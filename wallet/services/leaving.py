"""A customer leaves: the account is closed when nothing is left in it, and later the person is erased while the books stay.

Here, because only the wallet can see both the person and the money.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from accounts.errors.privacy import AccountStillOpen
from accounts.models import User
from accounts.models.users import Status
from accounts.services import closing
from accounts.services import erasure as accounts_erasure
from accounts.services.officers import Act
from apikeys.services import keys
from config.kit import money
from config.kit.errors import DomainError
from kyc.services import erasure as kyc_erasure
from kyc.services import retention
from wallet.models import TravelRuleRecord, TrustedAddress
from wallet.models.deposits import Deposit, DepositState
from wallet.models.fiat_withdrawals import NOT_HELD as FIAT_NOT_HELD
from wallet.models.fiat_withdrawals import FiatWithdrawal
from wallet.models.ledger import LedgerAccount
from wallet.models.transfers import ENDS as TRANSFER_ENDS
from wallet.models.transfers import Transfer
from wallet.models.withdrawals import ENDS, Withdrawal

ROLES = ("compliance",)
BY_THE_CLOCK = "the retention clock"


@dataclass(frozen=True)
class Erased:
    """What an erasure took, or would take."""

    customer: User
    files: int
    accounts: int


def close(*, customer: User, act: Act) -> User:
    """End the account of a customer who has no money, nothing on its way and no sub-account; the clock starts.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, AccountStillOpen.
    """
    act.require(*ROLES)
    act.require_about(customer)
    if customer.parent_id is not None:
        raise AccountStillOpen(because="it is a sub-account, which its parent removes")
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if locked.status == Status.DELETED:
            return locked
        _require_nothing_open(locked)
        keys.end_all(owner=locked, actor=act.officer, actor_kind="staff" if act.officer else "operator")
        closing.close(locked=locked, act=act)
        retention.start_for_account(locked)
    return locked


def erase(*, customer: User, act: Act, dry_run: bool = False) -> Erased:
    """Erase the person of a closed account: the key of the identity data is destroyed, contacts and places are wiped.

    Postings, withdrawals, deposits and the audit log stay, under a uid that leads to nobody. With `dry_run` nothing is
    written. Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, AlreadyErased, AccountStillOpen, UnderLegalHold.
    """
    act.require(*ROLES)
    act.require_about(customer)
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        accounts_erasure.require_erasable(locked)
        _require_nothing_open(locked)
        family = User.objects.filter(parent=locked)
        found = Erased(locked, len(list(kyc_erasure.files_of(locked))), 1 + family.count())
        if dry_run:
            return found
        accounts_erasure.erase(locked=locked, act=act)
        kyc_erasure.erase(locked=locked)
        _forget_words([locked, *family])
    return found


def erase_due() -> int:
    """Erase every closed account whose retention time is over; how many. What is refused stays for people to look at."""
    done = 0
    for customer in retention.accounts_due():
        try:
            erase(customer=customer, act=Act(reason="its retention time is over", by=BY_THE_CLOCK))
        except DomainError:
            continue
        done += 1
    return done


def _require_nothing_open(locked: User) -> None:
    """Under the user's row. Raises AccountStillOpen."""
    left = LedgerAccount.objects.filter(owner=locked).exclude(balance=0).select_related("coin").first()
    if left is not None:
        raise AccountStillOpen(because=f"it holds {money.to_text(left.balance)} {left.coin.code}")
    if Withdrawal.objects.filter(customer=locked).exclude(state__in=ENDS).exists():
        raise AccountStillOpen(because="a withdrawal is on its way")
    if FiatWithdrawal.objects.filter(customer=locked).exclude(state__in=FIAT_NOT_HELD).exists():
        raise AccountStillOpen(because="a withdrawal to a bank account is on its way")
    if Transfer.objects.filter(sender=locked).exclude(state__in=TRANSFER_ENDS).exists():
        raise AccountStillOpen(because="a transfer is on its way")
    if Deposit.objects.filter(customer=locked, state__in=(DepositState.PENDING, DepositState.HELD)).exists():
        raise AccountStillOpen(because="a deposit is on its way")


def _forget_words(members: list[User]) -> None:
    """What the customers called their addresses and keys, what they told of and to receivers, and from where they asked.

    A withdrawal's address, memo and reference stay: the database lets nobody change what was asked for, officers' words are
    bound to it by its hash, and the first two stand on the chain.
    """
    addresses = TrustedAddress.objects.filter(customer__in=members)
    addresses.exclude(memo="").update(memo=Concat(Value("erased "), Cast("pk", CharField())))  # two of one address stay two
    addresses.update(label="erased")
    keys.forget(owners=members)
    TravelRuleRecord.objects.filter(customer__in=members).update(sealed=b"")
    Withdrawal.objects.filter(customer__in=members).update(requested_from=None)
    FiatWithdrawal.objects.filter(customer__in=members).update(requested_from=None)
    Transfer.objects.filter(sender__in=members).update(requested_from=None, remark="")
