"""The app of signed API keys."""

from __future__ import annotations

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    """Keys, their signatures and their nonces."""

    name = "apikeys"
    verbose_name = "API keys"
    default_auto_field = "django.db.models.BigAutoField"
