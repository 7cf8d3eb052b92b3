"""Opening and moving cases. Nobody else writes a case's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.kit import clock
from kyc.models import Case, CaseEvent, CaseState
from kyc.models.cases import CASE_FLOW, ENDED, WAITING, Programme
from kyc.services import bank_cases, case_news

if TYPE_CHECKING:
    from accounts.models import User


def open_case(user: User, level: int) -> Case | None:
    """The customer's case for the level that has not ended, locked; None where there is none. Under `vault.lock`."""
    return Case.objects.select_for_update().filter(user_id=user.pk, level=level).exclude(state__in=ENDED).first()


def open_or_new(user: User, level: int, *, country: str = "") -> Case:
    """The customer's open case for the level, or a new draft. Under `vault.lock`."""
    found = open_case(user, level)
    if found is not None:
        return found
    case = Case.objects.create(user_id=user.pk, level=level, country=country, programme=Programme.STANDARD)
    CaseEvent.objects.create(case=case, from_state="", to_state=case.state, actor_id=user.pk)
    return case


def approved(user: User, level: int) -> bool:
    """Whether the customer has an approved case for the level."""
    return Case.objects.filter(user_id=user.pk, level=level, state=CaseState.APPROVED).exists()


def move(case: Case, to: str, *, actor: User | None, reason: str = "") -> None:
    """Move the locked case and write down who, when and why. Raises IllegalMove."""
    CASE_FLOW.check(case.state, to)
    before, case.state = case.state, to
    now = clock.now()
    if to in WAITING:
        case.submitted_at = now
    if to in ENDED:
        case.decided_at = now
    case.save(update_fields=["state", "submitted_at", "decided_at"])
    CaseEvent.objects.create(case=case, from_state=before, to_state=to, actor=actor, reason=reason, at=now)
    bank_cases.follow(case, to=to, actor=actor, reason=reason)
    case_news.spread(case)
