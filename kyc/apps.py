"""The app of the identity checks."""

from __future__ import annotations

from django.apps import AppConfig


class KycConfig(AppConfig):
    """Identity checks."""

    name = "kyc"
    verbose_name = "Identity checks"

    def ready(self) -> None:
        """Register the storage check, and who tells of identity levels."""
        from accounts.services import standing
        from kyc import checks  # noqa: F401  # registers itself; models must be loaded first
        from kyc.services import overview

        standing.tell("kyc", overview.standing)

        from kyc.services import gauges

        gauges.register_all()
