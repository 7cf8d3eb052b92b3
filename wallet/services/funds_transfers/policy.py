"""Standing questions about transfers between wallets: is the coin moved, who may, how much is left.

Into futures money is put at risk, so that the level, security holds and limits are asked. Home to spot it may come
whatever became of them since: it stays its owner's, and what leaves spot is asked there.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.models import User
from accounts.services import holds
from config.kit.clock import now
from kyc.services import entitlements
from kyc.services.entitlements import Act
from wallet.models.coins import Coin
from wallet.models.funds_transfers import Direction, FundsTransfer, FundsTransferLimit
from wallet.services import futures, limits, standing
from wallet.services.funds_transfers.errors import FundsTransferLimitUnset, FundsTransfersClosed


def require_allowed(customer: User, *, direction: Direction, coin: Coin, amount: Decimal) -> None:
    """Promise that this customer, locked by the caller, may move that much.

    A sub-account's money is its parent's: the parent's holds hold for it, and the family shares the limits.
    Raises FuturesNotOpen, FundsTransfersClosed, NotEntitled, SecurityHoldActive, FundsTransferLimitUnset, LimitExceeded.
    """
    futures.require_open(customer)
    # A coin whose books don't hold is stopped in both directions, and so is an account that is not in order.
    if not coin.is_enabled or coin.withdrawals_stopped_because or not standing.is_good(customer):
        raise FundsTransfersClosed(coin=coin.code)
    if direction == Direction.SPOT_TO_FUTURES:
        _require_may_risk(customer, coin, amount)


def _require_may_risk(customer: User, coin: Coin, amount: Decimal) -> None:
    entitlements.require(customer, Act.TRADE)
    for person in (customer, customer.parent):
        if person is not None:
            holds.require_none(person)
    level = entitlements.level_of(customer)
    limits.require_within(
        list(FundsTransferLimit.objects.filter(level=level, coin=coin).order_by("window_hours")),
        coin=coin,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, coin, hours=hours),
        unset=FundsTransferLimitUnset(coin=coin.code, level=level),
    )


def used(customer: User, coin: Coin, *, hours: int) -> Decimal:
    """What the customer's family moved into futures of the coin in the last `hours`; what came home is not taken off."""
    head = customer.parent or customer
    rows = FundsTransfer.objects.filter(Q(customer=head) | Q(customer__parent=head), coin=coin)
    recent = rows.filter(direction=Direction.SPOT_TO_FUTURES, created_at__gt=now() - timedelta(hours=hours))
    return recent.aggregate(used=Sum("amount"))["used"] or Decimal(0)
