"""Who sends to whom: what is written down of a withdrawal before it may be signed, from which amount on."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit import clock
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin
from wallet.models.withdrawals import REASON_CHARACTERS_MAX, Withdrawal


class TravelRuleThreshold(models.Model):
    """From which amount of a coin on a record is due, in the coin. A coin without a row needs one always."""

    id = models.BigAutoField(primary_key=True)
    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="+")
    required_from = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(required_from__gte=Decimal(0)), name="travel_rule_threshold_not_negative"),
        ]

    def __str__(self) -> str:
        return f"threshold {self.pk}"


class TravelRuleRecord(models.Model):
    """Originator and beneficiary of a withdrawal, as the customer told or an officer completed it. The newest one stands.

    `sealed` holds the originator's verified name and country, the beneficiary's name and the provider, under the customer's
    key: an erasure makes it noise. Nothing in a row ever changes but that (a trigger sees to it).
    """

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="travel_rule_records")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_own = models.BooleanField()
    """Whether the wallet is the customer's own; another person is the beneficiary otherwise."""
    is_hosted = models.BooleanField()
    """Whether another provider keeps the wallet; somebody keeps it alone otherwise."""
    sealed = models.BinaryField()
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None where the customer told it."""
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(officer__isnull=True, reason="") | Q(officer__isnull=False) & ~Q(reason=""),
                name="travel_rule_officer_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(officer__isnull=True) | ~Q(officer=F("customer")), name="travel_rule_officer_is_not_customer"
            ),
            models.UniqueConstraint(
                fields=["withdrawal"], condition=Q(officer__isnull=True), name="travel_rule_told_once_by_the_customer"
            ),
        ]
        indexes = [models.Index(fields=["withdrawal", "-id"], name="travel_rule_by_withdrawal")]

    def __str__(self) -> str:
        return f"travel rule record {self.pk}"

    @property
    def seal_context(self) -> str:
        """What the sealed facts are bound to."""
        return f"wallet.travel_rule:{self.withdrawal_id}"
