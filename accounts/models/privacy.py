"""Who saw what of a customer and why, what must not be erased, and whose data are gone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.ids import PublicIdField

PRIVACY_REASON_LENGTH_MAX = 500
"""Characters of a reason; as long as any other that an officer types."""


class Unmasking(models.Model):
    """An officer saw these fields of a customer in the clear, for this reason, until that time. Append-only by trigger."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=128)
    """On which page: `app.model:id`. What was opened for one case is open on that case's page only."""
    fields = models.JSONField()
    reason = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = (
            models.CheckConstraint(condition=~Q(officer=F("customer")), name="accounts_unmasking_of_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_unmasking_has_a_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="accounts_unmasking_ends_later"),
        )
        indexes: ClassVar = (models.Index(fields=["officer", "customer", "-until"], name="accounts_unmasking_open"),)

    def __str__(self) -> str:
        return f"unmasking {self.pk}"


class LegalHold(models.Model):
    """Nothing of this customer is erased while a hold is in force: a court, an authority or a quarrel needs it.

    One officer places it. Two others than the customer lift it: one asks, another agrees. A row is never deleted.
    """

    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX)
    since = models.DateTimeField()
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX, blank=True, default="")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = (
            models.CheckConstraint(condition=~Q(placed_by=F("customer")), name="accounts_legalhold_placed_by_another"),
            models.CheckConstraint(
                condition=Q(lift_asked_by__isnull=True) | ~Q(lift_asked_by=F("customer")),
                name="accounts_legalhold_lift_asked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("customer")) & ~Q(lifted_by=F("lift_asked_by")),
                name="accounts_legalhold_four_eyes",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_legalhold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lift_asked_by__isnull=True, lift_asked_at__isnull=True, lift_reason="")
                | Q(lift_asked_by__isnull=False, lift_asked_at__isnull=False) & ~Q(lift_reason=""),
                name="accounts_legalhold_lift_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False, lift_asked_by__isnull=False),
                name="accounts_legalhold_lifted_whole",
            ),
        )
        indexes: ClassVar = (
            models.Index(fields=["customer"], condition=Q(lifted_at__isnull=True), name="accounts_legalhold_in_force"),
        )

    def __str__(self) -> str:
        return f"legal hold {self.public_id}"


class Erasure(models.Model):
    """The customer's personal data are gone. A row stands for good; the database refuses one under a legal hold."""

    customer = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """None for the retention clock or an operator at the console; the audit record of the same act names that one."""
    reason = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(officer__isnull=True) | ~Q(officer=F("customer")), name="accounts_erasure_by_another"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_erasure_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"erasure of customer {self.pk}"
