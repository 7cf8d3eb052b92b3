"""How much may leave, and how many eyes it needs. What is not set is closed."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wallet.models.coins import Coin


class WithdrawalLimit(models.Model):
    """The most a customer of a KYC level may withdraw of a coin in a window; no row: nothing."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    window_hours = models.PositiveIntegerField()
    maximum = models.DecimalField(max_digits=38, decimal_places=18)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="withdrawal_limit_once"),
            models.CheckConstraint(
                condition=Q(maximum__gte=Decimal(0)),
                name="withdrawal_limit_not_negative",
            ),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="withdrawal_limit_window_positive"),
        ]

    def __str__(self) -> str:
        return f"level {self.level}: {self.maximum} per {self.window_hours} h"


class WithdrawalPolicy(models.Model):
    """How many eyes a coin's withdrawals need. No row: two officers, always."""

    id = models.BigAutoField(primary_key=True)
    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="withdrawal_policy")
    second_officer_from = models.DecimalField(max_digits=38, decimal_places=18)
    """From this amount on two officers decide."""
    automatic_up_to = models.DecimalField(max_digits=38, decimal_places=18)
    """Up to this amount none does: to a trusted address, nothing flagged."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(automatic_up_to__gte=Decimal(0), automatic_up_to__lt=F("second_officer_from")),
                name="withdrawal_policy_thresholds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"second officer from {self.second_officer_from}"


class WithdrawalAllowance(models.Model):
    """The row locked first by every request of one customer in one coin.

    What is used of a limit is always summed from the withdrawals themselves, under this lock.
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
