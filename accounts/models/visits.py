"""Browsers that keep a cookie before anybody signs in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models.sessions import CodeWay


class Visit(models.Model):
    """What is bound to a browser's cookie, whether it is signed in or not: its key pair and its picture.

    `token_hash` is the SHA-256 of the cookie: of the session's token once there is a session, to which the row moves. The
    private key is sealed and goes with the row.
    """

    token_hash = models.BinaryField(max_length=32)
    public_key = models.BinaryField(max_length=1024, null=True)
    """SubjectPublicKeyInfo, DER."""
    sealed_key = models.BinaryField(null=True)
    picture_id = models.CharField(max_length=32, blank=True, default="")
    """The captcha that was drawn last, and not answered yet."""
    code_way = models.CharField(max_length=8, choices=CodeWay, blank=True, default="")
    """By which way the latest code for this browser went."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_visit_token_unique"),
            models.CheckConstraint(
                condition=Q(public_key__isnull=True, sealed_key__isnull=True)
                | Q(public_key__isnull=False, sealed_key__isnull=False),
                name="accounts_visit_key_whole",
            ),
            models.CheckConstraint(condition=Q(code_way__in=["", *CodeWay.values]), name="accounts_visit_way_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="accounts_visit_expires_later"),
        )
        indexes = (models.Index(fields=["expires_at"], name="accounts_visit_expiry"),)

    def __str__(self) -> str:
        return f"visit {self.pk}"

    def __repr__(self) -> str:
        return f"<Visit {self.pk}>"

    @property
    def seal_context(self) -> str:
        """What the sealed key is bound to: the row stays the same where its cookie becomes another."""
        return f"accounts.visit:{self.pk}"
