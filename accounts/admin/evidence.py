"""The pages of message evidence: written by messaging, which stands below this app, and mounted here."""

from __future__ import annotations

from accounts.admin_site import site
from messaging.admin import BudgetAlarmAdmin, MessageEvidenceAdmin, ProviderStateAdmin
from messaging.models import BudgetAlarm, Message, ProviderState


def register_message_evidence() -> None:
    """Mount messaging's pages on the staff desk."""
    site.register(Message, MessageEvidenceAdmin)
    site.register(ProviderState, ProviderStateAdmin)
    site.register(BudgetAlarm, BudgetAlarmAdmin)
