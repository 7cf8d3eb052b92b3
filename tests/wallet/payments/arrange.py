"""Customers who pay, a service that is sold, and officers."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.services.officers import Act
from tests.wallet.withdrawals.arrange import customer, fund, officer
from wallet.models import Payment
from wallet.services.payments import catalogue, paying

SERVICE = "LISTING"
BY = Act(reason="as agreed", by="Ada")


def sell(*, is_open: bool = True, hold_hours: int = 24) -> None:
    """Open the service."""
    catalogue.set_service(code=SERVICE, name="Listing of a coin", is_open=is_open, hold_hours=hold_hours, act=BY)


def payer(funds: str = "1000", *, level: int = 2) -> User:
    """A customer with that much USDT."""
    user = customer(level=level, funds="0")
    fund(user, funds, coin="USDT")
    return user


def paid(user: User, amount: str = "100", **more: Any) -> Payment:
    """A payment at once."""
    return paying.pay(customer=user, **{"service": SERVICE, "coin": "USDT", "amount": amount, **more}).payment


def held(user: User, amount: str = "100", **more: Any) -> Payment:
    """A payment that is held."""
    return paid(user, amount, hold=True, **more)


def treasurer() -> Act:
    """What an officer of the treasury does."""
    return Act(reason="as agreed", officer=officer())
