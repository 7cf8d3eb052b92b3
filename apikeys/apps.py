"""Signed API keys."""

from __future__ import annotations

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    """The app of signed API keys."""

    name = "apikeys"
