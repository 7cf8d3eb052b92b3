"""Second factors that are bound to a user."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.ids import PublicIdField

PASSKEY_NAME_LENGTH_MAX = 64


class FactorKind(models.TextChoices):
    """What sort of thing proves the second factor."""

    TOTP = "totp", "authenticator app"


class Authenticator(models.Model):
    """A bound (or begun) factor. The TOTP seed is sealed; `last_step` is the newest time step that was spent."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="authenticators",
    )
    kind = models.CharField(max_length=16, choices=FactorKind)
    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    session = models.CharField(max_length=32, blank=True, default="", db_default="")
    """The id of the session to which a begun one was shown; only that one completes it."""
    permitted_for = models.CharField(max_length=24, blank=True, default="", db_default="")
    """The purpose for which the proof of a begun one was shown already; empty where it comes with the first code."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=FactorKind.TOTP, confirmed_at__isnull=False),
                name="accounts_authenticator_one_totp",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=FactorKind.TOTP, confirmed_at__isnull=True),
                name="accounts_authenticator_one_begun",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"

    def __repr__(self) -> str:
        return f"<Authenticator {self.public_id} {self.kind}>"

    @property
    def seal_context(self) -> str:
        """What the sealed seed is bound to: a copy in another row does not open."""
        return f"accounts.authenticator:{self.public_id}"


class Passkey(models.Model):
    """A public-key credential (WebAuthn Level 3, section 4). Its private key never leaves the owner's device."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField()
    """COSE_Key, as the authenticator gave it."""
    sign_count = models.BigIntegerField(default=0)
    """The newest count that was seen; one that doesn't rise is a copied authenticator (section 6.1.1)."""
    transports = models.JSONField(default=list)
    aaguid = models.CharField(max_length=36, blank=True, default="")
    is_backed_up = models.BooleanField(default=False)
    name = models.CharField(max_length=PASSKEY_NAME_LENGTH_MAX)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    """When a true answer came with a count that didn't rise: two devices hold this key, so that it proves nothing more."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["credential_id"], name="accounts_passkey_credential_unique"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="accounts_passkey_count_not_negative"),
        )
        indexes = (models.Index(fields=["user"], name="accounts_passkey_by_user"),)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Passkey {self.public_id}>"


class PasskeyChallenge(models.Model):
    """A challenge of one ceremony: bound to what it is for, answered once, soon."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    """Whose passkey is asked for; nobody's where the log-in begins without a name."""
    purpose = models.CharField(max_length=32)
    context = models.CharField(max_length=200, blank=True, default="")
    session = models.CharField(max_length=32, blank=True, default="")
    challenge = models.BinaryField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="accounts_passkeychallenge_expires_later",
            ),
        )
        indexes = (models.Index(fields=["expires_at"], name="accounts_passkeychallenge_old"),)

    def __str__(self) -> str:
        return f"challenge for {self.purpose}"

    def __repr__(self) -> str:
        return f"<PasskeyChallenge {self.public_id} {self.purpose}>"


class RecoveryCode(models.Model):
    """One of the ten codes that stand in for a lost factor; only its keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "code_hash"], name="accounts_recoverycode_unique"),)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"

    def __repr__(self) -> str:
        return f"<RecoveryCode {self.pk} of {self.user_id}>"
