"""Payments of Tron: unsigned bytes (`raw_data`), what they mean, and signing them. Speaks to no node.

Tron knows no nonce. A transaction is what its bytes are, names a block of the chain that it belongs to, and dies at its
expiration. So that no two payments are ever the same bytes, `timestamp`, which the network doesn't look at, holds our own
number of the payment.

Source: java-tron, protocol/core/Tron.proto and core/contract/{balance,smart}_contract.proto, Manager.validateCommon and
validateTapos; TIP-20 (TRC-20).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from eth_keys.datatypes import PrivateKey

from wallet.chains import tron_addresses, tron_wire
from wallet.chains.amounts import from_units
from wallet.chains.errors import InvalidAddress, PayloadUnreadable
from wallet.chains.gateway import Payment, SignedTransaction, UnsignedTransaction
from wallet.chains.tron_wire import Unreadable, Value

SCALE = 6
"""Of TRX: a million sun."""
TRANSFER_TYPE, TRIGGER_TYPE = 1, 31
TRANSFER_NAME = b"type.googleapis.com/protocol.TransferContract"
TRIGGER_NAME = b"type.googleapis.com/protocol.TriggerSmartContract"
TRANSFER_SELECTOR = bytes.fromhex("a9059cbb")
PLAIN_FEE_SUN = 2_000_000
"""What the network takes for a transaction beside energy, at most: its bytes, and an account for a recipient without one.

At the network's parameters of 2024: 1,000 sun for each byte (some 350), 0.1 and 1 TRX for a new account."""
PAYLOAD_BYTES_MAX = 1024
SIGNATURE_BYTES = 65
V_OFFSET = 27
MILLISECONDS = 1000
_RAW: dict[int, type[Value]] = {1: bytes, 4: bytes, 8: int, 11: bytes, 14: int, 18: int}
"""ref_block_bytes, ref_block_hash, expiration, contract, timestamp, fee_limit."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A payload taken apart."""

    reference_bytes: bytes
    """The two lowest bytes of the height of the block that it refers to."""
    reference_hash: bytes
    """Bytes 8 to 16 of that block's hash."""
    expiration: int
    """Milliseconds since 1970: from a block of this time on it can't be mined."""
    sender: str
    recipient: str
    contract: str | None
    units: int
    number: int
    fee_limit: int
    """Sun for energy, at most; 0 for a payment of TRX, which takes none."""

    @property
    def fee_ceiling(self) -> int:
        """Sun that the network can take."""
        return PLAIN_FEE_SUN + self.fee_limit

    @property
    def expires_at(self) -> datetime:
        """From then on no block takes it."""
        return datetime.fromtimestamp(self.expiration / MILLISECONDS, tz=UTC)


def reference(block_hash: str) -> tuple[bytes, bytes]:
    """How a transaction names a block: the first half of a hash of Tron is the block's height."""
    digest = bytes.fromhex(block_hash)
    return digest[6:8], digest[8:16]


def token_call(recipient: str, units: int) -> bytes:
    """The words of `transfer(address,uint256)`."""
    return TRANSFER_SELECTOR + bytes(12) + tron_addresses.to_bytes(recipient)[1:] + units.to_bytes(32, "big")


def assemble(parts: Parts) -> UnsignedTransaction:
    """Canonical bytes of a payment."""
    owner = tron_addresses.to_bytes(parts.sender)
    if parts.contract is None:
        kind, name = TRANSFER_TYPE, TRANSFER_NAME
        inner = tron_wire.write([(1, owner), (2, tron_addresses.to_bytes(parts.recipient)), (3, parts.units)])
    else:
        kind, name = TRIGGER_TYPE, TRIGGER_NAME
        call = token_call(parts.recipient, parts.units)
        inner = tron_wire.write([(1, owner), (2, tron_addresses.to_bytes(parts.contract)), (4, call)])
    contract = tron_wire.write([(1, kind), (2, tron_wire.write([(1, name), (2, inner)]))])
    payload = tron_wire.write(
        [
            (1, parts.reference_bytes),
            (4, parts.reference_hash),
            (8, parts.expiration),
            (11, contract),
            (14, parts.number + 1),
            (18, parts.fee_limit),
        ]
    )
    ceiling = from_units(parts.fee_ceiling, scale=SCALE)
    return UnsignedTransaction(payload, hashlib.sha256(payload).digest(), parts.sender, parts.number, ceiling)


def take_apart(payload: bytes) -> Parts:
    """The payload's parts, if it is a payment of ours in canonical form. Raises PayloadUnreadable."""
    try:
        parts = _take_apart(payload)
        if assemble(parts).payload != payload:
            raise Unreadable("not in canonical form")
    except (ValueError, OverflowError, InvalidAddress) as error:
        raise PayloadUnreadable from error
    return parts


def _take_apart(payload: bytes) -> Parts:
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise Unreadable("too long")
    raw = tron_wire.only(payload, _RAW)
    contract = tron_wire.read(_bytes(raw[11]))
    any_fields = tron_wire.read(tron_wire.content(contract, 2))
    inner = tron_wire.content(any_fields, 2)
    kind = tron_wire.number(contract, 1)
    if kind == TRANSFER_TYPE:
        fields = tron_wire.only(inner, {1: bytes, 2: bytes, 3: int})
        recipient, token, units = tron_addresses.to_text(_bytes(fields[2])), None, _int(fields[3])
    elif kind == TRIGGER_TYPE:
        fields = tron_wire.only(inner, {1: bytes, 2: bytes, 4: bytes})
        call = _bytes(fields[4])
        if len(call) != 68:
            raise Unreadable("another call")
        recipient, token = tron_addresses.to_text(call[16:36]), tron_addresses.to_text(_bytes(fields[2]))
        units = int.from_bytes(call[36:], "big")
    else:
        raise Unreadable("another contract")
    number, fee_limit = _int(raw[14]) - 1, _int(raw[18])
    if units <= 0 or number < 0 or (token is None) != (fee_limit == 0):
        raise Unreadable("no payment")
    if len(_bytes(raw[1])) != 2 or len(_bytes(raw[4])) != 8:
        raise Unreadable("no reference")
    sender = tron_addresses.to_text(_bytes(fields[1]))
    return Parts(_bytes(raw[1]), _bytes(raw[4]), _int(raw[8]), sender, recipient, token, units, number, fee_limit)


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise Unreadable("no bytes")
    return value


def _int(value: Value) -> int:
    if not isinstance(value, int):
        raise Unreadable("no number")
    return value


def read(payload: bytes) -> Payment:
    """What the payload would do. Anything but one payment is refused. Raises PayloadUnreadable."""
    parts = take_apart(payload)
    ceiling = from_units(parts.fee_ceiling, scale=SCALE)
    return Payment(parts.recipient, parts.contract, parts.units, parts.number, ceiling, expires_at=parts.expires_at)


def hash_of(payload: bytes) -> str:
    """The hash under which the network knows a transaction: its signature is no part of it."""
    return hashlib.sha256(payload).hexdigest()


def payload_of(raw: bytes) -> bytes:
    """What signed bytes sign. Raises PayloadUnreadable."""
    try:
        fields = tron_wire.only(raw, {1: bytes, 2: bytes})
        if len(_bytes(fields[2])) != SIGNATURE_BYTES:
            raise Unreadable("no signature")
        return _bytes(fields[1])
    except ValueError as error:
        raise PayloadUnreadable from error


class TronSigner:
    """A private key that signs payments of its own account. Signatures are deterministic (RFC 6979)."""

    def __init__(self, key: bytes) -> None:
        self._key = PrivateKey(key)
        self._address = tron_addresses.of_key(self._key.public_key.to_bytes())

    @property
    def address(self) -> str:
        """The address that the key pays from."""
        return self._address

    def read(self, payload: bytes) -> Payment:
        """What the payload would do, if this key's account pays. Raises PayloadUnreadable."""
        if take_apart(payload).sender != self._address:
            raise PayloadUnreadable
        return read(payload)

    def sign(self, payload: bytes) -> SignedTransaction:
        """Sign a payment. Raises PayloadUnreadable."""
        self.read(payload)
        signed = self._key.sign_msg_hash(hashlib.sha256(payload).digest()).to_bytes()
        signature = signed[:-1] + bytes([signed[-1] + V_OFFSET])
        return SignedTransaction(tron_wire.write([(1, payload), (2, signature)]), hash_of(payload), self._address)

    def __repr__(self) -> str:
        return f"TronSigner({self._address})"
