"""Opening and moving cases. Nobody else writes a case's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.kit import clock
from kyc.models import Case, CaseEvent, CaseState, Level
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


def any_approved(user: User) -> bool:
    """Whether any case of the customer is approved: a level rests on the typed data, or would with the ones below it."""
    return Case.objects.filter(user_id=user.pk, state=CaseState.APPROVED).exists()


def proven(user: User) -> bool:
    """Whether documents have ever been approved for the customer, revoked since or not."""
    decided = (CaseState.APPROVED, CaseState.REVOKED)
    return Case.objects.filter(user_id=user.pk, level=Level.DOCUMENTS, state__in=decided).exists()


def grant_below(case: Case, *, officer: User) -> None:
    """Approve level 1 with a one-step case that is being approved and stands for both. Under `vault.lock`."""
    if case.programme != Programme.ONE_STEP or approved(case.user, Level.BASIC):
        return
    basic = open_or_new(case.user, Level.BASIC)
    basic.programme, basic.country = Programme.ONE_STEP, case.country
    basic.save(update_fields=["programme", "country"])
    move(basic, CaseState.SUBMITTED, actor=case.user)
    move(basic, CaseState.APPROVED, actor=officer, reason="one_step")


def revoke_above(user: User, level: int, *, actor: User | None, reason: str) -> list[Case]:
    """Revoke each approved case above the level; answers them. Under `vault.lock`."""
    standing = Case.objects.select_for_update().filter(user_id=user.pk, state=CaseState.APPROVED, level__gt=level)
    revoked = list(standing.order_by("pk"))
    for case in revoked:
        move(case, CaseState.REVOKED, actor=actor, reason=reason)
    return revoked


def move(case: Case, to: str, *, actor: User | None, reason: str = "") -> None:
    """Move the locked case and write down who, when and why. Raises IllegalMove."""
    CASE_FLOW.check(case.state, to)
    before, case.state = case.state, to
    now = clock.now()
    if to in WAITING:
        case.submitted_at = now
    if to in ENDED and case.decided_at is None:
        case.decided_at = now
    case.save(update_fields=["state", "submitted_at", "decided_at"])
    CaseEvent.objects.create(case=case, from_state=before, to_state=to, actor=actor, reason=reason, at=now)
    bank_cases.follow(case, to=to, actor=actor, reason=reason)
    case_news.spread(case)
