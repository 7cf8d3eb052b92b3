"""Moving money between the wallets: everything checked under the customer's lock, one posting, once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from config.kit import money
from config.kit.ids import random_id
from wallet.errors import IdempotencyConflict
from wallet.models.coins import Coin
from wallet.models.funds_transfers import Direction, FundsTransfer
from wallet.models.ledger import AccountKind, PostingKind
from wallet.services import coins, ledger, standing
from wallet.services.funds_transfers import policy
from wallet.services.ledger import AccountRef, Leg
from wallet.services.retries import retried

SCOPE = "funds_transfer"
WAYS: dict[Direction, tuple[AccountKind, AccountKind]] = {
    Direction.SPOT_TO_FUTURES: (AccountKind.SPOT_AVAILABLE, AccountKind.FUTURES_AVAILABLE),
    Direction.FUTURES_TO_SPOT: (AccountKind.FUTURES_AVAILABLE, AccountKind.SPOT_AVAILABLE),
}
"""Direction → the account that gives and the one that takes."""


@dataclass(frozen=True)
class Moved:
    """A transfer that stands: the new one, or the one that the same reference made before."""

    transfer: FundsTransfer
    replayed: bool


@dataclass(frozen=True)
class Wish:
    """What a client asked for, read."""

    customer: User
    direction: Direction
    coin: str
    amount: Decimal
    client_reference: str | None
    api_key_id: str


def move(
    *,
    customer: User,
    direction: Direction,
    coin: str,
    amount: object,
    client_reference: str | None = None,
    api_key_id: str = "",
) -> Moved:
    """Move an amount of the customer's between spot and futures, at once; the same reference and body give the same transfer.

    Raises AmountInvalid, UnknownCoin, FuturesNotOpen, FundsTransfersClosed, NotEntitled, SecurityHoldActive,
    FundsTransferLimitUnset, LimitExceeded, InsufficientFunds, IdempotencyConflict.
    """
    wanted = money.parse(amount)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    return _once(Wish(customer, Direction(direction), coin, wanted, client_reference or None, api_key_id))


@retried
def _once(wish: Wish) -> Moved:
    with transaction.atomic():
        # Under the family's lock all of its transfers stand in one row: no reference and no limit is met by two at once.
        (customer,) = standing.lock(wish.customer)
        known = _known(wish)
        if known is not None:
            return known
        coin = coins.get(wish.coin)
        money.parse(wish.amount, scale=coin.scale)
        policy.require_allowed(customer, direction=wish.direction, coin=coin, amount=wish.amount)
        return Moved(_made(wish, customer, coin), replayed=False)


def _known(wish: Wish) -> Moved | None:
    """What the customer's reference made before, whatever became of the account since."""
    if wish.client_reference is None:
        return None
    rows = FundsTransfer.objects.select_related("coin")
    found = rows.filter(customer=wish.customer, client_reference=wish.client_reference).first()
    if found is None:
        return None
    if (found.direction, found.coin.code, found.amount) != (wish.direction, wish.coin, wish.amount):
        raise IdempotencyConflict
    return Moved(found, replayed=True)


def _made(wish: Wish, customer: User, coin: Coin) -> FundsTransfer:
    public_id = random_id()
    giving, taking = WAYS[wish.direction]
    posting = ledger.post(
        kind=PostingKind.FUNDS_TRANSFER,
        scope=SCOPE,
        key=str(public_id),
        legs=(
            Leg(AccountRef(customer, coin.code, giving), -wish.amount),
            Leg(AccountRef(customer, coin.code, taking), wish.amount),
        ),
        actor=customer,
        reason="asked for by API key" if wish.api_key_id else "asked for",
    )
    return FundsTransfer.objects.create(
        public_id=public_id,
        customer=customer,
        coin=coin,
        direction=wish.direction,
        amount=wish.amount,
        posting_id=posting.id,
        client_reference=wish.client_reference,
        api_key_id=wish.api_key_id,
    )
