"""The one door to a chain, whatever the chain.

A :class:`Gateway` knows how one network speaks; it holds no key, keeps no state and reads no table.
Amounts are ``Decimal`` in the coin's own unit, heights are block numbers, hashes are text as the
network's explorers print them. Every call has a time limit. Calls that read raise
:class:`~wallet.chains.errors.ChainUnavailable` when the node is silent, late or makes no sense;
:meth:`Gateway.broadcast` never raises for that reason: not knowing is one of its four answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

NATIVE_OUTPUT = -1
"""``output_index`` of a transfer of the network's own coin on account-based networks.

Token transfers count their event's place inside their transaction from 0, so the two never meet.
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """One coin as one network carries it."""

    coin: str
    scale: int
    """Decimals on the chain (18 for ether, 6 for USDT)."""
    contract: str | None = None
    """Checksummed address of the token's contract; None for the network's own coin."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the canonical chain at the time of asking."""

    height: int
    hash: str
    parent_hash: str
    mined_at: datetime


@dataclass(frozen=True, slots=True)
class IncomingTransfer:
    """A successful transfer to one of the addresses that were asked about."""

    asset: Asset
    recipient: str
    sender: str
    amount: Decimal
    tx_hash: str
    output_index: int
    height: int
    block_hash: str


class Reservation(StrEnum):
    """What a payment takes from its wallet, so that no other payment can have it."""

    NONCE = "nonce"
    """The account's next number: payments are mined in its order, without gaps."""
    OUTPUTS = "outputs"
    """Unspent outputs; the number only names the set of them."""
    NUMBER = "number"
    """Nothing that the network knows: a transaction is made unique by its contents and dies by itself."""


@dataclass(frozen=True, slots=True)
class Output:
    """An unspent output of the paying wallet."""

    tx_hash: str
    index: int
    amount: Decimal
    """Of the network's own coin."""


class BroadcastOutcome(StrEnum):
    """What a node said when it was handed signed bytes."""

    ACCEPTED = "accepted"
    ALREADY_KNOWN = "already_known"
    """The same bytes are waiting or mined already: as good as accepted."""
    REFUSED = "refused"
    """The node read the bytes and turned them down (wrong nonce, no funds, fee too low).

    That node will not pass them on. It proves nothing about bytes that were sent before."""
    UNKNOWN = "unknown"
    """No clear answer. The bytes may be on their way: only the same bytes may be sent again."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Answer to one broadcast. ``detail`` is for staff, never for customers."""

    outcome: BroadcastOutcome
    tx_hash: str
    detail: str = ""


class Sighting(StrEnum):
    """Where a transaction was seen."""

    MINED = "mined"
    WAITING = "waiting"
    NOWHERE = "nowhere"
    """The node does not know it. No proof: another node may, and anyone holding the bytes can resend."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction."""

    tx_hash: str
    height: int
    block_hash: str
    confirmations: int
    """1 in the block just mined."""
    succeeded: bool
    """False: mined and reverted. The fee is gone, the amount is not."""
    fee: Decimal
    """Paid to the network, in its own coin."""


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """A payment ready to be signed: store it before a signer sees it."""

    payload: bytes
    """Canonical: the same arguments and fees give the same bytes."""
    payload_hash: bytes
    """SHA-256 of ``payload``, 32 bytes."""
    sender: str
    nonce: int
    fee_ceiling: Decimal
    """The most the network can take for it, in its own coin."""
    inputs: tuple[Output, ...] = ()
    """The outputs that it spends; none on account-based networks."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What an unsigned payload would do, read back from its bytes alone."""

    recipient: str
    contract: str | None
    units: int
    """Amount in the smallest unit on the chain."""
    nonce: int | None
    """None where the network knows none."""
    fee_ceiling: Decimal
    inputs: tuple[tuple[str, int], ...] = ()
    """Hash and index of each output that it spends."""
    expires_at: datetime | None = None
    """From then on no block takes it; None where a transaction never dies by itself."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """Bytes to store first and broadcast later. Signing the same payload again gives the same bytes."""

    raw: bytes
    tx_hash: str
    sender: str


AddressFilter = Callable[[Collection[str]], Collection[str]]
"""Given candidate recipients (as the gateway writes addresses), answers those that are ours."""


@runtime_checkable
class Gateway(Protocol):
    """One network."""

    @property
    def network(self) -> str:
        """Code of the network (``Network.code``)."""

    @property
    def coin(self) -> str:
        """Code of the network's own coin, which pays its fees."""

    @property
    def reserves(self) -> Reservation:
        """What a payment takes from its wallet."""

    def validate_address(self, text: str) -> str:
        """Give the address in its one written form.

        Whether it is one of our own is for the caller to ask.

        Raises InvalidAddress (empty, malformed, checksum, zero).
        """

    def validate_recipient(self, text: str, *, asset: Asset, memo: str = "") -> str:
        """``validate_address``, and also refuse the token's contract itself and a memo that does not fit.

        Raises InvalidAddress, InvalidMemo.
        """

    def height(self) -> int:
        """Number of the newest block. Raises ChainUnavailable."""

    def block(self, height: int) -> Block | None:
        """The canonical block of that height; None where there is none. Raises ChainUnavailable."""

    def transfers(self, block: Block, *, assets: Sequence[Asset], ours: AddressFilter) -> tuple[IncomingTransfer, ...]:
        """Successful transfers of these assets in exactly this block to addresses that are ours.

        Raises ChainUnavailable, also when the block is no longer known.
        """

    def build(
        self,
        *,
        asset: Asset,
        sender: str,
        recipient: str,
        amount: Decimal,
        nonce: int,
        memo: str = "",
        spendable: Sequence[Output] = (),
    ) -> UnsignedTransaction:
        """Price and assemble a payment, out of the spendable outputs where there are such. Sends nothing, reserves nothing.

        Raises ChainUnavailable, InvalidAddress, InvalidMemo, AmountNotPayable (finer than the chain's
        scale or not positive), PaymentWouldFail (a trial run reverts).
        """

    def raised(self, payload: bytes, *, sender: str) -> UnsignedTransaction:
        """The same payment with the same nonce, or out of the same outputs, at a fee for which nodes replace the former.

        Only one of the two can ever be mined. Raises ChainUnavailable, PayloadUnreadable, FeeNotRaisable.
        """

    def read(self, payload: bytes) -> Payment:
        """Say what a payload would do. Needs no node. Raises PayloadUnreadable."""

    def broadcast(self, raw: bytes) -> Broadcast:
        """Hand signed bytes to the network. Safe to repeat with the same bytes. Never raises."""

    def receipt(self, tx_hash: str) -> Receipt | None:
        """The mined transaction, or None when it is not (or no longer) in a block.

        Raises ChainUnavailable.
        """

    def sighting(self, tx_hash: str) -> Sighting:
        """Where the node sees the transaction now. Raises ChainUnavailable."""

    def proves_absence(
        self, *, payload: bytes, sender: str, tx_hashes: Collection[str], since: datetime, confirmations: int
    ) -> bool:
        """True only when none of these transactions, all of one payment, can ever be mined any more.

        That is: a transaction that is none of them has used their nonce or one of their outputs, or their time is over,
        ``confirmations`` blocks deep, and they are in no block since that moment. Silence is no proof.
        Raises ChainUnavailable, PayloadUnreadable.
        """

    def next_nonce(self, address: str) -> int:
        """First nonce that neither a mined nor a waiting transaction uses; 0 where the network knows none.

        Raises ChainUnavailable.
        """

    def spendable(self, address: str) -> tuple[Output, ...]:
        """Confirmed unspent outputs of an address; none on account-based networks. Raises ChainUnavailable."""

    def balance(self, address: str, *, asset: Asset) -> Decimal:
        """Balance at the newest block. Raises ChainUnavailable, InvalidAddress."""


class TransactionSigner(Protocol):
    """Holds one private key. Lives in the signer process only."""

    @property
    def address(self) -> str:
        """The address that the key pays from."""

    def read(self, payload: bytes) -> Payment:
        """Say what a payload would do, if it is one of this key's chain. Raises PayloadUnreadable."""

    def sign(self, payload: bytes) -> SignedTransaction:
        """Sign a payload of :meth:`Gateway.build`. Deterministic. Raises PayloadUnreadable."""
