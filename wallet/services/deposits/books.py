"""What a deposit means in the ledger."""

from __future__ import annotations

from wallet.models.deposits import Deposit
from wallet.models.ledger import AccountKind, PostingKind
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Leg

ACTOR = "watcher"


def posting_key(deposit: Deposit) -> str:
    """The output itself: whoever posts it how often, it is one posting."""
    return f"deposit:{deposit.network.code}:{deposit.tx_hash}:{deposit.output_index}"


def credit(deposit: Deposit) -> int:
    """Book the amount from outside into the customer's available balance; the posting's id."""
    coin = deposit.coin_network.coin.code
    result = ledger.post(
        kind=PostingKind.DEPOSIT,
        scope="deposit",
        key=posting_key(deposit),
        legs=(
            Leg(AccountRef(owner=None, coin=coin, kind=AccountKind.EXTERNAL_IN), -deposit.amount),
            Leg(AccountRef(owner=deposit.receiver, coin=coin, kind=AccountKind.SPOT_AVAILABLE), deposit.amount),
        ),
        actor=ACTOR,
        reason=f"deposit {deposit.public_id}",
    )
    return result.id
