"""Adjusting a customer's balance: one officer says how much and why, another one lets it happen.

The other side is the house's account that the cause names. Undoing an adjustment is another one, the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from config.kit import money
from config.kit.errors import DomainError, Kind
from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.adjustments import ADJUSTMENT_FLOW, AGAINST, Adjustment, AdjustmentCause
from wallet.models.ledger import AccountKind, PostingKind
from wallet.models.pairs import PairMatter
from wallet.services import coins, ledger
from wallet.services.ledger import AccountRef, Leg
from wallet.services.pairs import customers, deciding
from wallet.services.pairs.deciding import PairKind

SCOPE = "adjustment"
ACTOR = "adjustments"


class UnknownCause(DomainError):
    """Adjustments have no such cause."""

    slug = "wallet.unknown_adjustment_cause"
    kind = Kind.INVALID
    message = "There is no such cause of an adjustment."
    field = "cause"


def propose(
    *, customer: object, coin: str, amount: object, cause: str, officer: User, reason: str, key: object = None
) -> Adjustment:
    """Say that the customer of this uid is to have so much more, or less. Nothing moves before another confirms.

    Raises NotAnOfficer, ReasonMissing, OwnMoney, NotACustomersAccount, UnknownCoin, AmountInvalid, UnknownCause,
    IdempotencyConflict.
    """
    owner, carried = customers.find(customer), coins.get(coin)
    gained = money.parse(amount, scale=carried.scale)
    if not gained:
        raise money.AmountInvalid(reason="an amount other than zero is due")
    if cause not in AdjustmentCause.values:
        raise UnknownCause
    row = Adjustment(customer=owner, coin=carried, amount=gained, cause=cause)
    with transaction.atomic():
        return deciding.propose(KIND, row, officer=officer, reason=reason, key=key)


def _facts(row: Adjustment) -> Sequence[str]:
    return [str(row.customer_id), row.coin.code, to_text(row.amount), row.cause]


def _apply(row: Adjustment, officer: User) -> tuple[int, dict[str, Any]]:
    """Raises InsufficientFunds: neither the customer nor, but for corrections, the house's account goes below zero."""
    customers.hold(row.customer)
    legs = (
        Leg(AccountRef(row.customer_id, row.coin.code, AccountKind.SPOT_AVAILABLE), row.amount),
        Leg(AccountRef(None, row.coin.code, AGAINST[row.cause]), -row.amount),
    )
    reason = f"adjustment {row.public_id}: {row.get_cause_display()}"
    kind, key = PostingKind.ADJUSTMENT, str(row.public_id)
    return ledger.post(kind=kind, scope=SCOPE, key=key, legs=legs, actor=ACTOR, reason=reason).id, {}


def _done(row: Adjustment) -> None:
    facts = {"amount": row.money[0], "coin": row.coin.code, "number": str(row.public_id)}
    notify(user=row.customer, template="balance_adjusted", facts=facts)


KIND = PairKind(
    matter=PairMatter.ADJUSTMENT,
    model=Adjustment,
    flow=ADJUSTMENT_FLOW,
    related=("customer", "coin"),
    facts=_facts,
    apply=_apply,
    done=_done,
    needs_lead=True,
)
confirm = partial(deciding.confirm, KIND)
reject = partial(deciding.reject, KIND)
