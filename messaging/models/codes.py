"""Codes: one row for each holder and purpose, written over at each sending."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

LIFETIME_MAX = timedelta(minutes=10)
"""No code lives longer, whatever its terms say: a constraint holds this."""
ATTEMPTS_MAX = 10
"""No code takes more attempts, whatever its terms say: a constraint holds this."""


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", "Email"
    SMS = "sms", "SMS"


class Purpose(models.TextChoices):
    """What a code is good for. A code opens the door of its own purpose and no other."""

    REGISTRATION = "registration", "Registration"
    LOGIN = "login", "Login"
    SECOND_FACTOR = "second_factor", "Second step of a login"
    KYC_PHONE = "kyc_phone", "Phone of an identity check"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    TOTP_BIND = "totp_bind", "Binding of an authenticator"
    TOTP_UNBIND = "totp_unbind", "Removal of an authenticator"
    API_KEY = "api_key", "API key"
    TRUSTED_ADDRESS = "trusted_address", "Trusted address"
    RECOVERY = "recovery", "Recovery of an account"
    PASSWORD_CHANGE = "password_change", "Change of the password"
    CONTACT_CHANGE = "contact_change", "Change of email or phone"


class Code(models.Model):
    """The latest code of one holder for one purpose.

    `holder` is the keyed hash of the user, or of the destination where nobody is signed in. `code_hash` is the keyed
    hash of the code and of everything that it is bound to. No index but the key's covers a column that changes, so
    each update stays on its page (heap-only).
    """

    holder = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=24, choices=Purpose.choices)
    code_hash = models.BinaryField(max_length=32)
    attempts_left = models.SmallIntegerField()
    generation = models.IntegerField(
        default=1,
        help_text="How often a code was sent to this holder for this purpose.",
    )
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("holder", "purpose"), name="code_one_per_holder_and_purpose"),
            models.CheckConstraint(
                condition=Q(attempts_left__gte=0) & Q(attempts_left__lte=ATTEMPTS_MAX),
                name="code_attempts_in_range",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")) & Q(expires_at__lte=F("sent_at") + LIFETIME_MAX),
                name="code_lifetime_in_range",
            ),
        )

    def __str__(self) -> str:
        return f"code {self.pk} for {self.purpose}"
