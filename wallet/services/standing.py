"""Whether an account lets money out: asked of the customer as it stands now, and held until the transaction ends."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Status, User
from accounts.services import freezing
from kyc.services import entitlements


def is_good(customer: User) -> bool:
    """Whether the customer's account lets money out; a sub-account's also asks for its parent's."""
    return customer.status == Status.NORMAL and (customer.parent is None or customer.parent.status == Status.NORMAL)


def lock(*customers: User) -> list[User]:
    """The customers, with their parents, as they are now, in the order given; none is frozen before the transaction ends.

    The rows are locked in the order of their keys, whoever is named first.
    """
    wanted = {customer.pk for customer in customers} | {customer.parent_id for customer in customers if customer.parent_id}
    rows = {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")}
    for found in rows.values():
        if found.parent_id is not None and found.parent_id in rows:
            found.parent = rows[found.parent_id]
    return [rows[customer.pk] for customer in customers]


def stopped_because(customer: User, *, since: datetime) -> str:
    """Why the account lets out nothing that was asked for at that moment, or nothing.

    What was asked for before the owner froze the account stays stopped when it is open again: a thief may have asked.
    """
    if not is_good(customer):
        stopped = customer if customer.status != Status.NORMAL or customer.parent is None else customer.parent
        return f"the customer is {Status(stopped.status).label}"
    if freezing.was_frozen_since(customer, since):
        return "the customer froze the account after it was asked for"
    return ""


def lost_level_because(customer: User, act: entitlements.Act, *, words: str) -> str:
    """Why the identity level does not open the act any more, or nothing."""
    if entitlements.allowed(customer)[act]:
        return ""
    return f"the customer's identity level does not open {words} any more"
