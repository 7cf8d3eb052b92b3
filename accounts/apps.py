"""The app's entry in INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Floor 3: knows messaging and the kit, and none of the apps above."""

    name = "accounts"
    verbose_name = "Customers and staff"

    def ready(self) -> None:
        """Register what a monitor reads; models must be loaded first."""
        from accounts.services import gauges

        gauges.register_all()
