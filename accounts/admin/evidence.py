"""The pages of message evidence: written by messaging, which stands below this app, and mounted here."""

from __future__ import annotations

from accounts.admin_site import EVERY_ROLE, RoleDoor, site
from accounts.exporting import Exporting
from messaging.admin import BudgetAlarmAdmin, MessageEvidenceAdmin, ProviderStateAdmin
from messaging.models import BudgetAlarm, Message, ProviderState


class _Messages(RoleDoor, Exporting, MessageEvidenceAdmin):
    """For every officer: there is nothing in it that a customer wrote or was told."""

    view_roles = EVERY_ROLE


class _Providers(RoleDoor, Exporting, ProviderStateAdmin):
    """For every officer."""

    view_roles = EVERY_ROLE


class _Budgets(RoleDoor, Exporting, BudgetAlarmAdmin):
    """For every officer."""

    view_roles = EVERY_ROLE


def register_message_evidence() -> None:
    """Mount messaging's pages on the staff desk."""
    site.register(Message, _Messages)
    site.register(ProviderState, _Providers)
    site.register(BudgetAlarm, _Budgets)
