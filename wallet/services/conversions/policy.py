"""Standing questions about conversions: are the coins exchanged, how much at once, who may, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.models import User
from accounts.services import holds
from config.kit.clock import now
from config.kit.money import to_text
from kyc.services import entitlements
from kyc.services.entitlements import Act
from wallet.models.coins import Coin
from wallet.models.conversions import Conversion, ConversionLimit, ConversionTerms
from wallet.services import limits, standing
from wallet.services.conversions.errors import (
    ConversionLimitUnset,
    ConversionsClosed,
    ConversionTooLarge,
    ConversionTooSmall,
)


def terms(source: Coin, target: Coin) -> ConversionTerms:
    """The source's terms, where both coins are exchanged now. Raises ConversionsClosed.

    A coin whose books don't hold is stopped in both directions.
    """
    coins = (source, target)
    found = ConversionTerms.objects.in_bulk([coin.pk for coin in coins])
    closed = any(not coin.is_enabled or coin.withdrawals_stopped_because for coin in coins)
    if closed or not all(coin.pk in found and found[coin.pk].is_open for coin in coins):
        raise ConversionsClosed(source=source.code, target=target.code)
    return found[source.pk]


def require_size(amount: Decimal, *, coin: Coin, within: ConversionTerms) -> None:
    """Promise that one conversion takes that much. Raises ConversionTooSmall, ConversionTooLarge."""
    if amount < within.minimum:
        raise ConversionTooSmall(coin=coin.code, minimum=to_text(within.minimum))
    if amount > within.maximum:
        raise ConversionTooLarge(coin=coin.code, maximum=to_text(within.maximum))


def require_allowed(customer: User, *, source: Coin, target: Coin, amount: Decimal) -> None:
    """Promise that this customer, as it stands now, may exchange that much.

    A sub-account's money is its parent's: the parent's holds hold for it, and the family shares the limits.
    Raises NotEntitled, SecurityHoldActive, ConversionsClosed, ConversionLimitUnset, LimitExceeded.
    """
    entitlements.require(customer, Act.CONVERSION)
    if not standing.is_good(customer):
        raise ConversionsClosed(source=source.code, target=target.code)
    for person in (customer, customer.parent):
        if person is not None:
            holds.require_none(person)
    level = entitlements.level_of(customer)
    limits.require_within(
        list(ConversionLimit.objects.filter(level=level, coin=source).order_by("window_hours")),
        coin=source,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, source, hours=hours),
        unset=ConversionLimitUnset(coin=source.code, level=level),
    )


def head_of(customer: User) -> User:
    """Whose limits count: the parent's of a sub-account."""
    return customer.parent or customer


def used(customer: User, coin: Coin, *, hours: int) -> Decimal:
    """What the customer's family gave of the coin in the last `hours`."""
    head = head_of(customer)
    rows = Conversion.objects.filter(Q(customer=head) | Q(customer__parent=head), quote__source_coin=coin)
    recent = rows.filter(created_at__gt=now() - timedelta(hours=hours))
    return recent.aggregate(used=Sum("quote__source_amount"))["used"] or Decimal(0)
