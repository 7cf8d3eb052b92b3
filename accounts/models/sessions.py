"""Sessions of customers and the devices that they are known to use."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.ids import PublicIdField


class Level(models.TextChoices):
    """What a session has shown, weakest first."""

    PRE2FA = "pre2fa", "password shown, second factor due"
    LOW = "low", "signed in, account not activated"
    FULL = "full", "signed in"


class EndCause(models.TextChoices):
    """Why a session ended before its time."""

    LOGOUT = "logout", "logged out"
    REVOKED = "revoked", "revoked by the customer"
    LOGOUT_ALL = "logout_all", "logged out everywhere"
    FACTOR_CHANGED = "factor_changed", "second factor changed"
    PASSWORD_CHANGED = "password_changed", "password changed"
    CONTACT_CHANGED = "contact_changed", "email or phone changed"
    RECOVERED = "recovered", "account recovered"
    FROZEN = "frozen", "account frozen"
    ELSEWHERE = "elsewhere", "signed in on another device"
    TOKEN_REUSED = "token_reused", "a spent app token was shown"
    PARENT = "parent", "ended by the parent account"
    STATUS = "status", "account stopped"
    SUPERSEDED = "superseded", "too many sessions"


class Due(models.TextChoices):
    """What a `pre2fa` session still has to show; a dialect can tell them apart."""

    SECOND_FACTOR = "second_factor", "second factor"
    OTHER_PLACE = "other_place", "code, because the place is new"
    BOTH = "both", "both"
    PASSWORD = "password", "password, after a code"


class CodeWay(models.TextChoices):
    """By which way a code came."""

    EMAIL = "email", "email"
    PHONE = "phone", "phone"


class SignedInBy(models.TextChoices):
    """What opened a session."""

    PASSWORD = "password", "password"
    CODE = "code", "code sent to email or phone"
    PASSKEY = "passkey", "passkey"
    APP_TOKEN = "app_token", "token of a signed-in app"
    REGISTRATION = "registration", "registration"


class Session(models.Model):
    """An opaque 256-bit token, of which only the SHA-256 is kept."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.BinaryField(max_length=32)
    level = models.CharField(max_length=8, choices=Level)
    due = models.CharField(max_length=16, choices=Due, blank=True, default="", db_default="")
    """Empty on a `pre2fa` session means the second factor: so it was written before there was a choice."""
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    shown = models.CharField(max_length=8, choices=CodeWay, blank=True, default="", db_default="")
    """By which way the code came that was the first proof, while the password is due; else empty."""
    fresh_until = models.DateTimeField(null=True, blank=True)
    """Until when acts that ask for a fresh sign-in are open."""
    ended_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=24, choices=EndCause, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)
    place = models.CharField(max_length=8, blank=True, default="")
    """The ISO country of the address at sign-in, empty where unknown."""
    city = models.CharField(max_length=64, blank=True, default="", db_default="")
    """As the configured GeoIP database names it, empty without one."""
    signed_in_by = models.CharField(
        max_length=16, choices=SignedInBy, default=SignedInBy.PASSWORD, db_default=SignedInBy.PASSWORD
    )
    app_token_family = models.UUIDField(null=True, blank=True)
    """The family of the app token that opened it: the session ends with the family."""
    device = models.CharField(max_length=64, blank=True, default="")
    os = models.CharField("operating system", max_length=64, blank=True, default="", db_default="")
    browser = models.CharField(max_length=64, blank=True, default="")
    user_agent = models.CharField(max_length=512, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_session_token_unique"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="accounts_session_level_known"),
            models.CheckConstraint(
                condition=Q(due__in=["", *Due.values]),
                name="accounts_session_due_known",
            ),
            models.CheckConstraint(
                condition=Q(due="password", shown__in=CodeWay.values) | ~Q(due="password") & Q(shown=""),
                name="accounts_session_password_after_code",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_session_expires_later",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="") | Q(ended_at__isnull=False) & ~Q(end_cause=""),
                name="accounts_session_end_has_cause",
            ),
        )
        indexes = (
            models.Index(
                fields=["user", "-id"],
                condition=Q(ended_at__isnull=True),
                name="accounts_session_open",
            ),
        )

    def __str__(self) -> str:
        return f"session {self.public_id}"

    def __repr__(self) -> str:
        return f"<Session {self.public_id} {self.level}>"


class KnownDevice(models.Model):
    """A device that once completed a sign-in; it keeps a token, we keep its SHA-256.

    Guesses of strangers lock a name for everybody but the devices that its owner is known to use.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    network = models.CharField(max_length=43, blank=True, default="", db_default="")
    """The /24 (IPv6: /56) from which it signed in last."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token_hash"], name="accounts_knowndevice_token_unique"),)

    def __str__(self) -> str:
        return f"device {self.pk} of {self.user_id}"

    def __repr__(self) -> str:
        return f"<KnownDevice {self.pk}>"
