"""A transfer that the chain shows becomes a deposit, once."""

from __future__ import annotations

import logging
from typing import Any

from wallet.chains.gateway import IncomingTransfer
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import Deposit, DepositAddress, DepositState
from wallet.services.deposits.states import locked, move
from wallet.services.deposits.states import record as record_event

logger = logging.getLogger(__name__)


def record(transfer: IncomingTransfer, *, owner: DepositAddress, coin_network: CoinNetwork) -> None:
    """Write a transfer down as pending, in the transaction that moves the cursor over its block.

    One that was orphaned is pending again, with the facts of its new block. One that is known in another state only
    learns its new block: a deposit is never credited a second time.
    """
    output = {
        "network_id": coin_network.network_id,
        "tx_hash": transfer.tx_hash,
        "output_index": transfer.output_index,
    }
    known = Deposit.objects.filter(**output).values_list("pk", flat=True).first()
    facts: dict[str, Any] = {
        "coin_network": coin_network,
        "deposit_address": owner,
        "customer_id": owner.customer_id,
        "sender": transfer.sender,
        "amount": transfer.amount,
        "block_height": transfer.height,
        "block_hash": transfer.block_hash,
    }
    if known is None:
        deposit = Deposit.objects.create(**output, **facts)
        record_event(deposit, before="", reason=f"seen in block {transfer.height}")
        return
    deposit = locked(known)
    if deposit.state == DepositState.ORPHANED:
        move(deposit, DepositState.PENDING, reason=f"seen again in block {transfer.height}", **facts)
        return
    if deposit.state == DepositState.CREDITED and deposit.amount != transfer.amount:
        logger.critical("a credited deposit came back with another amount", extra={"deposit": deposit.public_id})
        return
    deposit.block_height, deposit.block_hash, deposit.contradicted_at = transfer.height, transfer.block_hash, None
    deposit.save(update_fields=["block_height", "block_hash", "contradicted_at"])
