"""How much may go to other customers, and how many eyes it needs. What is not set is closed."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from wallet.models.coins import Coin
from wallet.models.limits import LevelLimit, ReviewThresholds


class TransferLimit(LevelLimit):
    """The most a customer of a KYC level may give to others of a coin in a window; no row: nothing."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="transfer_limit_once"),
            models.CheckConstraint(condition=Q(maximum__gte=Decimal(0)), name="transfer_limit_not_negative"),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="transfer_limit_window_positive"),
        ]


class TransferPolicy(ReviewThresholds):
    """How many eyes a coin's transfers need. No row: two officers, always."""

    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="transfer_policy")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(automatic_up_to__gte=Decimal(0), automatic_up_to__lt=F("second_officer_from")),
                name="transfer_policy_thresholds_in_order",
            ),
        ]
