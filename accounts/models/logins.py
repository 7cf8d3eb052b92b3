"""The customer's log of sign-ins and what else touched the account's safety."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit.ids import PublicIdField


class LoginAct(models.TextChoices):
    """What happened."""

    REGISTERED = "registered", "registered"
    LOGIN = "login", "logged in"
    LOGIN_FAILED = "login_failed", "wrong password"
    SECOND_FACTOR_FAILED = "second_factor_failed", "wrong second factor"
    LOGOUT = "logout", "logged out"
    LOGOUT_ALL = "logout_all", "logged out everywhere"
    SESSION_REVOKED = "session_revoked", "session revoked"
    TOTP_BOUND = "totp_bound", "authenticator bound"
    TOTP_UNBOUND = "totp_unbound", "authenticator removed"


class LoginRecord(models.Model):
    """One line of the log. Attempts on unknown names leave none: there is nobody to show them to."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_records")
    act = models.CharField(max_length=32, choices=LoginAct)
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    place = models.CharField(max_length=8, blank=True, default="")
    device = models.CharField(max_length=64, blank=True, default="")
    browser = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["user", "-id"], name="accounts_loginrecord_by_user"),)

    def __str__(self) -> str:
        return f"{self.act} at {self.at:%Y-%m-%d %H:%M}"
