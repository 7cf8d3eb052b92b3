"""Passwords: Argon2id over each wire form that the customer can use."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Form(models.TextChoices):
    """In what shape a dialect sends the password. One row per form; each is hashed on its own."""

    PLAIN = "plain", "plain text"
    MD5 = "md5", "MD5 of the text, hex"
    MD5_SALTED = "md5_salted", "MD5 of the text and a public salt, hex"
    SHA256 = "sha256", "SHA-256 of the text, hex"


class Kind(models.TextChoices):
    """What the password opens."""

    LOGIN = "login", "log-in password"
    TRADE = "trade", "trade password"


class PasswordForm(models.Model):
    """One wire form of one user's password, encoded by Argon2id with its own salt and parameters."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="password_forms",
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LOGIN, db_default=Kind.LOGIN)
    form = models.CharField(max_length=16, choices=Form)
    encoded = models.CharField(max_length=256)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "kind", "form"], name="accounts_passwordform_one_per_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values, form__in=Form.values),
                name="accounts_passwordform_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} password of {self.user_id} as {self.form}"

    def __repr__(self) -> str:
        return f"<PasswordForm {self.kind} {self.form} of {self.user_id}>"
