"""Who may decide about customers' money on its way, and with what words."""

from __future__ import annotations

from accounts.models import User
from accounts.services import staff
from wallet.models.withdrawals import REASON_CHARACTERS_MAX
from wallet.services.withdrawals.errors import LeadDue, NotAnOfficer, ReasonMissing

ROLE = "treasury"
LEAD = "treasury_lead"
"""One of two where they give money by their word alone: adjustments, and letting go on what was stopped."""


def is_one(officer: User) -> bool:
    """Whether this is a treasury officer who may act."""
    return staff.has_role(officer, ROLE)


def has_lead(*both: User) -> bool:
    """Whether one of them is a treasury lead who may act."""
    return any(staff.has_role(one, LEAD) for one in both)


def require_lead(*both: User) -> None:
    """Promise that one of them is a treasury lead. Raises LeadDue."""
    if not has_lead(*both):
        raise LeadDue


def require(officer: User, reason: str) -> str:
    """The reason without its margins, once it is sure that a treasury officer gives one. Raises NotAnOfficer, ReasonMissing."""
    if not is_one(officer):
        raise NotAnOfficer
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS_MAX:
        raise ReasonMissing(characters_max=REASON_CHARACTERS_MAX)
    return reason
