"""Getting back in: a forgotten password, a lost second factor, a frozen account, and the links that stop a thief."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from config.kit.sealed_text import SealedText
from messaging.models.addressed import Addressed, indexed


class PasswordRecoveryState(models.TextChoices):
    """How far the recovery of a password has come."""

    STARTED = "started", "code due"
    CODE_PROVEN = "code_proven", "second proof due"
    PROVEN = "proven", "new password due"
    DONE = "done", "new password set"
    ENDED = "ended", "ended without one"


PASSWORD_RECOVERY_FLOW = Flow(
    "password recovery",
    states=PasswordRecoveryState,
    start=PasswordRecoveryState.STARTED,
    moves={
        PasswordRecoveryState.STARTED: (
            PasswordRecoveryState.CODE_PROVEN,
            PasswordRecoveryState.PROVEN,
            PasswordRecoveryState.ENDED,
        ),
        PasswordRecoveryState.CODE_PROVEN: (PasswordRecoveryState.PROVEN, PasswordRecoveryState.ENDED),
        PasswordRecoveryState.PROVEN: (PasswordRecoveryState.DONE, PasswordRecoveryState.ENDED),
    },
    ends=(PasswordRecoveryState.DONE, PasswordRecoveryState.ENDED),
)


class PasswordRecovery(Addressed):
    """One request to set a forgotten password. Names that nobody has get a row like all others, without a user.

    Of the destination there are keyed hashes alone, so that an unknown one is not stored.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="password_recoveries",
    )
    token_hash = models.BinaryField(max_length=32)
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=PasswordRecoveryState, default=PasswordRecoveryState.STARTED)
    used_id_card = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "password recoveries"
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_passwordrecovery_token_unique"),
            models.CheckConstraint(
                condition=Q(state__in=PasswordRecoveryState.values),
                name="accounts_passwordrecovery_state_known",
            ),
            indexed("accounts_passwordrecovery_destination_indexed"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_passwordrecovery_expires_later",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PasswordRecoveryState.PROVEN, PasswordRecoveryState.DONE]) | Q(user__isnull=False),
                name="accounts_passwordrecovery_nobody_proves_nothing",
            ),
        )
        indexes = (models.Index(fields=["created_at"], name="accounts_passwordrecovery_old"),)

    def __str__(self) -> str:
        return f"password recovery {self.public_id}"

    def __repr__(self) -> str:
        return f"<PasswordRecovery {self.public_id} {self.state}>"


class CaseState(models.TextChoices):
    """Where a recovery case stands."""

    DRAFT = "draft", "selfie due"
    SUBMITTED = "submitted", "waits for the first officer"
    SECOND_REVIEW = "second_review", "waits for the second officer"
    SENT_BACK = "sent_back", "new selfie due"
    WAITING = "waiting", "approved, the waiting time runs"
    COMPLETED = "completed", "completed"
    REJECTED = "rejected", "rejected"
    CANCELLED = "cancelled", "cancelled"
    EXPIRED = "expired", "expired"


_OPEN = (CaseState.CANCELLED, CaseState.EXPIRED)
CASE_FLOW = Flow(
    "recovery case",
    states=CaseState,
    start=CaseState.DRAFT,
    moves={
        CaseState.DRAFT: (CaseState.SUBMITTED, *_OPEN),
        CaseState.SUBMITTED: (CaseState.SECOND_REVIEW, CaseState.SENT_BACK, CaseState.REJECTED, CaseState.CANCELLED),
        CaseState.SECOND_REVIEW: (CaseState.WAITING, CaseState.SENT_BACK, CaseState.REJECTED, CaseState.CANCELLED),
        CaseState.SENT_BACK: (CaseState.SUBMITTED, *_OPEN),
        CaseState.WAITING: (CaseState.COMPLETED, CaseState.REJECTED, CaseState.CANCELLED),
    },
    ends=(CaseState.COMPLETED, CaseState.REJECTED, CaseState.CANCELLED, CaseState.EXPIRED),
)


class RecoveryCause(models.TextChoices):
    """Why a case was opened."""

    SECOND_FACTOR = "second_factor", "second factor lost"
    FREEZE = "freeze", "account frozen"


class RecoveryCase(models.Model):
    """A customer who can't show the second factor, or froze the account, asks two officers to be let in again."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_cases")
    cause = models.CharField(max_length=16, choices=RecoveryCause)
    state = models.CharField(max_length=16, choices=CaseState, default=CaseState.DRAFT)
    token_hash = models.BinaryField(max_length=32)
    """Of the token with which the customer, who can't sign in, hands in the selfie and asks how things stand."""
    statement = SealedText(blank=True, default="")
    """What the customer says happened."""
    challenge = models.CharField(max_length=8, blank=True, default="")
    """The number to be seen in the next selfie, handwritten: a picture taken before can't show it."""
    selfie_due_by = models.DateTimeField(null=True, blank=True)
    """When the case expires for want of a selfie."""
    selfie_reference = models.CharField(max_length=64, blank=True, default="")
    """Where the app above keeps the picture."""
    selfie_sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    waits_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_recoverycase_token_unique"),
            models.UniqueConstraint(
                fields=["user"],
                condition=~Q(state__in=[CaseState.COMPLETED, CaseState.REJECTED, CaseState.CANCELLED, CaseState.EXPIRED]),
                name="accounts_recoverycase_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="accounts_recoverycase_state_known"),
            models.CheckConstraint(
                condition=~Q(state=CaseState.WAITING) | Q(waits_until__isnull=False),
                name="accounts_recoverycase_waits_until_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CaseState.DRAFT, CaseState.CANCELLED, CaseState.EXPIRED])
                | Q(selfie_sha256__isnull=False),
                name="accounts_recoverycase_selfie_seen",
            ),
        )
        indexes = (models.Index(fields=["state", "submitted_at"], name="accounts_recoverycase_queue"),)

    def __str__(self) -> str:
        return f"recovery case {self.public_id}"

    def __repr__(self) -> str:
        return f"<RecoveryCase {self.public_id} {self.state}>"


class Verdict(models.TextChoices):
    """What an officer said."""

    APPROVE = "approve", "approved"
    SEND_BACK = "send_back", "sent back"
    REJECT = "reject", "rejected"


class RecoveryDecision(models.Model):
    """One officer's word on a case, bound to the very picture that was looked at. Append-only.

    An officer approves one picture once and may take it back: stopping is always allowed. A trigger lets no case pass
    into the waiting time, or out of it, without the approvals of two officers on its newest picture.
    """

    case = models.ForeignKey(RecoveryCase, on_delete=models.PROTECT, related_name="decisions")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """The case's own user, copied so that a constraint can keep officers from their own accounts."""
    verdict = models.CharField(max_length=16, choices=Verdict)
    reason = models.CharField(max_length=1000)
    """What the officer saw, in the officer's words; for officers."""
    reason_slug = models.CharField(max_length=48, blank=True, default="")
    """What the customer is told, as the catalogue names it; empty where approved."""
    selfie_sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "officer", "selfie_sha256"],
                condition=Q(verdict=Verdict.APPROVE),
                name="accounts_recoverydecision_one_approval_each",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE, reason_slug="") | ~Q(verdict=Verdict.APPROVE) & ~Q(reason_slug=""),
                name="accounts_recoverydecision_no_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(officer=F("customer")), name="accounts_recoverydecision_not_ones_own"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="accounts_recoverydecision_verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.verdict} by {self.officer_id}"


class AccountFreeze(models.Model):
    """A time in which an account is locked because its owner (or an officer) said so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="freezes")
    by_owner = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True, default="")
    status_before = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="accounts_accountfreeze_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"freeze of {self.user_id}"


class LinkAct(models.TextChoices):
    """What a link in a mail does."""

    FREEZE = "freeze", "freeze the account"
    CANCEL_RECOVERY = "cancel_recovery", "cancel the recovery case"


class SecurityLink(models.Model):
    """A link in a security mail by which the owner stops a thief without signing in. Of its token the SHA-256 is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="security_links")
    act = models.CharField(max_length=16, choices=LinkAct)
    case = models.ForeignKey(RecoveryCase, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    token_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_securitylink_token_unique"),
            models.CheckConstraint(condition=Q(act__in=LinkAct.values), name="accounts_securitylink_act_known"),
            models.CheckConstraint(
                condition=~Q(act=LinkAct.CANCEL_RECOVERY) | Q(case__isnull=False),
                name="accounts_securitylink_names_its_case",
            ),
        )
        indexes = (models.Index(fields=["expires_at"], name="accounts_securitylink_old"),)

    def __str__(self) -> str:
        return f"link to {self.act}"

    def __repr__(self) -> str:
        return f"<SecurityLink {self.pk} {self.act}>"
