"""Customers who may convert, at known rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.models import User
from tests.wallet.withdrawals.arrange import customer, fund
from wallet.models import Coin, ConversionQuote
from wallet.models.ledger import AccountKind
from wallet.services import balances
from wallet.services.conversions import quoting


def trader(*, level: int = 2, **funds: str) -> User:
    """A customer of a level; `USDT="100"` for each coin."""
    user = customer(level=level, funds="0")
    for coin, amount in (funds or {"USDT": "10000"}).items():
        fund(user, amount, coin=coin)
    return user


def offer(customer: User, amount: str = "100", *, source: str = "USDT", target: str = "ETH", **more: Any) -> ConversionQuote:
    """A quote for giving that amount."""
    words: dict[str, Any] = {"source_amount": amount, **more}
    return quoting.quote(customer=customer, source_coin=source, target_coin=target, **words)


def available(customer: User, coin: str) -> Decimal:
    """What the customer may use."""
    return balances.of_coin(customer, Coin.objects.get(code=coin)).available


def house(coin: str) -> dict[str, Decimal]:
    """The house's accounts that a conversion touches."""
    kinds = (AccountKind.CONVERSION, AccountKind.FEE, AccountKind.DUST)
    return {kind.value: balances.of_house(coin, kind) for kind in kinds}
