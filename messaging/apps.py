"""The app's name and place."""

from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Floor 2: knows users only as settings.AUTH_USER_MODEL."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Messages"
