"""The app's entry in INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Floor 3: knows messaging and the kit, and none of the apps above."""

    name = "accounts"
    verbose_name = "Customers and staff"
