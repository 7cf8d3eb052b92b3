"""What the page of a case posts beside its verdict: readings, refused parts, lowered levels, released numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from accounts.admin_site import has_role
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError
from kyc.catalogue import asked_again
from kyc.catalogue.reasons import LOWER, REASONS, reasons_for
from kyc.errors import IdentityInvalid
from kyc.models import Case, CaseState, Level, Part
from kyc.services import contested, desk, lowering
from kyc.services.readings import Reading

REFUSE_PART = "refuse-part-"
"""Begins the name of each part's field, whose value is the reason to ask for it again."""
LOWER_LEVEL, RELEASE_NUMBER = "lower_level", "release_number"
ACTS = frozenset({LOWER_LEVEL, RELEASE_NUMBER})
"""What the buttons of these acts post as `act`."""


def read_of(request: HttpRequest) -> Reading:
    """What the officer read from the document. Raises IdentityInvalid."""
    return Reading(birthday=_day(request, "birthday"), expires_on=_day(request, "expires_on"))


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise IdentityInvalid(name=name, reason="A day is due, YYYY-MM-DD.") from None


def parts_of(request: HttpRequest) -> dict[str, str]:
    """Part → reason, of those for which a reason was chosen."""
    named = {part: request.POST.get(f"{REFUSE_PART}{part}", "") for part in Part.values}
    return {part: reason for part, reason in named.items() if reason}


def act(request: HttpRequest, case: Case, name: str) -> None:
    """Lower the level of the case's customer, or release the number; tells the officer how it went."""
    by = Act(reason=request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1], officer=_officer(request))
    try:
        if name == RELEASE_NUMBER:
            contested.release(holder=case.user, act=by)
            messages.success(request, f"Customer {case.user.uid} holds no document number any more.")
        else:
            level = request.POST.get("level", "")
            lowering.lower(user=case.user, to_level=int(level) if level in ("0", "1", "2") else -1, act=by)
            messages.success(request, f"Customer {case.user.uid} has level {level} now.")
    except DomainError as refusal:
        messages.error(request, refusal.detail)


def shown(request: HttpRequest, view: desk.CaseView) -> dict[str, Any]:
    """What the page needs for these acts."""
    case = view.case
    asks = case.waiting and case.level == Level.DOCUMENTS
    is_own = view.claim is not None and view.claim.officer_id == request.user.pk
    parts = [part for part in Part if part != Part.QUESTIONNAIRE or view.answers] if asks and is_own else []
    stands = case.state == CaseState.APPROVED and view.customer_level >= case.level
    return {
        "again": {part.value: asked_again.of_part(part) for part in parts},
        "asks_reading": asks,
        "asks_birthday": asks and view.person is not None and view.person.age_years is None,
        "refused_parts": [(Part(part).label, REASONS[why].text("en")) for part, why in case.refused_parts.items()],
        "lower_reasons": reasons_for(LOWER),
        "lower_levels": range(view.customer_level) if stands and has_role(request, lowering.ROLE) else (),
        "may_release": stands and case.level == Level.BASIC and view.customer_level == Level.BASIC,
    }


def _officer(request: HttpRequest) -> Any:
    return request.user
