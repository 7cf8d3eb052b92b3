"""The payload of a withdrawal: what an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from config.kit.money import to_text
from wallet.models.coins import CoinNetwork
from wallet.models.withdrawals import Withdrawal


def payload_hash(
    *, customer_id: int, coin_network: CoinNetwork, address: str, memo: str, amount: Decimal, fee: Decimal
) -> bytes:
    """SHA-256 (32 bytes) over customer, coin, network, address, memo, amount and fee, each parted unmistakably."""
    parts = [
        str(customer_id),
        coin_network.coin.code,
        coin_network.network.code,
        address,
        memo,
        to_text(amount),
        to_text(fee),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).digest()


def payload_hash_of(withdrawal: Withdrawal) -> bytes:
    """The hash of what the row says now."""
    return payload_hash(
        customer_id=withdrawal.customer_id,
        coin_network=withdrawal.coin_network,
        address=withdrawal.address,
        memo=withdrawal.memo,
        amount=withdrawal.amount,
        fee=withdrawal.fee,
    )
