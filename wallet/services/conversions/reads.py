"""Reading a customer's conversions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.conversions import Conversion


def of_customer(customer: User) -> QuerySet[Conversion]:
    """The customer's conversions, with all that one shows of them."""
    return Conversion.objects.filter(customer=customer).select_related("quote__source_coin", "quote__target_coin")


def get(*, customer: User, public_id: Any) -> Conversion:
    """The customer's conversion of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="conversion")
    return found
