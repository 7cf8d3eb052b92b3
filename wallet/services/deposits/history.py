"""Deposits as customers and staff read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from wallet.models.deposits import Deposit, WatcherCursor

if TYPE_CHECKING:
    from accounts.models import User


def of_customer(customer: User, *, coin: str = "", state: str = "") -> QuerySet[Deposit]:
    """The customer's deposits with their `confirmations` so far, those of the coin and state where these are given."""
    own = Q(customer=customer, credited_to__isnull=True) | Q(credited_to=customer)
    found = with_confirmations(Deposit.objects.filter(own))
    if coin:
        found = found.filter(coin_network__coin__code=coin)
    if state:
        found = found.filter(state=state)
    return found


def depth_of(deposit: Deposit) -> str:
    """Its confirmations so far, of those its coin asks for."""
    found: Any = with_confirmations(Deposit.objects.filter(pk=deposit.pk)).get()
    return f"{found.confirmations} of {found.coin_network.confirmations}"


def with_confirmations(deposits: QuerySet[Deposit]) -> QuerySet[Deposit]:
    """The same deposits, each with `confirmations`: blocks read from its own on, its own included."""
    read = WatcherCursor.objects.filter(network_id=OuterRef("network_id")).values("height")
    counted = Greatest(Coalesce(Subquery(read), Value(0)) - F("block_height") + 1, Value(0))
    return deposits.select_related("coin_network__coin", "network", "deposit_address").annotate(confirmations=counted)
