"""Who opened futures, and what they agreed to when they did."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit import clock

AGREEMENT_CHARACTERS_MAX = 32


class FuturesOpening(models.Model):
    """A customer's futures wallet was opened: once, and never undone. Append-only: it is evidence of an agreement.

    The balances themselves are opened by the first posting that names them; nothing may move there before this row is.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    agreement = models.CharField(max_length=AGREEMENT_CHARACTERS_MAX)
    """The version of the agreement that was in force, and was agreed to."""
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(agreement=""), name="wallet_futuresopening_agreement_given"),
        ]

    def __str__(self) -> str:
        return f"futures of customer {self.pk}"
