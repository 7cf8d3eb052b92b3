"""By what an application knows a customer: stable for the one, unlike for any other, so that two can't compare."""

from __future__ import annotations

from accounts.models import User
from config.kit.crypto import keyed_hash


def subject_of(user: User, client_id: str) -> str:
    """32 hex digits."""
    return keyed_hash("accounts.oauth-subject", client_id, str(user.uid)).hex()[:32]
