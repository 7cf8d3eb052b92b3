"""Who decides about deposits and networks, and with what words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.services import staff
from wallet.models.deposits import REASON_CHARACTERS_MAX
from wallet.services.deposits.errors import NotADepositOfficer
from wallet.services.withdrawals.errors import ReasonMissing

if TYPE_CHECKING:
    from accounts.models import User

ROLE = "treasury"


def require_officer(officer: User, reason: str) -> str:
    """The reason without its margins, once it is sure that a treasury officer gives one.

    Raises NotADepositOfficer, ReasonMissing.
    """
    if not staff.has_role(officer, ROLE):
        raise NotADepositOfficer
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS_MAX:
        raise ReasonMissing(characters_max=REASON_CHARACTERS_MAX)
    return reason
