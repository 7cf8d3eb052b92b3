"""The app of signed API keys."""

from __future__ import annotations

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    """Keys, their signatures and their nonces."""

    name = "apikeys"
    verbose_name = "API keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let a monitor see how many keys are in which state."""
        from apikeys.models import KEY_FLOW, ApiKey
        from config.kit import gauges

        gauges.follow(KEY_FLOW, ApiKey)
