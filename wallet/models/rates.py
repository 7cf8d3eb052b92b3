"""What one coin is worth in another, as the source said last."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from config.kit import clock
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin

SOURCE_CHARACTERS_MAX = 32
CHANGE_PLACES = 8
CHANGE_DIGITS_MAX = 9
"""Digits of a percentage before the point."""


class Rate(models.Model):
    """The price of one unit of `base` in units of `quote`. A pair has one row, in one direction: two could disagree."""

    id = models.BigAutoField(primary_key=True)
    base = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    price = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    change_percent = models.DecimalField(max_digits=18, decimal_places=CHANGE_PLACES, null=True, default=None)
    """Against 24 hours ago, in percent; null where the source doesn't say."""
    source = models.CharField(max_length=SOURCE_CHARACTERS_MAX)
    taken_at = models.DateTimeField()
    """When the source says the price was this."""
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(Least(F("base"), F("quote")), Greatest(F("base"), F("quote")), name="rate_pair_once"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_of_two_coins"),
            models.CheckConstraint(condition=Q(price__gt=Decimal(0)), name="rate_price_positive"),
            models.CheckConstraint(
                condition=Q(change_percent__isnull=True) | Q(change_percent__gte=Decimal(-100)), name="rate_change_possible"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="rate_source_given"),
        ]

    def __str__(self) -> str:
        return f"{self.base_id}/{self.quote_id}"
