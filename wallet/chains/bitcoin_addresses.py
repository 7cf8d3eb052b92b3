"""Addresses of Bitcoin and its kin: their one written form, their script, and what is none. Asks no node.

Source: BIP-13 and Base58Check (pay to key hash, pay to script hash), BIP-141, BIP-173 and BIP-350 (segregated witness,
bech32 and bech32m), BIP-341 (taproot); Elements `blech32` (confidential addresses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from embit import base58, bech32, script
from embit.liquid import blech32

from wallet.chains.errors import InvalidAddress

ADDRESS_CHARACTERS_MAX = 128
HASH_BYTES = 20
WITNESS_BYTES = {0: (20, 32), 1: (32,)}
"""Witness versions that wallets can spend from today, and the lengths of their programs. Money that is sent to a later
version belongs to whoever comes first."""
BLINDING_BYTES = 33


@dataclass(frozen=True, slots=True)
class Chain:
    """How a chain writes its addresses."""

    name: str
    """As its nodes name it (`getblockchaininfo`)."""
    witness_prefix: str
    key_hash: bytes
    script_hash: bytes
    confidential_prefix: str = ""
    confidential: bytes = b""
    """Version byte before that of the blinded address; only where amounts can be hidden."""
    extended_keys: tuple[bytes, ...] = ()
    """Versions of extended public keys of the chain (xpub, ypub, zpub; SLIP-132)."""


_MAIN_KEYS = (b"\x04\x88\xb2\x1e", b"\x04\x9d\x7c\xb2", b"\x04\xb2\x47\x46")
_TEST_KEYS = (b"\x04\x35\x87\xcf", b"\x04\x4a\x52\x62", b"\x04\x5f\x1c\xf6")
CHAINS: Mapping[str, Chain] = MappingProxyType(
    {
        chain.name: chain
        for chain in (
            Chain("main", "bc", b"\x00", b"\x05", extended_keys=_MAIN_KEYS),
            Chain("test", "tb", b"\x6f", b"\xc4", extended_keys=_TEST_KEYS),
            Chain("signet", "tb", b"\x6f", b"\xc4", extended_keys=_TEST_KEYS),
            Chain("regtest", "bcrt", b"\x6f", b"\xc4", extended_keys=_TEST_KEYS),
            Chain("liquidv1", "ex", b"\x39", b"\x27", "lq", b"\x0c", extended_keys=_MAIN_KEYS),
            Chain("liquidregtest", "ert", b"\x6f", b"\x4b", "el", b"\x04", extended_keys=_TEST_KEYS),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was read."""

    text: str
    """Its one written form."""
    script: bytes
    """What an output that pays to it says (scriptPubKey)."""
    is_confidential: bool = False


def read(text: str, *, chain: Chain, network: str) -> Address:
    """The address. Raises InvalidAddress (empty, malformed, checksum, wrong_network, unsupported)."""
    if not text:
        raise InvalidAddress(network=network, reason="empty")
    if len(text) > ADDRESS_CHARACTERS_MAX or not text.isascii() or not text.isalnum():
        raise InvalidAddress(network=network, reason="malformed")
    prefix = text.rpartition("1")[0].lower()
    if prefix in _witness_prefixes():
        return _read_witness(text, prefix, chain, network)
    if prefix in _confidential_prefixes():
        return _read_blinded_witness(text, prefix, chain, network)
    return _read_hash(text, chain, network)


def _witness_prefixes() -> set[str]:
    return {chain.witness_prefix for chain in CHAINS.values()}


def _confidential_prefixes() -> set[str]:
    return {chain.confidential_prefix for chain in CHAINS.values()} - {""}


def _read_witness(text: str, prefix: str, chain: Chain, network: str) -> Address:
    if text not in (text.lower(), text.upper()):
        raise InvalidAddress(network=network, reason="malformed")
    _, found, _ = bech32.bech32_decode(text)
    version, program = bech32.decode(prefix, text.lower())
    if found is None or version is None:
        raise InvalidAddress(network=network, reason="checksum")
    if prefix != chain.witness_prefix:
        raise InvalidAddress(network=network, reason="wrong_network")
    return Address(text.lower(), _witness_script(version, bytes(program), network))


def _read_blinded_witness(text: str, prefix: str, chain: Chain, network: str) -> Address:
    if text not in (text.lower(), text.upper()):
        raise InvalidAddress(network=network, reason="malformed")
    version, program = blech32.decode(prefix, text.lower())
    if version is None or len(program) <= BLINDING_BYTES:
        raise InvalidAddress(network=network, reason="checksum")
    if prefix != chain.confidential_prefix:
        raise InvalidAddress(network=network, reason="wrong_network")
    pays_to = _witness_script(version, bytes(program)[BLINDING_BYTES:], network)
    return Address(text.lower(), pays_to, is_confidential=True)


def _witness_script(version: int, program: bytes, network: str) -> bytes:
    if len(program) not in WITNESS_BYTES.get(version, ()):
        raise InvalidAddress(network=network, reason="unsupported")
    return bytes([0x50 + version if version else 0, len(program)]) + program


def _read_hash(text: str, chain: Chain, network: str) -> Address:
    try:
        whole = base58.decode(text)
    except ValueError as error:
        raise InvalidAddress(network=network, reason="malformed") from error
    if len(whole) not in (25, 25 + 1 + BLINDING_BYTES):
        raise InvalidAddress(network=network, reason="malformed")
    try:
        content = base58.decode_check(text)
    except ValueError as error:
        raise InvalidAddress(network=network, reason="checksum") from error
    if base58.encode_check(content) != text:
        raise InvalidAddress(network=network, reason="malformed")
    blinded = len(content) > 1 + HASH_BYTES
    if blinded and (not chain.confidential or content[:1] != chain.confidential):
        raise InvalidAddress(network=network, reason="wrong_network")
    version, digest = (content[1:2], content[-HASH_BYTES:]) if blinded else (content[:1], content[1:])
    if version == chain.key_hash:
        return Address(text, b"\x76\xa9\x14" + digest + b"\x88\xac", is_confidential=blinded)
    if version == chain.script_hash:
        return Address(text, b"\xa9\x14" + digest + b"\x87", is_confidential=blinded)
    raise InvalidAddress(network=network, reason="wrong_network")


def of_key(public_key: bytes, *, chain: Chain, purpose: int) -> str:
    """The address of a compressed public key: P2PKH for BIP-44, P2SH-P2WPKH for BIP-49, P2WPKH for BIP-84."""
    digest = script.hashes.hash160(public_key)
    if purpose == 44:
        return str(base58.encode_check(chain.key_hash + digest))
    if purpose == 49:
        return str(base58.encode_check(chain.script_hash + script.hashes.hash160(b"\x00\x14" + digest)))
    return str(bech32.encode(chain.witness_prefix, 0, digest))


def of_script(pays_to: bytes, *, chain: Chain) -> str | None:
    """The address that an output with this script pays to; None for what has no address (data, bare keys, later versions)."""
    if len(pays_to) == 25 and pays_to[:3] == b"\x76\xa9\x14" and pays_to[23:] == b"\x88\xac":
        return str(base58.encode_check(chain.key_hash + pays_to[3:23]))
    if len(pays_to) == 23 and pays_to[:2] == b"\xa9\x14" and pays_to[22:] == b"\x87":
        return str(base58.encode_check(chain.script_hash + pays_to[2:22]))
    if len(pays_to) > 2 and pays_to[1] == len(pays_to) - 2:
        version = pays_to[0] - 0x50 if pays_to[0] else 0
        if len(pays_to) - 2 in WITNESS_BYTES.get(version, ()):
            return str(bech32.encode(chain.witness_prefix, version, list(pays_to[2:])))
    return None
