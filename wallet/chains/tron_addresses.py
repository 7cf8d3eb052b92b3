"""Addresses of Tron. Asks no node.

Source: Tron protocol, "Account model" (Base58Check of 0x41 and the last 20 bytes of Keccak-256 of the public key).
"""

from __future__ import annotations

import re

from embit import base58
from eth_utils.crypto import keccak

from wallet.chains.errors import InvalidAddress

PREFIX = b"\x41"
ADDRESS_BYTES = 21
_ADDRESS = re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}", re.ASCII)


def to_bytes(text: str, *, network: str = "TRON") -> bytes:
    """The 21 bytes of an address. Raises InvalidAddress (empty, malformed, checksum, wrong_network, zero)."""
    if not text:
        raise InvalidAddress(network=network, reason="empty")
    if not _ADDRESS.fullmatch(text):
        raise InvalidAddress(network=network, reason="malformed")
    try:
        content = bytes(base58.decode_check(text))
    except ValueError as error:
        raise InvalidAddress(network=network, reason="checksum") from error
    if len(content) != ADDRESS_BYTES or content[:1] != PREFIX:
        raise InvalidAddress(network=network, reason="wrong_network")
    if not any(content[1:]):
        raise InvalidAddress(network=network, reason="zero")
    return content


def to_text(content: bytes) -> str:
    """The written form of 21 bytes, or of the 20 that events and contracts' words carry."""
    whole = content if len(content) == ADDRESS_BYTES else PREFIX + content
    if len(whole) != ADDRESS_BYTES or whole[:1] != PREFIX:
        raise ValueError("no address of Tron")
    return str(base58.encode_check(whole))


def of_key(public_key: bytes) -> str:
    """The address of an uncompressed public key: 64 bytes without the leading 0x04."""
    return to_text(PREFIX + keccak(public_key)[-20:])
