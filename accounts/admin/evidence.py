"""The page of message evidence: written by messaging, which stands below this app, and mounted here."""

from __future__ import annotations

from accounts.admin_site import site
from messaging.admin import MessageEvidenceAdmin
from messaging.models import Message


def register_message_evidence() -> None:
    """Mount messaging's page on the staff desk."""
    site.register(Message, MessageEvidenceAdmin)
