"""Identity levels without the way to them, for tests that are about something else. The way itself is told in kyc's tests."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import RegisterType, User
from kyc.models import Case, CaseDecision, CaseState, Verdict


@transaction.atomic
def give(user: User, level: int, *, at: datetime, above: int = 0) -> None:
    """Approve each level above what there is up to this one, with the word that the database asks for from level 2."""
    for passed in range(above + 1, level + 1):
        case = Case.objects.create(user=user, level=passed, state=CaseState.APPROVED, submitted_at=at, decided_at=at)
        if passed > 1:
            said = {"verdict": Verdict.APPROVE, "seen": [], "seen_hash": bytes(32), "at": at}
            CaseDecision.objects.create(case=case, customer=user, officer=_officer(at), **said)


def _officer(at: datetime) -> User:
    facts = {"register_type": RegisterType.STAFF, "registered_at": at, "is_staff": True}
    return User.objects.create(email=f"{secrets.token_hex(8)}@example.com", **facts)
