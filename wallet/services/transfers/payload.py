"""The payload of a transfer: what an approval is bound to, and what the client asked for as it asked."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from config.kit import crypto
from config.kit.money import to_text
from wallet.models.transfers import Transfer


def payload_hash(*, sender_id: int, receiver_id: int, coin: str, amount: Decimal) -> bytes:
    """SHA-256 (32 bytes) over sender, receiver, coin and amount, each parted unmistakably. The remark moves no money."""
    parts = ["transfer", str(sender_id), str(receiver_id), coin, to_text(amount)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).digest()


def payload_hash_of(transfer: Transfer) -> bytes:
    """The hash of what the row says now."""
    return payload_hash(
        sender_id=transfer.sender_id,
        receiver_id=transfer.receiver_id,
        coin=transfer.coin.code,
        amount=transfer.amount,
    )


def fingerprint(*, coin: str, amount: Decimal, named: list[str], remark: str) -> bytes:
    """Keyed hash (32 bytes) of a client's body: of what `Named.counted` says of the receiver, not of who that is.

    A plain one would let phones be guessed from it.
    """
    parts = [coin, to_text(amount), named, remark]
    return crypto.keyed_hash("wallet.transfer", json.dumps(parts, separators=(",", ":")))
