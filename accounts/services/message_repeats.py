"""Messages that wait and are tried at once by an officer or an operator, with the reason in the audit log."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.services.officers import Act
from messaging.models import Message
from messaging.services import urging

ROLES = ("compliance", "treasury", "support")
"""Which officers may urge one. Auditors look and send nothing."""


def urge(*, public_id: Any, act: Act) -> Message:
    """Let a waiting message be tried now, and record it. Raises ReasonDue, NotAnOfficer, Absent, MessageEnded."""
    act.require(*ROLES)
    with transaction.atomic():
        message = urging.urge(public_id=public_id)
        subject = f"messaging.message:{message.public_id}"
        act.record(
            act="messaging.message_urged", subject=subject, facts={"template": message.template, "channel": message.channel}
        )
    return message
