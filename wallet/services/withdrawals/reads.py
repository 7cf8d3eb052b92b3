"""Reading a customer's withdrawals."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal
from wallet.services.travel_rule import requiring


def of_customer(customer: User) -> QuerySet[Withdrawal]:
    """The customer's withdrawals, with all that one shows of them."""
    chain = OutgoingTransaction.objects.filter(signed_bytes__isnull=False).only(
        "withdrawal_id", "tx_hash", "sendings", "confirmations", "block_number"
    )
    rows = requiring.with_state(Withdrawal.objects.filter(customer=customer))
    return rows.select_related("customer", "coin_network__coin", "coin_network__network").prefetch_related(
        Prefetch("outgoing_transactions", queryset=chain, to_attr="on_chain")
    )


def get(*, customer: User, public_id: Any) -> Withdrawal:
    """The customer's withdrawal of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="withdrawal")
    return found


def on_chain(withdrawal: Withdrawal) -> OutgoingTransaction | None:
    """The withdrawal's transaction once it was handed to the network: before that, its hash means nothing to others.

    Where its fee was raised: the one that a block holds, else the newest.
    """
    loaded: list[OutgoingTransaction] | None = getattr(withdrawal, "on_chain", None)
    if loaded is None:
        loaded = list(withdrawal.outgoing_transactions.filter(signed_bytes__isnull=False))
    sent = [each for each in loaded if each.sendings]
    return max(sent, key=lambda each: (each.block_number is not None, each.pk), default=None)
