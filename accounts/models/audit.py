"""The audit log: append-only and hash-chained.

A record is written in the transaction of the act and carries the SHA-256 of its canonical JSON. Its link in the chain
is appended by the database when that transaction commits (a deferred trigger under one advisory lock), so that acts
never wait for each other before they are done. Link hash = SHA-256(previous link's hash ‖ record's hash).
Triggers refuse UPDATE, DELETE and TRUNCATE on both tables.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import F, Q

GENESIS_HASH = bytes(32)
"""What the first link follows."""


def chain(previous: bytes, record_hash: bytes) -> bytes:
    """The hash of the link that joins a record to the link before it."""
    return hashlib.sha256(previous + record_hash).digest()


class ActorKind(models.TextChoices):
    """In what role somebody acted."""

    STAFF = "staff", "officer"
    CUSTOMER = "customer", "customer"
    OPERATOR = "operator", "operator at the console"
    SYSTEM = "system", "the system"


class AuditRecord(models.Model):
    """Who did what to which thing, why, and with which facts."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_records",
    )
    actor_kind = models.CharField(max_length=16, choices=ActorKind)
    act = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    """`app.model:id` of the thing acted upon."""
    reason = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)
    """Text by name; never a secret."""
    record_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = "audit record"
        verbose_name_plural = "audit log"
        constraints = (
            models.CheckConstraint(
                condition=Q(actor_kind__in=ActorKind.values),
                name="accounts_auditrecord_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(actor_kind__in=[ActorKind.OPERATOR, ActorKind.SYSTEM]),
                name="accounts_auditrecord_person_named",
            ),
        )
        indexes = (
            models.Index(fields=["subject", "-id"], name="accounts_auditrecord_subject"),
            models.Index(fields=["actor", "-id"], name="accounts_auditrecord_actor"),
            models.Index(F("facts__customer"), name="accounts_auditrecord_customer"),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"

    def canonical(self) -> bytes:
        """The JSON that the hash covers: sorted keys, no spaces, UTF-8, the time in microseconds."""
        body = {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "actor_kind": str(self.actor_kind),
            "act": self.act,
            "subject": self.subject,
            "reason": self.reason,
            "facts": self.facts,
        }
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def computed_hash(self) -> bytes:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical()).digest()


class AuditLink(models.Model):
    """A record's place in the chain."""

    position = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(AuditRecord, on_delete=models.PROTECT, related_name="link")
    previous_hash = models.BinaryField(max_length=32)
    link_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["link_hash"], name="accounts_auditlink_hash_unique"),
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="accounts_auditlink_position_positive",
            ),
        )

    def __str__(self) -> str:
        return f"link {self.position}"
