"""The selfies of recovery cases: what a customer who can't sign in showed, re-encoded and sealed like any document."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit import clock
from config.kit.ids import PublicIdField


class RecoverySelfie(models.Model):
    """One picture that was handed in to a recovery case; kept as what the officers' decisions speak of.

    The file is one JPEG, sealed under the customer's key; `sha256` is of its bytes before sealing. No picture is taken
    twice, whoever brings it: one that was shown before is not fresh.
    """

    public_id = PublicIdField()
    case = models.ForeignKey("accounts.RecoveryCase", models.PROTECT, related_name="selfies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    storage_name = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    challenge = models.CharField(max_length=8)
    """The number that this picture has to show."""
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_recovery_selfie"
        verbose_name = "selfie of a recovery case"
        verbose_name_plural = "selfies of recovery cases"
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="kyc_recovery_selfie_fresh"),
            models.UniqueConstraint(fields=["storage_name"], name="kyc_recovery_selfie_storage_name_unique"),
        ]
        indexes = [models.Index(fields=["case", "-id"], name="kyc_recovery_selfie_of_case")]

    def __str__(self) -> str:
        return f"selfie {self.public_id}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 as hex."""
        return bytes(self.sha256).hex()
