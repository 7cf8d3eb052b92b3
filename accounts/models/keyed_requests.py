"""Writes that came with an `Idempotency-Key`: which is under way, and what was answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.kit.once import KEY_CHARACTERS_MAX
from config.kit.sealed_text import SealedText

OPERATION_CHARACTERS_MAX = 128


class KeyedRequest(models.Model):
    """One write of one customer. Without a status it is under way, by the database session `backend`, since `began_at`.

    Movements keep their keys for ever with constraints of their own; these rows hold the answer for a few days, and keep
    two requests with one key from being worked on at the same time.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    operation = models.CharField(max_length=OPERATION_CHARACTERS_MAX)
    """Method and route."""
    key = models.CharField(max_length=KEY_CHARACTERS_MAX)
    fingerprint = models.BinaryField(max_length=32)
    """Keyed hash of path and body."""
    token = models.BigIntegerField()
    """Drawn with each turn: who lost the turn writes nothing any more."""
    backend = models.IntegerField()
    began_at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True, default=None)
    answer = SealedText(blank=True, default="")
    """The body of the answer, as JSON."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "operation", "key"], name="accounts_keyed_request_once"),
            models.CheckConstraint(
                condition=Q(status__isnull=True, answer="") | Q(status__gte=200, status__lt=300),
                name="accounts_keyed_request_answered_whole",
            ),
        )
        indexes = (models.Index(fields=["began_at"], name="accounts_keyed_request_age"),)

    def __str__(self) -> str:
        return f"{self.operation} {self.pk}"
