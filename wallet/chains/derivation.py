"""Deposit addresses from an extended *public* key: nobody who holds it can spend.

Source: BIP-32 (public derivation), BIP-44 (m/44'/60'/account'/0/index), EIP-55 (checksum).
"""

from __future__ import annotations

from functools import lru_cache

from bip_utils import Bip32KeyError, Bip32PathError, Bip44, Bip44Changes, Bip44Coins, Bip44DepthError, Bip44Levels
from bip_utils.base58 import Base58ChecksumError

from wallet.chains.errors import DerivationKeyUnfit

INDEX_MAX = 2**31 - 1
"""The last index that can be derived without a private key."""


def evm_address(xpub: str, index: int) -> str:
    """The checksummed address at external index `index` below an account's extended public key.

    Raises DerivationKeyUnfit (no key, a private one, or not at the depth of an account); ValueError for an index
    outside 0…INDEX_MAX.
    """
    if not 0 <= index <= INDEX_MAX:
        raise ValueError(f"derivation index {index} is outside 0…{INDEX_MAX}")
    return str(_external_chain(xpub).AddressIndex(index).PublicKey().ToAddress())


@lru_cache(maxsize=8)
def _external_chain(xpub: str) -> Bip44:
    try:
        account = Bip44.FromExtendedKey(xpub, Bip44Coins.ETHEREUM)
    except (Bip32KeyError, Bip32PathError, Bip44DepthError, Base58ChecksumError, ValueError) as error:
        raise DerivationKeyUnfit(reason="unreadable") from error
    if not account.IsPublicOnly():
        raise DerivationKeyUnfit(reason="private")
    if account.Level() is not Bip44Levels.ACCOUNT:
        raise DerivationKeyUnfit(reason="not_an_account")
    return account.Change(Bip44Changes.CHAIN_EXT)
