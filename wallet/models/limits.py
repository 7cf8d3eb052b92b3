"""The shapes of limits and thresholds that each outgoing movement has of its own. What is not set is closed."""

from __future__ import annotations

from django.db import models

from wallet.models.coins import Coin


class LevelLimit(models.Model):
    """The most a customer of a KYC level may send of a coin in a window; no row: nothing."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    window_hours = models.PositiveIntegerField()
    maximum = models.DecimalField(max_digits=38, decimal_places=18)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"level {self.level}: {self.maximum} per {self.window_hours} h"


class ReviewThresholds(models.Model):
    """How many eyes a coin's movements need. No row: two officers, always."""

    id = models.BigAutoField(primary_key=True)
    second_officer_from = models.DecimalField(max_digits=38, decimal_places=18)
    """From this amount on two officers decide."""
    automatic_up_to = models.DecimalField(max_digits=38, decimal_places=18)
    """Up to this amount none does, where nothing is flagged."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"second officer from {self.second_officer_from}"
