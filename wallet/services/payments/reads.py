"""Reading a customer's payments, and what all of them have reserved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.payments import Payment, PaymentState


def of_customer(customer: User) -> QuerySet[Payment]:
    """The customer's payments, with all that one shows of them."""
    return Payment.objects.filter(customer=customer).select_related("service", "coin")


def get(*, customer: User, public_id: Any) -> Payment:
    """The customer's payment of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="payment")
    return found


def open_reservations() -> Iterator[tuple[int, int, Decimal]]:
    """(customer id, coin id, amount) summed over the payments that are held, for the audit of the books."""
    rows = Payment.objects.filter(state=PaymentState.HELD).values_list("customer_id", "coin_id")
    yield from rows.annotate(reserved=Sum("amount")).order_by("customer_id", "coin_id").iterator()
