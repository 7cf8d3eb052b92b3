"""What officers decided, and what they saw when they did."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit import clock
from kyc.models.cases import Case


class Verdict(models.TextChoices):
    """What an officer can say."""

    APPROVE = "approve", "Approve"
    SEND_BACK = "send_back", "Send back"
    REJECT = "reject", "Reject"


class CaseDecision(models.Model):
    """One officer's verdict. Append-only by trigger.

    `seen` lists each document as it was on the officer's screen: `{"document": id, "kind", "sha256", "refused"}`,
    and each part of the typed data that was sent back: `{"part", "refused", "reason"}`.
    `customer` repeats the case's customer (a composite foreign key holds them equal), so that the database itself can
    refuse an officer who is the customer.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    reason = models.CharField(max_length=48, blank=True, default="")
    seen = models.JSONField()
    seen_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_case_decision"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(officer=models.F("customer")), name="kyc_decision_officer_is_not_customer"
            ),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="kyc_decision_verdict_known"),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.APPROVE) ^ ~models.Q(reason=""),
                name="kyc_decision_reason_unless_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of case {self.case_id}"
