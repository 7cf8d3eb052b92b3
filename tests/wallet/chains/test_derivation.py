"""Public derivation against published vectors."""

from __future__ import annotations

import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Changes, Bip44Coins
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wallet.chains.derivation import INDEX_MAX, evm_address
from wallet.chains.errors import DerivationKeyUnfit

ABANDON = "abandon " * 11 + "about"
JUNK = "test " * 11 + "junk"


def account(mnemonic: str) -> Bip44:
    """m/44'/60'/0' of a mnemonic without a passphrase."""
    seed = Bip39SeedGenerator(mnemonic).Generate()
    return Bip44.FromSeed(seed, Bip44Coins.ETHEREUM).Purpose().Coin().Account(0)


@pytest.mark.parametrize(
    ("mnemonic", "index", "address"),
    [
        (ABANDON, 0, "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"),
        (JUNK, 0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        (JUNK, 1, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        (JUNK, 9, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"),
    ],
)
def test_addresses_are_those_that_every_wallet_shows(mnemonic: str, index: int, address: str) -> None:
    assert evm_address(account(mnemonic).PublicKey().ToExtended(), index) == address


def test_the_development_key_is_the_one_that_the_settings_name() -> None:
    assert account(JUNK).PublicKey().ToExtended() == settings.DEVELOPMENT_DEPOSIT_XPUB


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.integers(0, INDEX_MAX))
def test_the_public_key_leads_where_the_private_key_leads(index: int) -> None:
    private = account(JUNK).Change(Bip44Changes.CHAIN_EXT).AddressIndex(index)
    assert evm_address(settings.DEVELOPMENT_DEPOSIT_XPUB, index) == private.PublicKey().ToAddress()


def test_a_private_key_is_refused() -> None:
    with pytest.raises(DerivationKeyUnfit) as refusal:
        evm_address(account(JUNK).PrivateKey().ToExtended(), 0)
    assert refusal.value.reason == "private"


def test_a_key_of_another_depth_is_refused() -> None:
    with pytest.raises(DerivationKeyUnfit) as refusal:
        evm_address(account(JUNK).Change(Bip44Changes.CHAIN_EXT).PublicKey().ToExtended(), 0)
    assert refusal.value.reason == "not_an_account"


@pytest.mark.parametrize("text", ["", "xpub", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(DerivationKeyUnfit):
        evm_address(text, 0)


def test_a_mistyped_key_is_refused() -> None:
    good = settings.DEVELOPMENT_DEPOSIT_XPUB
    for place in range(4, len(good), 9):
        typo = good[:place] + ("2" if good[place] != "2" else "3") + good[place + 1 :]
        with pytest.raises(DerivationKeyUnfit):
            evm_address(typo, 0)


@pytest.mark.parametrize("index", [-1, INDEX_MAX + 1])
def test_an_index_outside_public_derivation_is_refused(index: int) -> None:
    with pytest.raises(ValueError):
        evm_address(settings.DEVELOPMENT_DEPOSIT_XPUB, index)
