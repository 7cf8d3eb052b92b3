"""The app's name and place."""

from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Floor 2: knows users only as settings.AUTH_USER_MODEL."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Register what a monitor reads; models must be loaded first."""
        from messaging.services import gauges

        gauges.register_all()
