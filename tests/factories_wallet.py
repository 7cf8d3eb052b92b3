"""Customers with money for tests: every balance comes from a real posting."""

from __future__ import annotations

import itertools
import secrets
from decimal import Decimal
from typing import Any

from accounts.models import RegisterType, User
from config.kit.clock import now
from wallet.models.coins import Coin
from wallet.models.ledger import AccountKind
from wallet.services import balances, ledger
from wallet.services.ledger import AccountRef, Draft, Leg, PostingResult

_numbers = itertools.count(1)


def owner() -> User:
    """A customer as the ledger sees one. Registration is told in the tests of accounts."""
    return User.objects.create(
        email=f"owner{secrets.token_hex(6)}@example.com", register_type=RegisterType.EMAIL, registered_at=now()
    )


def fresh_key() -> str:
    """A key that no posting has."""
    return f"{next(_numbers)}-{secrets.token_hex(4)}"


def fund(customer: User, amount: str, *, coin: str = "ETH") -> PostingResult:
    """Credit the customer from outside, as a deposit does."""
    return ledger.post(**deposit_words(customer, amount, coin=coin))


def deposit_words(customer: User, amount: str, *, coin: str = "ETH", key: str | None = None) -> dict[str, Any]:
    """The arguments of a deposit's posting."""
    return {
        "kind": "deposit",
        "scope": "test",
        "key": key or fresh_key(),
        "legs": [
            Leg(AccountRef(None, coin, AccountKind.EXTERNAL_IN), -Decimal(amount)),
            Leg(AccountRef(customer, coin, AccountKind.SPOT_AVAILABLE), Decimal(amount)),
        ],
        "actor": "test",
    }


def transfer_words(
    giver: User, taker: User, amount: str, *, fee: str = "0", coin: str = "ETH", key: str | None = None
) -> dict[str, Any]:
    """The arguments of a transfer's posting."""
    legs = [
        Leg(AccountRef(giver, coin, AccountKind.SPOT_AVAILABLE), -(Decimal(amount) + Decimal(fee))),
        Leg(AccountRef(taker, coin, AccountKind.SPOT_AVAILABLE), Decimal(amount)),
    ]
    if Decimal(fee):
        legs.append(Leg(AccountRef(None, coin, AccountKind.FEE), Decimal(fee)))
    return {"kind": "transfer", "scope": "test", "key": key or fresh_key(), "legs": legs, "actor": "test"}


def transfer(giver: User, taker: User, amount: str, **more: Any) -> PostingResult:
    """Move money from one customer to another."""
    return ledger.post(**transfer_words(giver, taker, amount, **more))


def transfer_draft(giver: User, taker: User, amount: str, **more: Any) -> Draft:
    """A transfer for a batch."""
    return Draft(**transfer_words(giver, taker, amount, **more))


def available(customer: User, coin: str = "ETH") -> Decimal:
    """What the customer may use."""
    return balances.of_coin(customer, Coin.objects.get(code=coin)).available


def held(customer: User, coin: str = "ETH") -> Decimal:
    """What is set aside of the customer's."""
    return balances.of_coin(customer, Coin.objects.get(code=coin)).held


def words_of_hold(customer: User, amount: str, *, coin: str = "ETH", key: str | None = None) -> dict[str, Any]:
    """The arguments of hold and release."""
    return {
        "owner": customer,
        "coin": coin,
        "amount": Decimal(amount),
        "scope": "test",
        "key": key or fresh_key(),
        "actor": customer,
    }
