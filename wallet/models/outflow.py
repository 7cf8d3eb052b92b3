"""What holds money back in the house as a whole: caps on what leaves in a window, and stops that officers flip."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit import clock
from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import REASON_CHARACTERS_MAX, Coin

WINDOW_HOURS_MAX = 30 * 24


class OutflowCap(models.Model):
    """The most that all customers together are sent in a window, of a coin or in total. A coin without one is closed."""

    id = models.BigAutoField(primary_key=True)
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, null=True, related_name="+")
    """None: in total, counted in the first of RATES_PIVOTS."""
    window_hours = models.PositiveIntegerField()
    maximum = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coin", "window_hours"], nulls_distinct=False, name="outflow_cap_once"),
            models.CheckConstraint(condition=Q(maximum__gte=Decimal(0)), name="outflow_cap_not_negative"),
            models.CheckConstraint(
                condition=Q(window_hours__gte=1, window_hours__lte=WINDOW_HOURS_MAX), name="outflow_cap_window_1_to_720"
            ),
        ]

    def __str__(self) -> str:
        return f"cap {self.pk}"


class OutflowStop(models.Model):
    """Nothing leaves in a coin, or at all, until two officers lift it: one asks, another agrees.

    One officer is enough to stop. A row is never deleted, and nothing that was said in it changes (a trigger sees to it).
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, null=True, related_name="+")
    """None: everything."""
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None for an operator at the console; the audit record of the same act names that one."""
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    since = models.DateTimeField(default=clock.now)
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lift_asked_at = models.DateTimeField(null=True, default=None)
    lift_reason = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, default=None)
    lifted_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coin"], condition=Q(lifted_at__isnull=True), nulls_distinct=False, name="outflow_stop_stands_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="outflow_stop_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lift_asked_by__isnull=True, lift_asked_at__isnull=True, lift_reason="")
                | Q(lift_asked_by__isnull=False, lift_asked_at__isnull=False) & ~Q(lift_reason=""),
                name="outflow_stop_lift_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True, lifted_because="")
                | Q(lifted_by__isnull=False, lifted_at__isnull=False, lift_asked_by__isnull=False) & ~Q(lifted_because=""),
                name="outflow_stop_lifted_whole",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("lift_asked_by")), name="outflow_stop_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"outflow stop {self.public_id}"

    @property
    def scope(self) -> str:
        """The coin's code, or what stands for all."""
        return self.coin.code if self.coin is not None else EVERYTHING


EVERYTHING = "ALL"
"""In the place of a coin's code: all of them."""
