"""What officers do at the desk for a customer's safety: freeze, thaw, sign out everywhere. Holds are `hold_desk`'s."""

from __future__ import annotations

from accounts.models import User
from accounts.services import console, freezing
from accounts.services.clients import Client
from accounts.services.officers import Act

FREEZE_ROLES = ("support", "compliance", "treasury")
"""Who may freeze: whoever could hear that a customer was robbed. It does no harm that can't be undone."""
THAW_ROLES = ("compliance",)
SIGN_OUT_ROLES = ("support", "compliance")


def freeze(*, customer: User, act: Act, client: Client) -> None:
    """See freezing.freeze_by_staff. Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, AlreadyFrozen, AccountStopped."""
    act.require(*FREEZE_ROLES)
    act.require_about(customer)
    freezing.freeze_by_staff(user=customer, by=act.by, officer=act.officer, reason=act.said, client=client)


def thaw(*, customer: User, act: Act, client: Client) -> bool:
    """See freezing.thaw_by_staff. Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, NotFrozen, FrozenByOwner."""
    act.require(*THAW_ROLES)
    act.require_about(customer)
    return freezing.thaw_by_staff(user=customer, by=act.by, officer=act.officer, reason=act.said, client=client)


def sign_out(*, customer: User, act: Act, client: Client) -> int:
    """End every session of the customer; how many. Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount."""
    return console.end_sessions(customer=customer, act=act, client=client, roles=SIGN_OUT_ROLES)
