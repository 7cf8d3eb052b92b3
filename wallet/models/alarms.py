"""What staff have to look at: raised by a task, ended when the matter is."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

KIND_CHARACTERS_MAX = 24
SUBJECT_CHARACTERS_MAX = 100
DETAIL_CHARACTERS_MAX = 500


class AlarmKind(models.TextChoices):
    """What is the matter."""

    WITHDRAWAL_STUCK = "withdrawal_stuck", "A withdrawal stands too long"
    TRANSFER_STUCK = "transfer_stuck", "A transfer stands too long"
    FIAT_STUCK = "fiat_stuck", "A fiat withdrawal stands too long"
    DEPOSIT_PENDING = "deposit_pending", "A deposit does not get its confirmations"
    DEPOSIT_UNMATCHED = "deposit_unmatched", "A held deposit waits for staff"
    WATCHER_SILENT = "watcher_silent", "A network is not read"
    BOOKS_DIFFER = "books_differ", "The books do not hold"
    WALLETS_SHORT = "wallets_short", "The wallets hold less than the books owe"
    OUTFLOW_NEAR_CAP = "outflow_near_cap", "What leaves comes near its cap"
    WALLETS_UNSEEN = "wallets_unseen", "The wallets can't be compared with the books"


class Alarm(models.Model):
    """One matter: open until it is over, told once."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=KIND_CHARACTERS_MAX)
    """An AlarmKind. Any word fits the column, so that a new kind needs no migration."""
    subject = models.CharField(max_length=SUBJECT_CHARACTERS_MAX)
    """A withdrawal's id, a coin, a network."""
    detail = models.CharField(max_length=DETAIL_CHARACTERS_MAX, blank=True, default="")
    since = models.DateTimeField()
    """When the matter began, which may be long before anybody saw it."""
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """When it was last found to be so."""
    ended_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(ended_at__isnull=True), name="alarm_open_once"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z_]{3,24}$"), name="alarm_kind_plain"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("raised_at")), name="alarm_ends_later"
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="alarm_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def label(self) -> str:
        """What is the matter, in words."""
        return AlarmKind(self.kind).label if self.kind in AlarmKind.values else self.kind
