"""Security holds: for their length no money leaves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.ids import PublicIdField


class Cause(models.TextChoices):
    """What started a hold."""

    PASSWORD = "password", "password changed"
    SECOND_FACTOR = "second_factor", "second factor changed or removed"
    EMAIL = "email", "email changed"
    PHONE = "phone", "phone changed"
    TRUSTED_ADDRESS = "trusted_address", "trusted address changed"
    TRADE_PASSWORD = "trade_password", "trade password reset"
    RECOVERY = "recovery", "account recovered"
    FREEZE = "freeze", "account was frozen by its owner"
    STAFF = "staff", "set by an officer"


class SecurityHold(models.Model):
    """One hold; several may run at once and the last to end counts."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="security_holds",
    )
    cause = models.CharField(max_length=24, choices=Cause)
    started_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gt=F("started_at")),
                name="accounts_securityhold_ends_later",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values),
                name="accounts_securityhold_cause_known",
            ),
        )
        indexes = (models.Index(fields=["user", "-until"], name="accounts_securityhold_by_user"),)

    def __str__(self) -> str:
        return f"{self.cause} until {self.until:%Y-%m-%d %H:%M}"
