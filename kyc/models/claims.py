"""Which officer has a case on the desk now."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kyc.models.cases import Case

SEEN_LENGTH_MAX = 72


class CaseClaim(models.Model):
    """One officer's hold on a case until `expires_at`. The primary key is the case: no case has two."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="claim")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen = ArrayField(models.CharField(max_length=SEEN_LENGTH_MAX), default=list, db_default=[])
    """Each page that its officer looked at: fingerprint of the document, a colon, number of the page."""

    class Meta:
        db_table = "kyc_case_claim"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("claimed_at")), name="kyc_case_claim_expires_later"
            ),
        ]
        indexes = [models.Index(fields=["officer", "expires_at"], name="kyc_case_claim_of_officer")]

    def __str__(self) -> str:
        return f"claim of case {self.case_id}"
