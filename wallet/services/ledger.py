"""The door to the books: every movement of money is one call of the database's posting function.

Amounts are Decimals in the coin's own unit. Calls run on Django's own connection, so they belong to the caller's
transaction where there is one; without one, a call is its own transaction. Balances are computed by the database alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.errors import PostingUnbalanced, UnknownPosting
from wallet.models.ledger import LEGS_MAX, AccountKind, Entry, Posting, PostingKind
from wallet.services import posting_calls
from wallet.services.retries import retried

if TYPE_CHECKING:
    from accounts.models import User

BATCH_POSTINGS_MAX = 1_000
"""Postings of one batch call at the most."""


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account by what it is; it is opened when it is missing. `owner=None` is the house, `coin` a coin's code."""

    owner: User | int | None
    coin: str
    kind: AccountKind

    @property
    def owner_id(self) -> int | None:
        """The owner's primary key."""
        return self.owner if self.owner is None or isinstance(self.owner, int) else self.owner.pk


@dataclass(frozen=True, slots=True)
class Leg:
    """What one account gains, or loses where the amount is below zero."""

    account: AccountRef | int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PostingResult:
    """The posting that stands: the new one, or the one that the same key made before."""

    id: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting to be made: see `post`."""

    kind: str
    scope: str
    key: str
    legs: Sequence[Leg]
    actor: User | str
    reason: str = ""
    reverses: int | None = None

    @property
    def actor_name(self) -> str:
        """`user:<id>` or the part of the system."""
        return self.actor if isinstance(self.actor, str) else f"user:{self.actor.pk}"

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of kind, legs and what is reversed. Actor and reason tell of the call, not of the movement."""
        parts = [self.kind, str(self.reverses or "")]
        for leg in self.legs:
            named = leg.account
            ref = str(named) if isinstance(named, int) else f"{named.owner_id or 'house'}/{named.coin}/{named.kind}"
            parts.append(f"{ref}={to_text(leg.amount)}")
        return hashlib.sha256("\n".join(parts).encode()).digest()


def post(
    *,
    kind: str,
    scope: str,
    key: str,
    legs: Sequence[Leg],
    actor: User | str,
    reason: str = "",
    reverses: int | None = None,
) -> PostingResult:
    """Move money between accounts, whole or not at all. `(scope, key)` posts once for ever.

    The same key with the same kind and legs gives the posting that stands; with others it is refused.

    Raises PostingUnbalanced, InsufficientFunds, IdempotencyConflict, CoinScaleExceeded, AmountOutOfRange, UnknownAccount,
    UnknownPosting, AlreadyReversed; DatabaseError where the database gave up on its locks (tried again outside transactions).
    """
    return _post(Draft(kind=kind, scope=scope, key=key, legs=legs, actor=actor, reason=reason, reverses=reverses))


@retried
def _post(draft: Draft) -> PostingResult:
    _require_balanced(draft)
    posting_id, replayed = posting_calls.post(draft)
    return PostingResult(id=posting_id, replayed=replayed)


def post_batch(drafts: Sequence[Draft]) -> list[PostingResult | DomainError]:
    """Post many at once, each as `post` would; the answers stand in the order of the drafts.

    One call where all go through. Where one is refused they are posted one by one, and its refusal stands in its place:
    the others are not held up by it. Raises ValueError for keys that repeat or more than BATCH_POSTINGS_MAX drafts.
    """
    if len(drafts) > BATCH_POSTINGS_MAX:
        raise ValueError(f"at most {BATCH_POSTINGS_MAX} postings go into one batch")
    if len({(draft.scope, draft.key) for draft in drafts}) != len(drafts):
        raise ValueError("the keys of a batch differ")
    if any(draft.reverses for draft in drafts):
        raise ValueError("reversals are posted one by one")
    if not drafts:
        return []
    try:
        return _post_together(drafts)
    except DomainError:
        return [_post_alone(draft) for draft in drafts]


@retried
def _post_together(drafts: Sequence[Draft]) -> list[PostingResult | DomainError]:
    for draft in drafts:
        _require_balanced(draft)
    with _undoable():
        return [PostingResult(id=posting_id, replayed=replayed) for posting_id, replayed in posting_calls.post_batch(drafts)]


def _post_alone(draft: Draft) -> PostingResult | DomainError:
    try:
        with _undoable():
            return _post(draft)
    except DomainError as refusal:
        return refusal


def _undoable() -> AbstractContextManager[None]:
    """Inside a transaction a refusal must not take the caller's other work with it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _require_balanced(draft: Draft) -> None:
    if not 2 <= len(draft.legs) <= LEGS_MAX:
        raise PostingUnbalanced(reason=f"it has {len(draft.legs)} legs; 2 to {LEGS_MAX} are due")
    for leg in draft.legs:
        if not leg.amount.is_finite():
            raise PostingUnbalanced(reason="an amount is not a number")


def hold(
    *,
    owner: User | int,
    coin: str,
    amount: Decimal,
    scope: str,
    key: str,
    actor: User | str,
    reason: str = "",
    kind: PostingKind = PostingKind.WITHDRAWAL_HOLD,
) -> PostingResult:
    """Set an amount of the customer's available balance aside. Raises what `post` raises."""
    return post(
        kind=kind,
        scope=scope,
        key=key,
        legs=(
            Leg(AccountRef(owner, coin, AccountKind.SPOT_AVAILABLE), -amount),
            Leg(AccountRef(owner, coin, AccountKind.SPOT_HELD), amount),
        ),
        actor=actor,
        reason=reason,
    )


def release(
    *,
    owner: User | int,
    coin: str,
    amount: Decimal,
    scope: str,
    key: str,
    actor: User | str,
    reason: str = "",
    kind: PostingKind = PostingKind.WITHDRAWAL_RELEASE,
) -> PostingResult:
    """Give what was held back to the available balance. Raises what `post` raises."""
    return post(
        kind=kind,
        scope=scope,
        key=key,
        legs=(
            Leg(AccountRef(owner, coin, AccountKind.SPOT_HELD), -amount),
            Leg(AccountRef(owner, coin, AccountKind.SPOT_AVAILABLE), amount),
        ),
        actor=actor,
        reason=reason,
    )


def settle(
    *,
    owner: User | int,
    coin: str,
    amount: Decimal,
    fee: Decimal,
    scope: str,
    key: str,
    actor: User | str,
    reason: str = "",
) -> PostingResult:
    """Let what was held leave: `amount` to the outside, `fee` to the house. Raises what `post` raises."""
    legs = [
        Leg(AccountRef(owner, coin, AccountKind.SPOT_HELD), -(amount + fee)),
        Leg(AccountRef(None, coin, AccountKind.EXTERNAL_OUT), amount),
    ]
    if fee:
        legs.append(Leg(AccountRef(None, coin, AccountKind.FEE), fee))
    return post(kind=PostingKind.WITHDRAWAL, scope=scope, key=key, legs=legs, actor=actor, reason=reason)


def reverse(*, posting_id: int, key: str, actor: User | str, reason: str) -> PostingResult:
    """Undo a posting by its exact opposite, once. Raises UnknownPosting, AlreadyReversed, InsufficientFunds.

    A reversal needs a reason, and can't itself be reversed.
    """
    original = Posting.objects.filter(pk=posting_id).first()
    if original is None:
        raise UnknownPosting
    if original.reverses_id is not None:
        raise PostingUnbalanced(reason="a reversal is not reversed")
    entries = Entry.objects.filter(posting_id=posting_id).order_by("seq").values_list("account_id", "amount")
    return post(
        kind=PostingKind.REVERSAL,
        scope="reversal",
        key=key,
        legs=[Leg(account_id, -amount) for account_id, amount in entries],
        actor=actor,
        reason=reason,
        reverses=posting_id,
    )
