"""What officers carry away from the desk as files: how much of it at once, and the record of who took what."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.services import audit

ROWS_MAX = 10_000
"""Rows of one file. Who wants more says which of them, by the list's filters."""


@transaction.atomic
def note(*, officer: User, page: str, rows: int, chosen: Mapping[str, str]) -> None:
    """Write down, before the first line leaves, that the officer takes so many rows of a page; `chosen` is what narrowed it."""
    facts = {"rows": str(rows), **{f"by_{name}": text for name, text in chosen.items() if text}}
    audit.record(actor=officer, actor_kind="staff", act="desk.exported", subject=f"{page}:list", facts=facts)
