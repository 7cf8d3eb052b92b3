"""Money between an account and its sub-accounts, and the end of an empty one.

Nothing leaves the owner here, so that neither a security hold nor an identity level stands in the way: what may leave is
asked where it leaves, and sub-accounts send nothing outside. A sub-account that its parent froze can be emptied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Prefetch

from accounts.errors import SubAccountFrozen, SubAccountNotEmpty, SubAccountStopped
from accounts.models import Status, User
from accounts.models.users import MAY_SIGN_IN
from accounts.services import second_factor, sub_account_freezes, sub_accounts
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from apikeys.services import keys
from config.kit import money
from config.kit.crypto import token
from config.kit.errors import Absent
from messaging.models import Purpose
from wallet.errors import SameAccount
from wallet.models.ledger import AccountKind, Entry, LedgerAccount, Posting, PostingKind
from wallet.services import balances, coins, ledger
from wallet.services.balances import Balance
from wallet.services.ledger import AccountRef, Leg
from wallet.services.retries import retried

SCOPE = "sub-accounts"


@dataclass(frozen=True)
class Moved:
    """One movement between accounts of a family, by their uids."""

    id: int
    source: int
    target: int
    coin: str
    amount: Decimal
    created_at: datetime
    replayed: bool = False


def transfer(*, parent: User, source: object, target: object, coin: str, amount: object, key: str | None = None) -> Moved:
    """Move an amount between the parent and a sub-account, or two sub-accounts, named by uid (None: the parent).

    The same `key` with the same body gives the movement that stands, whatever became of the accounts since.
    Raises NotForSubAccounts, Absent, SameAccount, UnknownCoin, AmountInvalid, InsufficientFunds, IdempotencyConflict,
    SubAccountFrozen (nothing is moved to a frozen one), SubAccountStopped.
    """
    sub_accounts.require_parent(parent)
    giver, taker = _member(parent, source), _member(parent, target)
    if giver.pk == taker.pk:
        raise SameAccount
    known = coins.get(coin)
    wanted = money.parse(amount, scale=known.scale)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    made = _post(parent, giver, taker, known.code, wanted, f"key:{key}" if key else f"once:{token()}")
    return Moved(
        id=made.id, source=giver.uid, target=taker.uid, coin=known.code, amount=wanted,
        created_at=Posting.objects.values_list("created_at", flat=True).get(pk=made.id), replayed=made.replayed,
    )  # fmt: skip


def _member(parent: User, uid: object) -> User:
    """Somebody of the family, removed or not: whether it may move money is looked at under the lock."""
    if uid is None or str(uid) == str(parent.uid):
        return parent
    text = str(uid)
    number = int(text) if text.isascii() and text.isdigit() and len(text) == 9 else 0
    found = User.objects.filter(parent=parent, uid=number).first()
    if found is None:
        raise Absent(thing="sub-account")
    return found


@retried
def _post(parent: User, giver: User, taker: User, coin: str, amount: Decimal, key: str) -> ledger.PostingResult:
    scope = scope_of(parent)
    with transaction.atomic():
        rows = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in={parent.pk, giver.pk, taker.pk})
        locked = {row.pk: row for row in rows.order_by("pk")}
        if not Posting.objects.filter(scope=scope, key=key).exists():
            _require_movable(locked[parent.pk], locked[giver.pk], locked[taker.pk])
        return ledger.post(
            kind=PostingKind.SUB_ACCOUNT_TRANSFER,
            scope=scope,
            key=key,
            legs=(
                Leg(AccountRef(giver, coin, AccountKind.SPOT_AVAILABLE), -amount),
                Leg(AccountRef(taker, coin, AccountKind.SPOT_AVAILABLE), amount),
            ),
            actor=parent,
            reason=f"{giver.uid} to {taker.uid}",
        )


def _require_movable(parent: User, giver: User, taker: User) -> None:
    """What state the accounts must be in, under their locks."""
    if parent.status != Status.NORMAL:
        raise SubAccountStopped(account_status=Status(parent.status).label)
    for member in (giver, taker):
        if member.status == Status.DELETED:
            raise Absent(thing="sub-account")
        if sub_account_freezes.stopped_by_officer(member):
            raise SubAccountStopped(account_status=Status(member.status).label)
    if taker.status not in MAY_SIGN_IN:
        raise SubAccountFrozen


def scope_of(parent: User) -> str:
    """In whose realm the keys of one parent's movements are unique."""
    return f"{SCOPE}:{parent.pk}"


@dataclass(frozen=True)
class Movements:
    """A parent's movements as an ordered source of pages, read from the books."""

    parent: User

    def rows(self, *, below: int | None, above: int | None, limit: int) -> Sequence[Moved]:
        """See config.kit.paging.Source."""
        found = Posting.objects.filter(scope=scope_of(self.parent), kind=PostingKind.SUB_ACCOUNT_TRANSFER)
        if above is not None:
            found = found.filter(id__gt=above).order_by("id")
        else:
            found = (found if below is None else found.filter(id__lt=below)).order_by("-id")
        legs = Entry.objects.select_related("account__owner", "account__coin").order_by("seq")
        return [_read(posting) for posting in found.prefetch_related(Prefetch("entries", queryset=legs))[:limit]]

    def position(self, row: Moved) -> int:
        """The posting's id."""
        return row.id


def _read(posting: Posting) -> Moved:
    giver, taker = sorted(posting.entries.all(), key=lambda leg: leg.amount)
    return Moved(
        id=posting.pk,
        source=giver.account.owner.uid if giver.account.owner else 0,
        target=taker.account.owner.uid if taker.account.owner else 0,
        coin=taker.account.coin.code,
        amount=taker.amount,
        created_at=posting.created_at,
    )


def movements(parent: User) -> Movements:
    """What was moved, newest first. Raises NotForSubAccounts."""
    sub_accounts.require_parent(parent)
    return Movements(parent)


def balances_of(*, parent: User, uid: object) -> Sequence[Balance]:
    """What a sub-account has, in every coin. Raises NotForSubAccounts, Absent."""
    return balances.of_customer(sub_accounts.get(parent=parent, uid=uid))


def remove(*, parent: User, uid: object, proof: Proof | None, client: Client) -> None:
    """End an empty sub-account for good, with its sessions and keys.

    Raises NotForSubAccounts, Absent, SubAccountStopped, SubAccountNotEmpty, and what `second_factor.require` raises.
    """
    sub_accounts.get(parent=parent, uid=uid)
    second_factor.require(parent, proof, Purpose.SUB_ACCOUNT_DELETE)
    with transaction.atomic():
        locked = sub_accounts.lock(parent=parent, uid=uid)
        if sub_account_freezes.stopped_by_officer(locked):
            raise SubAccountStopped(account_status=Status(locked.status).label)
        left = LedgerAccount.objects.filter(owner=locked).exclude(balance=0).select_related("coin").first()
        if left is not None:
            raise SubAccountNotEmpty(coin=left.coin.code, amount=money.to_text(left.balance))
        keys.end_all(owner=locked, actor=parent)
        sub_accounts.close(parent=parent, locked=locked, client=client)


def hold_open(customer: User) -> User:
    """The customer as it stands now, held so that a sub-account is not removed before the caller's transaction ends.

    Whoever brings money to a customer asks here before looking at the status.
    """
    if customer.parent_id is None:
        return customer
    if not connection.in_atomic_block:
        raise RuntimeError("holding a sub-account open needs a transaction")
    return User.objects.select_for_update(no_key=True, of=("self",)).select_related("parent").get(pk=customer.pk)
