"""How long what we know of a person is kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kyc.models.cases import Case


class Retention(models.Model):
    """A clock that runs: of a rejected case, or (without one) of all that is known of a customer whose account ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="retention")
    starts_at = models.DateTimeField()
    retain_until = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_retention"
        verbose_name = "retention clock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(case__isnull=True), name="kyc_retention_one_of_account"),
            models.CheckConstraint(condition=Q(retain_until__gte=F("starts_at")), name="kyc_retention_ends_later"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(erased_at__gte=F("starts_at")), name="kyc_retention_erased_later"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["retain_until"], condition=Q(erased_at__isnull=True), name="kyc_retention_due"),
        ]

    def __str__(self) -> str:
        return f"kept until {self.retain_until:%Y-%m-%d}"
