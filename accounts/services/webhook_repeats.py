"""Webhooks that were given up and are sent again by an officer or an operator, with the reason in the audit log."""

from __future__ import annotations

from django.db import transaction

from accounts.services.officers import Act
from messaging.models import Webhook
from messaging.services import webhooks

ROLES = ("compliance", "treasury")
"""Which officers may send one again. Auditors look and send nothing."""


def send_again(*, public_id: int, act: Act) -> Webhook:
    """Queue a delivery that was given up, under its old id, and record it.

    Raises ReasonDue, NotAnOfficer, Absent, IllegalMove (it waits, is being sent, or was taken).
    """
    act.require(*ROLES)
    with transaction.atomic():
        webhook = webhooks.send_again(public_id=public_id)
        act.record(
            act="messaging.webhook_sent_again",
            subject=f"messaging.webhook:{webhook.public_id}",
            facts={"event": webhook.event, "endpoint": webhook.endpoint},
        )
    return webhook
