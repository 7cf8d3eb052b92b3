"""Reading a customer's fiat withdrawals, and what all of them have reserved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.fiat_withdrawals import NOT_HELD, FiatWithdrawal


def of_customer(customer: User) -> QuerySet[FiatWithdrawal]:
    """The customer's fiat withdrawals, with all that one shows of them."""
    return FiatWithdrawal.objects.filter(customer=customer).select_related("customer", "coin_network__coin", "paid_line")


def get(*, customer: User, public_id: Any) -> FiatWithdrawal:
    """The customer's fiat withdrawal of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="fiat withdrawal")
    return found


def open_reservations() -> Iterator[tuple[int, int, Decimal]]:
    """(customer id, coin id, amount + fee) summed over those that hold money, for the audit of the books."""
    rows = FiatWithdrawal.objects.exclude(state__in=NOT_HELD).values_list("customer_id", "coin_network__coin_id")
    yield from rows.annotate(reserved=Sum(F("amount") + F("fee"))).order_by("customer_id", "coin_network__coin_id").iterator()
