"""The app's entry in INSTALLED_APPS: `config` is an app for its management commands and loads Celery with Django."""

from __future__ import annotations

from django.apps import AppConfig

from config.kit.money import widen_arithmetic


class ConfigConfig(AppConfig):
    """The kit, the dialects and the roof. It has no models."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        """Make the Celery application the current one before any task is called, and arithmetic wide enough for money."""
        import config.celery  # noqa: F401  # imported for what importing it does; it needs the settings to be ready

        widen_arithmetic()
