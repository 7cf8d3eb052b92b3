"""Who is looking at what on the desk, so that two officers don't do the same work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

SUBJECT_CHARACTERS_MAX = 64


class DeskClaim(models.Model):
    """An officer has this thing on the desk until a moment; nobody else decides meanwhile. No evidence: it is replaced."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=SUBJECT_CHARACTERS_MAX, unique=True)
    """`<kind>:<public id>`."""
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(subject__regex=r"^[a-z_]+:[0-9]{16}$"), name="desk_claim_subject_plain")
        ]

    def __str__(self) -> str:
        return self.subject
