"""The shapes of what is kept beside a movement of money that people and rules decide about. Each is append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from wallet.models.withdrawals import REASON_CHARACTERS_MAX


class Move(models.Model):
    """One move: who, when, why. The model adds `state_after`, with its words."""

    id = models.BigAutoField(primary_key=True)
    state_before = models.CharField(max_length=16, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=16)
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.state_before or 'new'} → {getattr(self, 'state_after', '')}"


class Verdict(models.TextChoices):
    """What an officer said."""

    APPROVE = "approve", "Approved"
    REJECT = "reject", "Rejected"


class Decision(models.Model):
    """An officer's verdict, bound to the payload it saw. The model adds `matter`, with its words."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    payload_hash = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.verdict} ({getattr(self, 'matter', '')})"


class Assessment(models.Model):
    """What the risk rules saw and said."""

    id = models.BigAutoField(primary_key=True)
    rules_version = models.CharField(max_length=32)
    inputs = models.JSONField()
    results = models.JSONField()
    is_flagged = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.rules_version}: {'flagged' if self.is_flagged else 'clear'}"
