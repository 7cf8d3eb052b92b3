"""What a customer is given or loses outside every movement: proposed by one officer, confirmed by another."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES, to_text
from wallet.models.coins import Coin
from wallet.models.ledger import AccountKind
from wallet.models.pairs import Pair, not_of_their_own, pair_constraints, pair_flow

if TYPE_CHECKING:
    from accounts.models import User

ADJUSTMENT_FLOW = pair_flow("adjustment")


class AdjustmentCause(models.TextChoices):
    """Why a balance is adjusted; the cause names the house's account on the other side."""

    CORRECTION = "correction", "Correction of a mistake"
    FEE = "fee", "Fee given back, or due after all"
    SERVICE = "service", "Service given back, or due after all"
    ROUNDING = "rounding", "Remainder of rounding"
    UNMATCHED = "unmatched", "Unmatched money found its owner"


AGAINST: dict[str, AccountKind] = {
    AdjustmentCause.CORRECTION: AccountKind.ADJUSTMENT,
    AdjustmentCause.FEE: AccountKind.FEE,
    AdjustmentCause.SERVICE: AccountKind.SERVICE,
    AdjustmentCause.ROUNDING: AccountKind.DUST,
    AdjustmentCause.UNMATCHED: AccountKind.SUSPENSE,
}
"""Cause → the house's account that gives or gets it. All but that of corrections give no more than they have."""


class Adjustment(Pair):
    """So much more (or, below zero, less) in a customer's available balance, by one posting that two officers answer for."""

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    """What the customer's balance gains; below zero, what it loses."""
    cause = models.CharField(max_length=16, choices=AdjustmentCause.choices)

    class Meta(Pair.Meta):
        abstract = False
        constraints = [
            *pair_constraints("adjustment"),
            not_of_their_own("adjustment"),
            models.CheckConstraint(condition=~Q(amount=Decimal(0)), name="adjustment_moves_something"),
            models.CheckConstraint(condition=Q(cause__in=AdjustmentCause.values), name="adjustment_cause_known"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="adjustment_by_state")]

    @property
    def owner(self) -> User:
        """See Pair."""
        return self.customer

    @property
    def money(self) -> tuple[str, Coin]:
        """See Pair."""
        return (f"+{to_text(self.amount)}" if self.amount > 0 else to_text(self.amount)), self.coin
