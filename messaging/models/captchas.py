"""Captchas: one row for each picture that was drawn and for each captcha of another kind that was spent."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

LIFETIME_MAX = timedelta(minutes=10)
"""No captcha lives longer, whatever the settings say: a constraint holds this."""
PURPOSE_LENGTH_MAX = 32


class CaptchaKind(models.TextChoices):
    """How somebody shows to be no flood of programs."""

    PICTURE = "picture", "Picture"
    PROOF_OF_WORK = "proof_of_work", "Proof of work"
    GEETEST = "geetest", "Geetest, version 4"
    GEETEST_V3 = "geetest_v3", "Geetest, version 3"
    ALIYUN = "aliyun", "Aliyun"


class Captcha(models.Model):
    """A picture waits here for its one answer; what was solved elsewhere comes here to be spent once.

    `key` is the keyed hash of kind and id, so that the table names no captcha that is still open. `sealed_answer` is
    for the development post office and empty in production.
    """

    key = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=16, choices=CaptchaKind.choices)
    answer_hash = models.BinaryField(max_length=32, null=True)
    sealed_answer = models.BinaryField(null=True)
    drawn_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    spent_for = models.CharField(max_length=PURPOSE_LENGTH_MAX, blank=True, help_text="What it was spent on.")

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="captcha_expiry"),)
        constraints = (
            models.UniqueConstraint(fields=("key",), name="captcha_once"),
            models.CheckConstraint(condition=Q(kind__in=CaptchaKind.values), name="captcha_kind_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("drawn_at")) & Q(expires_at__lte=F("drawn_at") + LIFETIME_MAX),
                name="captcha_lifetime_in_range",
            ),
            models.CheckConstraint(
                condition=Q(kind=CaptchaKind.PICTURE, answer_hash__isnull=False)
                | (~Q(kind=CaptchaKind.PICTURE) & Q(answer_hash__isnull=True, spent_at__isnull=False)),
                name="captcha_waits_only_as_picture",
            ),
        )

    def __str__(self) -> str:
        return f"captcha {self.pk}, {self.kind}"
