"""The outside world of these tests: a network that says what a test tells it to say, and a signer without a key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from config.kit.clock import now
from wallet.chains.evm import EvmGateway
from wallet.chains.gateway import Asset, Block, Broadcast, BroadcastOutcome, Receipt, Reservation, Sighting, UnsignedTransaction
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal

HOT_WALLET = "0x00000000000000000000000000000000000000F0"
BLOCK_HASH = "0xb10c"
_WORDS = EvmGateway(network="ETHEREUM", coin="ETH", url="http://127.0.0.1:1", chain_id=1)


@dataclass
class Network:
    """A gateway whose chain is a script. It counts what was sent: the same bytes, or others."""

    network: str = "ETHEREUM"
    coin: str = "ETH"
    reserves: Reservation = Reservation.NONCE
    outcome: BroadcastOutcome = BroadcastOutcome.ACCEPTED
    mined: dict[str, Receipt] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    refused: set[bytes] = field(default_factory=set)
    chain_nonce: int = 0
    block_hash: str = BLOCK_HASH
    fee_ceiling: Decimal = Decimal("0.001")
    funds: dict[str, Decimal] = field(default_factory=lambda: {"ETH": Decimal(10**6), "USDT": Decimal(10**6)})
    failure: Exception | None = None

    def validate_address(self, text: str) -> str:
        return _WORDS.validate_address(text)

    def validate_recipient(self, text: str, *, asset: Asset, memo: str = "") -> str:
        return _WORDS.validate_recipient(text, asset=asset, memo=memo)

    def build(self, *, asset: Asset, sender: str, recipient: str, amount: Decimal, nonce: int, **_: Any) -> Any:
        self._fail()
        payload = json.dumps([asset.coin, sender, recipient, str(amount), nonce, 0]).encode()
        return UnsignedTransaction(payload, hashlib.sha256(payload).digest(), sender, nonce, self.fee_ceiling)

    def balance(self, address: str, *, asset: Asset) -> Decimal:
        self._fail()
        return self.funds[asset.coin]

    def next_nonce(self, address: str) -> int:
        self._fail()
        return self.chain_nonce

    def broadcast(self, raw: bytes) -> Broadcast:
        self.sent.append(raw)
        outcome = BroadcastOutcome.REFUSED if raw in self.refused else self.outcome
        return Broadcast(outcome=outcome, tx_hash=hash_of(raw), detail="scripted")

    def receipt(self, tx_hash: str) -> Receipt | None:
        self._fail()
        return self.mined.get(tx_hash)

    def block(self, height: int) -> Block | None:
        self._fail()
        return Block(height, self.block_hash, "0x0", now())

    def sighting(self, tx_hash: str) -> Sighting:
        self._fail()
        return self.sightings.get(tx_hash, Sighting.MINED if tx_hash in self.mined else Sighting.NOWHERE)

    def raised(self, payload: bytes, *, sender: str) -> UnsignedTransaction:
        self._fail()
        self.fee_ceiling += Decimal("0.001")
        *facts, nonce, fee = json.loads(payload)
        again = json.dumps([*facts, nonce, fee + 1]).encode()
        return UnsignedTransaction(again, hashlib.sha256(again).digest(), sender, nonce, self.fee_ceiling)

    def proves_absence(self, *, tx_hashes: Collection[str], **_: Any) -> bool:
        self._fail()
        return set(tx_hashes) <= self.absent

    def mine(self, tx_hash: str, *, confirmations: int = 100, succeeded: bool = True) -> None:
        """Put a transaction into a block."""
        self.mined[tx_hash] = Receipt(
            tx_hash=tx_hash, height=7, block_hash=BLOCK_HASH, confirmations=confirmations,
            succeeded=succeeded, fee=Decimal("0.00042"),
        )  # fmt: skip

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


def hash_of(raw: bytes) -> str:
    """The hash under which the scripted network knows signed bytes."""
    return "0x" + hashlib.sha256(raw).hexdigest()


def sign(withdrawal: Withdrawal, outgoing: OutgoingTransaction) -> tuple[bytes, str]:
    """Deterministic bytes for a payload, as a signer would give them."""
    raw = b"signed:" + bytes(outgoing.unsigned_payload)
    return raw, hash_of(raw)
