"""Claims of the desk: who takes a thing looks at it alone for a while. A claim decides nothing, and runs out by itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from config.kit.clock import now
from wallet.models.desk_claims import DeskClaim
from wallet.services import officers
from wallet.services.pairs.errors import ClaimedByAnother
from wallet.services.withdrawals.errors import NotAnOfficer

CLAIM_MINUTES = 15
"""How long a claim holds; taking it again begins anew."""


def of(subject: str) -> DeskClaim | None:
    """The claim that runs on it, or None."""
    return DeskClaim.objects.select_related("officer").filter(subject=subject, until__gt=now()).first()


def among(subjects: list[str]) -> dict[str, DeskClaim]:
    """The running claims of these, by subject."""
    found = DeskClaim.objects.select_related("officer").filter(subject__in=subjects, until__gt=now())
    return {claim.subject: claim for claim in found}


@transaction.atomic
def take(subject: str, officer: User) -> DeskClaim:
    """Take it for CLAIM_MINUTES, or go on having it. Raises NotAnOfficer, ClaimedByAnother."""
    _require_officer(officer)
    until = now() + timedelta(minutes=CLAIM_MINUTES)
    DeskClaim.objects.bulk_create([DeskClaim(subject=subject, officer=officer, until=until)], ignore_conflicts=True)
    claim = DeskClaim.objects.select_for_update(of=("self",)).select_related("officer").get(subject=subject)
    if claim.officer_id != officer.pk:
        _require_over(claim)
    claim.officer, claim.until = officer, until
    claim.save(update_fields=["officer", "until"])
    return claim


def give_back(subject: str, officer: User) -> None:
    """Let others have it. Nothing where somebody else has it. Raises NotAnOfficer."""
    _require_officer(officer)
    DeskClaim.objects.filter(subject=subject, officer=officer).update(until=now())


def elsewhere(claim: DeskClaim | None, officer: User) -> str:
    """Who else has it on the desk, as a sentence; nothing where nobody else does."""
    if claim is None or claim.officer_id == officer.pk:
        return ""
    return f"{claim.officer.get_full_name()} has this on the desk until {claim.until:%H:%M} UTC."


def require_free(subject: str, officer: User) -> None:
    """Promise that nobody else has it now. Raises ClaimedByAnother."""
    claim = of(subject)
    if claim is not None and claim.officer_id != officer.pk:
        _require_over(claim)


def _require_over(claim: DeskClaim) -> None:
    if claim.until > now():
        until = claim.until.strftime("%H:%M UTC")
        raise ClaimedByAnother(officer=claim.officer.get_full_name() or str(claim.officer), until=until)


def _require_officer(officer: User) -> None:
    if not officers.is_one(officer):
        raise NotAnOfficer
