"""What was decided about a withdrawal, by whom and why: append-only evidence beside the thing decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from wallet.models.withdrawals import REASON_CHARACTERS_MAX, Withdrawal, WithdrawalState


class WithdrawalEvent(models.Model):
    """One move of a withdrawal: who, when, why. Append-only (a trigger refuses changes)."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="events")
    state_before = models.CharField(max_length=16, blank=True)
    state_after = models.CharField(max_length=16, choices=WithdrawalState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=16)
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["withdrawal", "id"], name="withdrawal_event_by_case")]

    def __str__(self) -> str:
        return f"{self.state_before or 'new'} → {self.state_after}"


class Matter(models.TextChoices):
    """What an officer decided about."""

    APPROVAL = "approval", "Approval"
    RECALL = "recall", "Recall of an approval"
    ABSENCE = "absence", "It can never reach the chain"


class Verdict(models.TextChoices):
    """What an officer said."""

    APPROVE = "approve", "Approved"
    REJECT = "reject", "Rejected"


class WithdrawalDecision(models.Model):
    """An officer's verdict, bound to the payload it saw. Append-only."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="decisions")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=16, choices=Matter.choices, default=Matter.APPROVAL)
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    payload_hash = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "matter", "officer"], name="decision_officer_once"),
            models.CheckConstraint(
                condition=~Q(officer=F("customer")),
                name="decision_officer_is_not_customer",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="decision_verdict_known"),
            models.CheckConstraint(condition=Q(matter__in=Matter.values), name="decision_matter_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} ({self.matter})"


class RiskResult(models.Model):
    """What the risk rules saw and said, kept so that later rules can be replayed. Append-only."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="risk")
    rules_version = models.CharField(max_length=32)
    inputs = models.JSONField()
    results = models.JSONField()
    is_flagged = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "rules_version"],
                name="risk_result_once_per_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rules_version}: {'flagged' if self.is_flagged else 'clear'}"
