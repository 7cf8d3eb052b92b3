"""Taking a level away: by a compliance lead, or because a ground of it has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kyc.catalogue.reasons import LOWER, REASONS
from kyc.errors import LevelNotLower, ReasonUnknown
from kyc.models import Case
from kyc.services import cases, entitlements, vault
from messaging.services import notices

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.services.officers import Act

ROLE = "compliance_lead"


def check(*, user: User, to_level: int, act: Act) -> int:
    """Promise that `lower` would do it now; answers the highest approved level of before. Raises as there.

    That one may rest, where a document below it has run out: it would stand again with the next one.
    """
    act.require(ROLE)
    known = REASONS.get(act.said)
    if known is None or LOWER not in known.verdicts:
        raise ReasonUnknown
    act.require_about(user)
    entitlements.require_own_identity(user)
    level = entitlements.highest_approved(user)
    if not 0 <= to_level < level:
        raise LevelNotLower(level=level)
    return level


@transaction.atomic
def lower(*, user: User, to_level: int, act: Act) -> list[Case]:
    """Revoke what stands above the level, tell the customer and write it down; answers the revoked cases.

    The reason of the act is a slug of the catalogue. The customer reaches the level again by a new case.
    Raises ReasonDue, NotAnOfficer, ReasonUnknown, OwnAccount, NotACustomer, NotForSubAccounts, LevelNotLower.
    """
    vault.lock(user)
    before = check(user=user, to_level=to_level, act=act)
    revoked = revoke(user, to_level, reason=act.said, actor=act.officer)
    facts = {"from": str(before), "to": str(to_level), "customer": str(user.uid)}
    act.record(act="kyc.level_lowered", subject=f"kyc.customer:{user.uid}", facts=facts)
    return revoked


def revoke(user: User, to_level: int, *, reason: str, actor: User | None) -> list[Case]:
    """Revoke and tell, in the caller's transaction under `vault.lock`; whoever calls writes it down."""
    revoked = cases.revoke_above(user, to_level, actor=actor, reason=reason)
    facts = {"level": str(entitlements.level_of(user)), "reason": REASONS[reason].text(user.language)}
    notices.notify(user=user, template="kyc_lowered", facts=facts)
    return revoked
