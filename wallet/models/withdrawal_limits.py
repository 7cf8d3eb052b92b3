"""How much may leave, and how many eyes it needs. What is not set is closed."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wallet.models.coins import Coin
from wallet.models.limits import LevelLimit, ReviewThresholds


class WithdrawalLimit(LevelLimit):
    """The most a customer of a KYC level may withdraw of a coin in a window; no row: nothing."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="withdrawal_limit_once"),
            models.CheckConstraint(
                condition=Q(maximum__gte=Decimal(0)),
                name="withdrawal_limit_not_negative",
            ),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="withdrawal_limit_window_positive"),
        ]


class WithdrawalPolicy(ReviewThresholds):
    """How many eyes a coin's withdrawals need. No row: two officers, always. None at all only to a trusted address."""

    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="withdrawal_policy")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(automatic_up_to__gte=Decimal(0), automatic_up_to__lt=F("second_officer_from")),
                name="withdrawal_policy_thresholds_in_order",
            ),
        ]


class WithdrawalAllowance(models.Model):
    """The row locked first by every request of one customer in one coin, for a withdrawal as for a transfer.

    What is used of a limit is always summed from the movements themselves, under this lock.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "coin"], name="withdrawal_allowance_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
