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
    QUICK_REGISTRATION = "quick_registration", "Registration without a password"
    ACTIVATION = "activation", "Activation of an account"
    LOGIN = "login", "Log-in without a password"
    SECOND_FACTOR = "second_factor", "Second step of a log-in"
    OTHER_PLACE = "other_place", "Log-in from a new place"
    RECOVERY = "recovery", "Recovery of a password"
    RECOVERY_SECOND = "recovery_second", "Second proof of a recovery"
    ACCOUNT_RECOVERY = "account_recovery", "Recovery of an account"
    PASSWORD_SET = "password_set", "First password"
    PASSWORD_CHANGE = "password_change", "Change of the password"
    EMAIL_BIND = "email_bind", "Binding of an email address"
    EMAIL_CHANGE = "email_change", "Change of the email address"
    EMAIL_UNBIND = "email_unbind", "Removal of the email address"
    PHONE_BIND = "phone_bind", "Binding of a phone"
    PHONE_CHANGE = "phone_change", "Change of the phone"
    PHONE_UNBIND = "phone_unbind", "Removal of the phone"
    TOTP_BIND = "totp_bind", "Binding of an authenticator"
    TOTP_CHANGE = "totp_change", "Change of the authenticator"
    TOTP_UNBIND = "totp_unbind", "Removal of an authenticator"
    PASSKEY_ADD = "passkey_add", "New passkey"
    PASSKEY_REMOVE = "passkey_remove", "Removal of a passkey"
    RECOVERY_CODES = "recovery_codes", "New recovery codes"
    ANTI_PHISHING = "anti_phishing", "Anti-phishing phrase"
    SECURITY_SETTINGS = "security_settings", "Security settings"
    TRADE_PASSWORD_SET = "trade_password_set", "First trade password"
    TRADE_PASSWORD_CHANGE = "trade_password_change", "Change of the trade password"
    TRADE_PASSWORD_RESET = "trade_password_reset", "Reset of the trade password"
    SUB_ACCOUNT_ADD = "sub_account_add", "New sub-account"
    SUB_ACCOUNT_DELETE = "sub_account_delete", "Removal of a sub-account"
    SUB_ACCOUNT_PASSWORD = "sub_account_password", "Password of a sub-account"
    APP_TOKEN = "app_token", "Fingerprint log-in"
    KYC = "kyc", "Identity check"
    KYC_PHONE = "kyc_phone", "Phone of an identity check"
    BANK_ACCOUNT = "bank_account", "Bank account"
    API_KEY = "api_key", "New API key"
    API_KEY_CHANGE = "api_key_change", "Change of an API key"
    API_KEY_DELETE = "api_key_delete", "Removal of an API key"
    TRUSTED_ADDRESS = "trusted_address", "Trusted address"
    TRUSTED_ADDRESS_REMOVE = "trusted_address_remove", "Removal of a trusted address"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    FIAT_WITHDRAWAL = "fiat_withdrawal", "Withdrawal to a bank account"
    TRANSFER = "transfer", "Transfer"
    PAYMENT = "payment", "Payment"


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
