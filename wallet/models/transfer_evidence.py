"""What was decided about a transfer, by whom and why: append-only evidence beside the thing decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wallet.models.evidence import Assessment, Decision, Move, Verdict
from wallet.models.transfers import Transfer, TransferState


class TransferEvent(Move):
    """One move of a transfer: who, when, why. Append-only (a trigger refuses changes)."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="events")
    state_after = models.CharField(max_length=16, choices=TransferState.choices)

    class Meta:
        indexes = [models.Index(fields=["transfer", "id"], name="transfer_event_by_case")]


class TransferMatter(models.TextChoices):
    """What an officer decided about."""

    APPROVAL = "approval", "Approval"
    RECALL = "recall", "Recall of an approval"


class TransferDecision(Decision):
    """An officer's verdict, bound to the payload it saw. Append-only."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="decisions")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=16, choices=TransferMatter.choices, default=TransferMatter.APPROVAL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "matter", "officer"], name="transfer_decision_officer_once"),
            models.CheckConstraint(
                condition=~Q(officer=F("sender")) & ~Q(officer=F("receiver")), name="transfer_decision_officer_is_no_party"
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="transfer_decision_verdict_known"),
            models.CheckConstraint(condition=Q(matter__in=TransferMatter.values), name="transfer_decision_matter_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_decision_has_reason"),
        ]


class TransferRisk(Assessment):
    """What the risk rules saw and said of a transfer, kept so that later rules can be replayed. Append-only."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="risk")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "rules_version"], name="transfer_risk_once_per_version"),
        ]
