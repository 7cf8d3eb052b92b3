"""Standing questions about payments: what is sold, who may pay, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.services import holds
from config.kit.clock import now
from kyc.services import entitlements
from kyc.services.entitlements import Act
from wallet.models.coins import Coin
from wallet.models.payments import (
    CODE_CHARACTERS_MAX,
    UNCOUNTED,
    PaidService,
    Payment,
    PaymentLimit,
    PaymentState,
)
from wallet.services import limits, standing
from wallet.services.payments.errors import PaymentLimitUnset, PaymentsClosed, TooManyHeldPayments, UnknownService

HELD_PER_CUSTOMER_MAX = 100
"""Payments of one customer that may be held at once."""


def service(code: str) -> PaidService:
    """The open service of this code. Raises UnknownService."""
    found = PaidService.objects.filter(code=code, is_open=True).first()
    if found is None:
        raise UnknownService(service=code[:CODE_CHARACTERS_MAX])
    return found


def require_allowed(customer: User, *, coin: Coin, amount: Decimal) -> None:
    """Promise that this customer, locked by the caller, may pay that much.

    Raises NotForSubAccounts, NotEntitled, PaymentsClosed, SecurityHoldActive, PaymentLimitUnset, LimitExceeded,
    TooManyHeldPayments.
    """
    entitlements.require(customer, Act.PAYMENT)
    if not coin.is_enabled or coin.withdrawals_stopped_because or not standing.is_good(customer):
        raise PaymentsClosed(coin=coin.code)
    holds.require_none(customer)
    level = entitlements.level_of(customer)
    limits.require_within(
        list(PaymentLimit.objects.filter(level=level, coin=coin).order_by("window_hours")),
        coin=coin,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, coin, hours=hours),
        unset=PaymentLimitUnset(coin=coin.code, level=level),
    )
    if Payment.objects.filter(customer=customer, state=PaymentState.HELD).count() >= HELD_PER_CUSTOMER_MAX:
        raise TooManyHeldPayments(maximum=HELD_PER_CUSTOMER_MAX)


def used(customer: User, coin: Coin, *, hours: int) -> Decimal:
    """What was taken or is held of payments of the last `hours`."""
    rows = Payment.objects.filter(customer=customer, coin=coin, created_at__gt=now() - timedelta(hours=hours))
    counted = rows.exclude(state__in=UNCOUNTED).aggregate(used=Sum(Coalesce(F("captured_amount"), F("amount"))))["used"]
    return counted or Decimal(0)
