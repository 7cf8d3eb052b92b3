"""Test messages: an officer looks at a template in their own mailbox, and the audit log says so."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import NotAnOfficer
from accounts.models import User
from accounts.services import audit, staff
from messaging.models import Message
from messaging.services import previews

ROLES = ("compliance", "treasury")
"""Who may send one. Auditors look and send nothing."""


def send(*, officer: User, name: str, language: str) -> Message:
    """Send the template to the officer's own email, and record it.

    Raises NotAnOfficer, Absent (no such template), TooManyTests.
    """
    if not staff.has_role(officer, *ROLES):
        raise NotAnOfficer(roles=", ".join(ROLES))
    with transaction.atomic():
        message = previews.send_test(officer=officer, name=name, language=language)
        audit.record(
            actor=officer,
            actor_kind="staff",
            act="messaging.template_tested",
            subject=f"messaging.template:{name}",
            facts={"language": language, "message": str(message.public_id)},
        )
    return message
