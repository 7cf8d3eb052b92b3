"""Every look of an officer at what is a customer's leaves an audit record: who, what, when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit

if TYPE_CHECKING:
    from accounts.models import User


def note(officer: User, act: str, subject: str, facts: Mapping[str, str]) -> None:
    """Write the look down before anything is shown. `facts` name the customer where it is one, and hold no personal data."""
    with transaction.atomic():
        audit.record(actor=officer, actor_kind="staff", act=act, subject=subject, facts=facts)


def note_list(officer: User, what: str, *, rows: int, chosen: Mapping[str, str]) -> None:
    """The officer saw so many rows of a list of customers; `chosen` is what narrowed it."""
    said = {name: text for name, text in chosen.items() if text}
    note(officer, "kyc.list_viewed", f"{what}:list", {**said, "rows": str(rows)})
