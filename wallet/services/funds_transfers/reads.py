"""Reading a customer's transfers between wallets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.funds_transfers import FundsTransfer


def of_customer(customer: User) -> QuerySet[FundsTransfer]:
    """The customer's transfers between wallets, with all that one shows of them."""
    return FundsTransfer.objects.filter(customer=customer).select_related("coin")


def get(*, customer: User, public_id: Any) -> FundsTransfer:
    """The customer's transfer of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="transfer")
    return found
