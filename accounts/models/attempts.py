"""Counters of failed attempts, and the locks that they start."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Scope(models.TextChoices):
    """What is counted."""

    NAME = "name", "log-in name, existing or not"
    DEVICE = "device", "known device"
    ADDRESS = "address", "network address"
    SECOND_FACTOR = "second_factor", "second factor of a user"
    TRADE_PASSWORD = "trade_password", "trade password of a user"
    RECOVERY = "recovery", "name at the door of recovery, existing or not"
    RECOVERY_ADDRESS = "recovery_address", "network address at the door of recovery"
    APP_TOKEN = "app_token", "network address that shows app tokens"
    REFERRAL = "referral", "network address that tries referral codes"
    RECEIVER = "receiver", "customer who names receivers of money"
    STAFF_NAME = "staff_name", "staff sign-in name"
    STAFF_ADDRESS = "staff_address", "network address at the staff door"


class AttemptCounter(models.Model):
    """Failures of one key in one scope. The key is a keyed hash, so the table holds no list of names."""

    scope = models.CharField(max_length=20, choices=Scope)
    key_hash = models.BinaryField(max_length=32)
    failures = models.PositiveIntegerField()
    """Counted attempts that have not succeeded, those under way among them."""
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scope", "key_hash"], name="accounts_attemptcounter_unique"),
            models.CheckConstraint(
                condition=Q(scope__in=Scope.values),
                name="accounts_attemptcounter_scope_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope}: {self.failures}"
