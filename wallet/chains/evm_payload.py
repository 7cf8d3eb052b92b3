"""Payments on EVM networks: unsigned bytes, what they mean, and signing them. Speaks to no node.

Source: EIP-155 and EIP-1559 (the transaction), ERC-20 (`transfer(address,uint256)`), EIP-55 (addresses).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address, to_checksum_address

from wallet.chains.amounts import from_units
from wallet.chains.errors import InvalidAddress, InvalidMemo, PayloadUnreadable
from wallet.chains.gateway import Asset, Payment, SignedTransaction, UnsignedTransaction

NATIVE_SCALE = 18
TRANSFER_SELECTOR = bytes.fromhex("a9059cbb")
PAYLOAD_BYTES_MAX = 4096
REPLACEMENT_PERCENT = 113
"""Of both former fees: the ten per cent that nodes ask for, and some more."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_FIELDS = {"chainId", "data", "gas", "maxFeePerGas", "maxPriorityFeePerGas", "nonce", "to", "type", "value"}


def checked_address(text: str, *, network: str) -> str:
    """The address with its EIP-55 checksum; one written in a single case carries none and is taken as it is.

    Raises InvalidAddress (empty, malformed, checksum, zero).
    """
    if not text:
        raise InvalidAddress(network=network, reason="empty")
    if not _ADDRESS.fullmatch(text):
        raise InvalidAddress(network=network, reason="malformed")
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise InvalidAddress(network=network, reason="checksum")
    if int(digits, 16) == 0:
        raise InvalidAddress(network=network, reason="zero")
    return str(to_checksum_address(text))


def checked_recipient(text: str, *, asset: Asset, memo: str, network: str) -> str:
    """`checked_address`, but neither the token's own contract nor with a memo. Raises InvalidAddress, InvalidMemo."""
    address = checked_address(text, network=network)
    if asset.contract is not None and address == to_checksum_address(asset.contract):
        raise InvalidAddress(network=network, reason="contract")
    if memo:
        raise InvalidMemo(network=network, reason="not_used")
    return address


def target(*, asset: Asset, recipient: str, units: int) -> dict[str, Any]:
    """`to`, `value` and `data` of a payment of the network's coin or of a token."""
    if asset.contract is None:
        return {"to": recipient, "value": units, "data": "0x"}
    content = TRANSFER_SELECTOR + bytes(12) + bytes.fromhex(recipient[2:]) + units.to_bytes(32, "big")
    return {"to": to_checksum_address(asset.contract), "value": 0, "data": "0x" + content.hex()}


def unsigned(fields: dict[str, Any], *, sender: str) -> UnsignedTransaction:
    """Canonical bytes of the transaction's fields."""
    payload = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    ceiling = from_units(fields["gas"] * fields["maxFeePerGas"], scale=NATIVE_SCALE)
    digest = hashlib.sha256(payload).digest()
    return UnsignedTransaction(payload, digest, sender, fields["nonce"], ceiling)


def read_fields(payload: bytes) -> dict[str, Any]:
    """The fields of a payload, each of the right sort, in canonical form. Raises PayloadUnreadable."""
    try:
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise ValueError("too long")
        fields = json.loads(payload)
        if set(fields) != _FIELDS or json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() != payload:
            raise ValueError("not canonical")
        numbers = [fields[name] for name in sorted(_FIELDS - {"to", "data"})]
        if any(type(number) is not int or number < 0 for number in numbers) or fields["type"] != 2:
            raise ValueError("a number is none")
        if not is_checksum_address(fields["to"]):
            raise ValueError("no address")
        bytes.fromhex(str(fields["data"]).removeprefix("0x"))
    except (ValueError, TypeError, AttributeError) as error:
        raise PayloadUnreadable from error
    return dict(fields)


def read(payload: bytes) -> Payment:
    """What the payload would do. Anything but a plain payment is refused. Raises PayloadUnreadable."""
    fields = read_fields(payload)
    content = bytes.fromhex(fields["data"].removeprefix("0x"))
    recipient, contract, units = fields["to"], None, fields["value"]
    if content:
        if len(content) != 68 or content[:4] != TRANSFER_SELECTOR or any(content[4:16]) or fields["value"]:
            raise PayloadUnreadable
        recipient, contract = to_checksum_address(content[16:36]), fields["to"]
        units = int.from_bytes(content[36:], "big")
    if units <= 0:
        raise PayloadUnreadable
    ceiling = from_units(fields["gas"] * fields["maxFeePerGas"], scale=NATIVE_SCALE)
    return Payment(recipient, contract, units, fields["nonce"], ceiling)


def raised(fields: dict[str, Any], *, fee: int, tip: int) -> dict[str, Any]:
    """The same transaction with fees per gas of at least these, in wei, and high enough for nodes to replace the former.

    Source: go-ethereum, `--txpool.pricebump` (10 % on each of the two by default).
    """
    least = {name: -(-fields[name] * REPLACEMENT_PERCENT // 100) for name in ("maxFeePerGas", "maxPriorityFeePerGas")}
    new_tip = max(tip, least["maxPriorityFeePerGas"])
    new_fee = max(fee, least["maxFeePerGas"], new_tip)
    return {**fields, "maxFeePerGas": new_fee, "maxPriorityFeePerGas": new_tip}


class EvmSigner:
    """A private key that signs payments for one chain. Signatures are deterministic (RFC 6979)."""

    def __init__(self, key: bytes, *, chain_id: int) -> None:
        self._account: LocalAccount = Account.from_key(key)
        self._chain_id = chain_id

    @property
    def address(self) -> str:
        """The checksummed address that the key pays from."""
        return str(self._account.address)

    def read(self, payload: bytes) -> Payment:
        """What the payload would do on this chain. Raises PayloadUnreadable."""
        if read_fields(payload)["chainId"] != self._chain_id:
            raise PayloadUnreadable
        return read(payload)

    def sign(self, payload: bytes) -> SignedTransaction:
        """Sign a plain payment for this chain. Raises PayloadUnreadable."""
        self.read(payload)
        signed = self._account.sign_transaction(read_fields(payload))
        return SignedTransaction(bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex(), self.address)

    def __repr__(self) -> str:
        return f"EvmSigner({self.address})"
