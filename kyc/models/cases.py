"""A case: one customer's way to one level, and each step of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit import clock
from config.kit.flow import Flow
from config.kit.ids import PublicIdField


class Level(models.IntegerChoices):
    """Identity levels. Each needs the one before."""

    BASIC = 1, "1 · basic data and phone"
    DOCUMENTS = 2, "2 · documents"
    BANK = 3, "3 · bank account"


class CaseState(models.TextChoices):
    """Where a case stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    SENT_BACK = "sent_back", "Sent back"
    RESUBMITTED = "resubmitted", "Submitted again"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    REVOKED = "revoked", "Revoked"


CASE_FLOW = Flow(
    "case",
    states=CaseState,
    start=CaseState.DRAFT,
    moves={
        CaseState.DRAFT: (CaseState.SUBMITTED,),
        CaseState.SUBMITTED: (CaseState.SENT_BACK, CaseState.APPROVED, CaseState.REJECTED),
        CaseState.SENT_BACK: (CaseState.RESUBMITTED,),
        CaseState.RESUBMITTED: (CaseState.SENT_BACK, CaseState.APPROVED, CaseState.REJECTED),
        CaseState.APPROVED: (CaseState.REVOKED,),
    },
    ends=(CaseState.REJECTED, CaseState.REVOKED),
)
WAITING = (CaseState.SUBMITTED, CaseState.RESUBMITTED)
"""States in which an officer has the next move."""
ENDED = (CaseState.APPROVED, CaseState.REJECTED, CaseState.REVOKED)
"""States in which the application is over. An approved one may still be revoked: then its level is gone."""


class Part(models.TextChoices):
    """Parts of the typed data that an officer can refuse by themselves."""

    NAME = "name", "Name"
    BIRTHDAY = "birthday", "Birthday"
    GENDER = "gender", "Gender"
    NATIONALITY = "nationality", "Nationality"
    ID_NUMBER = "id_number", "Document number"
    ADDRESS = "address", "Address"
    EXPIRY = "expiry", "Expiry of the document"
    QUESTIONNAIRE = "questionnaire", "Questionnaire"


class Programme(models.TextChoices):
    """Which set of documents and questions a case asks; the sets stand in `kyc.catalogue.requirements`."""

    STANDARD = "standard", "Standard"
    EXTENDED = "extended", "Five images and questionnaire"
    ONE_STEP = "one_step", "Front and selfie"


class Case(models.Model):
    """One customer's application for one level. An ended case is never opened again: a new one is.

    `document_expires_on` is the last day on which the identity document is good, as far as it is known; `refused_parts`
    are the parts of the typed data that an officer sent back and that are still due, each with its reason.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    programme = models.CharField(max_length=16, choices=Programme.choices, default=Programme.STANDARD)
    state = models.CharField(max_length=16, choices=CaseState.choices, default=CaseState.DRAFT)
    country = models.CharField(max_length=2, blank=True, default="")
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    questionnaire_version = models.PositiveSmallIntegerField(null=True, blank=True)
    questionnaire_sealed = models.BinaryField(null=True, blank=True)
    document_expires_on = models.DateField(null=True, blank=True)
    expiry_told_at = models.DateTimeField(null=True, blank=True)
    refused_parts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    opened_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_case"
        constraints = [
            models.UniqueConstraint(fields=["user", "level"], condition=~models.Q(state__in=ENDED), name="kyc_case_one_open"),
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="kyc_case_state_known"),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="kyc_case_level_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=ENDED) ^ models.Q(decided_at__isnull=True),
                name="kyc_case_decided_when_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.DRAFT) ^ models.Q(submitted_at__isnull=False),
                name="kyc_case_submitted_unless_draft",
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at", "id"], condition=models.Q(state__in=WAITING), name="kyc_case_queue"),
            models.Index(
                fields=["country", "submitted_at", "id"], condition=models.Q(state__in=WAITING), name="kyc_case_queue_country"
            ),
            models.Index(
                fields=["level", "submitted_at", "id"], condition=models.Q(state__in=WAITING), name="kyc_case_queue_level"
            ),
            models.Index(fields=["user", "level", "-id"], name="kyc_case_of_user"),
            models.Index(fields=["state", "-id"], name="kyc_case_by_state"),
            models.Index(fields=["state", "country", "-id"], name="kyc_case_by_state_country"),
            models.Index(fields=["country", "-id"], name="kyc_case_by_country"),
            models.Index(
                fields=["document_expires_on", "id"],
                condition=models.Q(state=CaseState.APPROVED, document_expires_on__isnull=False),
                name="kyc_case_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.public_id}"

    @property
    def waiting(self) -> bool:
        """Whether an officer has the next move."""
        return self.state in WAITING

    @property
    def ended(self) -> bool:
        """Whether the application is over."""
        return self.state in ENDED


class CaseEvent(models.Model):
    """One move of a case: who, when, from where to where, why. Append-only by trigger."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, choices=CaseState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=48, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_case_event"

    def __str__(self) -> str:
        return f"{self.from_state or 'nothing'} → {self.to_state}"
