"""The app's entry in INSTALLED_APPS: `config` is an app for its management commands and loads Celery with Django."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from config import observers
from config.kit.money import widen_arithmetic


class ConfigConfig(AppConfig):
    """The kit, the dialects and the roof. It has no models."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        """Make the Celery application the current one before any task is called, and arithmetic wide enough for money.

        The dialects are named here too: a middleware that refuses the first request of all speaks before any URL is read.
        """
        import config.celery
        import config.dialects.bitgin.dialect
        import config.dialects.native.dialect
        import config.dialects.spot.dialect  # noqa: F401  # all imported for what importing them does, settings ready

        widen_arithmetic()
        observers.start()
        checks.register(_desk, checks.Tags.admin)


def _desk(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """Django's checks of the desk's pages. Otherwise they are read with the URLs only, which may be later than the check."""
    from django.contrib.admin import autodiscover
    from django.contrib.admin.sites import all_sites

    autodiscover()
    return [message for site in all_sites for message in site.check(app_configs)]
