"""Deposit addresses from an extended *public* key: nobody who holds it can spend.

Source: BIP-32 (public derivation), BIP-44, BIP-49 and BIP-84 (account'/0/index), SLIP-132 (versions of extended keys),
SLIP-44 (coins), EIP-55 (checksum).
"""

from __future__ import annotations

from functools import lru_cache

from bip_utils import (
    Bip32KeyError,
    Bip32KeyNetVersions,
    Bip32PathError,
    Bip32Slip10Secp256k1,
    Bip44,
    Bip44Changes,
    Bip44Coins,
    Bip44DepthError,
    Bip44Levels,
)
from bip_utils.base58 import Base58ChecksumError, Base58Decoder

from wallet.chains import bitcoin_addresses
from wallet.chains.bitcoin_addresses import Chain
from wallet.chains.errors import DerivationKeyUnfit

INDEX_MAX = 2**31 - 1
"""The last index that can be derived without a private key."""
ACCOUNT_DEPTH = 3
EXTERNAL_CHAIN = 0
PURPOSES = (44, 49, 84)
"""In the order of `Chain.extended_keys`."""
PRIVATE_VERSIONS = {
    b"\x04\x88\xb2\x1e": b"\x04\x88\xad\xe4",
    b"\x04\x9d\x7c\xb2": b"\x04\x9d\x78\x78",
    b"\x04\xb2\x47\x46": b"\x04\xb2\x43\x0c",
    b"\x04\x35\x87\xcf": b"\x04\x35\x83\x94",
    b"\x04\x4a\x52\x62": b"\x04\x4a\x4e\x28",
    b"\x04\x5f\x1c\xf6": b"\x04\x5f\x18\xbc",
}
"""Of each public version, that of the private key it belongs to (xprv, yprv, zprv, tprv, uprv, vprv)."""
_UNREADABLE = (Bip32KeyError, Bip32PathError, Bip44DepthError, Base58ChecksumError, ValueError)


def evm_address(xpub: str, index: int) -> str:
    """The checksummed address at external index `index` below an account's extended public key.

    Raises DerivationKeyUnfit (no key, a private one, or not at the depth of an account); ValueError for an index
    outside 0…INDEX_MAX.
    """
    return _account_address(xpub, index, Bip44Coins.ETHEREUM)


def tron_address(xpub: str, index: int) -> str:
    """The address at external index `index` below m/44'/195'/account'. Raises as `evm_address`."""
    return _account_address(xpub, index, Bip44Coins.TRON)


def bitcoin_address(xpub: str, index: int, *, chain: Chain) -> str:
    """The address at external index `index` below the extended public key of an account of Bitcoin or its kin.

    The key's version says what is derived: xpub (BIP-44) pay to key hash, ypub (BIP-49) the same in a script hash, zpub
    (BIP-84) segregated witness; tpub, upub and vpub on test networks. Raises DerivationKeyUnfit (also wrong_network);
    ValueError for an index outside 0…INDEX_MAX.
    """
    _require_derivable(index)
    purpose, branch = _branch(xpub, chain.name)
    key = branch.ChildKey(index).PublicKey()
    return bitcoin_addresses.of_key(key.RawCompressed().ToBytes(), chain=chain, purpose=purpose)


def _account_address(xpub: str, index: int, coin: Bip44Coins) -> str:
    _require_derivable(index)
    return str(_external_chain(xpub, coin).AddressIndex(index).PublicKey().ToAddress())


def _require_derivable(index: int) -> None:
    if not 0 <= index <= INDEX_MAX:
        raise ValueError(f"derivation index {index} is outside 0…{INDEX_MAX}")


@lru_cache(maxsize=8)
def _external_chain(xpub: str, coin: Bip44Coins) -> Bip44:
    try:
        account = Bip44.FromExtendedKey(xpub, coin)
    except _UNREADABLE as error:
        raise DerivationKeyUnfit(reason="unreadable") from error
    if not account.IsPublicOnly():
        raise DerivationKeyUnfit(reason="private")
    if account.Level() is not Bip44Levels.ACCOUNT:
        raise DerivationKeyUnfit(reason="not_an_account")
    return account.Change(Bip44Changes.CHAIN_EXT)


@lru_cache(maxsize=8)
def _branch(xpub: str, chain_name: str) -> tuple[int, Bip32Slip10Secp256k1]:
    """The purpose of an account's key and its external chain."""
    try:
        version = Base58Decoder.CheckDecode(xpub)[:4]
        if version in PRIVATE_VERSIONS.values():
            raise DerivationKeyUnfit(reason="private")
        versions = Bip32KeyNetVersions(version, PRIVATE_VERSIONS.get(version, b"\0\0\0\0"))
        key = Bip32Slip10Secp256k1.FromExtendedKey(xpub, versions)
    except _UNREADABLE as error:
        raise DerivationKeyUnfit(reason="unreadable") from error
    if version not in bitcoin_addresses.CHAINS[chain_name].extended_keys:
        raise DerivationKeyUnfit(reason="wrong_network")
    if key.Depth().ToInt() != ACCOUNT_DEPTH:
        raise DerivationKeyUnfit(reason="not_an_account")
    purpose = PURPOSES[bitcoin_addresses.CHAINS[chain_name].extended_keys.index(version)]
    return purpose, key.ChildKey(EXTERNAL_CHAIN)
