"""Reading a customer's transfers: what they asked for, and what they were given."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.transfers import Transfer, TransferState

OUT, IN = "out", "in"


def of_customer(customer: User, *, direction: str | None = None) -> QuerySet[Transfer]:
    """The customer's transfers. Of those to them only what arrived: what may never arrive is the sender's own affair."""
    sent, received = Q(sender=customer), Q(receiver=customer, state=TransferState.COMPLETED)
    wanted = {OUT: sent, IN: received}.get(direction or "", sent | received)
    return Transfer.objects.filter(wanted).select_related("sender", "receiver", "coin")


def announced_to(customer: User) -> QuerySet[Transfer]:
    """Transfers to the customer that their senders have confirmed, whatever became of them.

    For dialects whose document tells receivers of what is under way; our own waits until it arrived.
    """
    rows = Transfer.objects.filter(receiver=customer, confirmed_at__isnull=False)
    return rows.select_related("sender", "receiver", "coin")


def get(*, customer: User, public_id: Any, direction: str | None = None) -> Transfer:
    """The customer's transfer of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer, direction=direction).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="transfer")
    return found


def sent(*, customer: User, public_id: Any) -> Transfer:
    """The transfer of that id which the customer asked for. Raises Absent."""
    return get(customer=customer, public_id=public_id, direction=OUT)
