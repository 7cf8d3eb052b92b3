"""What was decided about a withdrawal, by whom and why: append-only evidence beside the thing decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wallet.models.evidence import Assessment, Decision, Move, Verdict
from wallet.models.withdrawals import Withdrawal, WithdrawalState


class WithdrawalEvent(Move):
    """One move of a withdrawal: who, when, why. Append-only (a trigger refuses changes)."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="events")
    state_after = models.CharField(max_length=16, choices=WithdrawalState.choices)

    class Meta:
        indexes = [models.Index(fields=["withdrawal", "id"], name="withdrawal_event_by_case")]


class Matter(models.TextChoices):
    """What an officer decided about."""

    APPROVAL = "approval", "Approval"
    RECALL = "recall", "Recall of an approval"
    ABSENCE = "absence", "It can never reach the chain"


class WithdrawalDecision(Decision):
    """An officer's verdict, bound to the payload it saw. Append-only."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="decisions")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=16, choices=Matter.choices, default=Matter.APPROVAL)

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


class RiskResult(Assessment):
    """What the risk rules saw and said of a withdrawal, kept so that later rules can be replayed. Append-only."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="risk")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "rules_version"],
                name="risk_result_once_per_version",
            ),
        ]
