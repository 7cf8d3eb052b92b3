"""Passwords: Argon2id over each wire form that the customer can use."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Form(models.TextChoices):
    """In what shape a dialect sends the password. One row per form; each is hashed on its own."""

    PLAIN = "plain", "plain text"


class PasswordForm(models.Model):
    """One wire form of one user's password, encoded by Argon2id with its own salt and parameters."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="password_forms",
    )
    form = models.CharField(max_length=16, choices=Form)
    encoded = models.CharField(max_length=256)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "form"], name="accounts_passwordform_unique"),)

    def __str__(self) -> str:
        return f"{self.form} form of {self.user_id}"

    def __repr__(self) -> str:
        return f"<PasswordForm {self.form} of {self.user_id}>"
