"""Addresses of every network against published vectors: what is one, and why the rest is none."""

from __future__ import annotations

import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Coins, Bip49, Bip49Coins, Bip84, Bip84Coins
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wallet.chains import bitcoin_addresses, derivation, evm_payload, tron_addresses
from wallet.chains.bitcoin_addresses import CHAINS
from wallet.chains.errors import DerivationKeyUnfit, InvalidAddress

SEED = Bip39SeedGenerator("abandon " * 11 + "about").Generate()
"""The mnemonic of the test vectors of BIP-44 wallets, BIP-49 and BIP-84."""

BITCOIN_GOOD = [
    # BIP-173, BIP-350, BIP-341: address, chain, scriptPubKey
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "main", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "test",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "main",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
    (
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "test",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    # Bitcoin Core, src/test/data/key_io_valid.json
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "main", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac"),
    ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "main", "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87"),
    ("mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs", "test", "76a91453c0307d6851aa0ce7825ba883c6bd9ad242b48688ac"),
    ("2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br", "regtest", "a9146349a418fc4578d10a372b54b45c280cc8c4382f87"),
    ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "regtest", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
]

BITCOIN_BAD = [
    ("", "empty"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum"),
    # BIP-350, invalid: bech32 for version 1, bech32m for version 0, mixed case, bad lengths, no program
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "checksum"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "checksum"),
    ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "malformed"),
    ("bc1pw5dgrnzv", "checksum"),
    ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "checksum"),
    ("bc1gmk9yu", "checksum"),
    # BIP-350, valid for later versions, which nobody can spend from safely
    ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "unsupported"),
    ("BC1SW50QGDZ25J", "unsupported"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "unsupported"),
    ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "wrong_network"),
    ("mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs", "wrong_network"),
    ("2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br", "wrong_network"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "checksum"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN", "checksum"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVNO", "malformed"),
    ("11BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "malformed"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "malformed"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ", "malformed"),
    ("１BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "malformed"),
    ("1" * 200, "malformed"),
    ("lq1qqvxk052kf3qtkxmrakx50a9gc3smqad2ync54hzntjt980kfej9kkfe0247rp5h4yzmdftsahhw64uy8pzfe7cpg4fgykm7cv", "wrong_network"),
    ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "wrong_network"),
]

LIQUID_GOOD = [
    ("QLFdUboUPJnUzvsXKu83hUtrQ1DuxyggRg", False),
    ("lq1qqvxk052kf3qtkxmrakx50a9gc3smqad2ync54hzntjt980kfej9kkfe0247rp5h4yzmdftsahhw64uy8pzfe7cpg4fgykm7cv", True),
]


@pytest.mark.parametrize(("text", "chain", "pays_to"), BITCOIN_GOOD)
def test_an_address_of_bitcoin_is_read_into_its_one_form(text: str, chain: str, pays_to: str) -> None:
    found = bitcoin_addresses.read(text, chain=CHAINS[chain], network="BITCOIN")
    assert found.script.hex() == pays_to
    assert found.text == (text.lower() if "1q" in text.lower()[:6] or "1p" in text.lower()[:6] else text)


@pytest.mark.parametrize(("text", "blinded"), LIQUID_GOOD)
def test_an_address_of_liquid_is_read_on_its_own_chain_only(text: str, blinded: bool) -> None:
    found = bitcoin_addresses.read(text, chain=CHAINS["liquidv1"], network="LIQUID")
    assert (found.text, found.is_confidential) == (text, blinded)
    with pytest.raises(InvalidAddress):
        bitcoin_addresses.read(text, chain=CHAINS["main"], network="BITCOIN")


@pytest.mark.parametrize(("text", "reason"), BITCOIN_BAD)
def test_what_is_no_address_of_bitcoins_main_chain_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        bitcoin_addresses.read(text, chain=CHAINS["main"], network="BITCOIN")
    assert refusal.value.reason == reason


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from([text for text, chain, _ in BITCOIN_GOOD if chain == "main"]), st.integers(0, 200), st.integers(1, 57))
def test_one_wrong_character_never_passes(text: str, place: int, step: int) -> None:
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    place %= len(text)
    typed = letters[(letters.find(text[place]) + step) % len(letters)]
    if typed.lower() == text[place].lower() and text.upper().startswith("BC1"):
        return
    wrong = text[:place] + typed + text[place + 1 :]
    with pytest.raises(InvalidAddress):
        bitcoin_addresses.read(wrong, chain=CHAINS["main"], network="BITCOIN")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "zero"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "checksum"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6", "malformed"),
        ("41a614f803b6fd780986a42c78ec9c7f77e6ded13c", "malformed"),
        ("0xa614f803b6fd780986a42c78ec9c7f77e6ded13c", "malformed"),
        ("", "empty"),
        ("tR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "malformed"),
    ],
)
def test_what_is_no_address_of_tron_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        tron_addresses.to_bytes(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("text", "content"),
    [
        # Tron's documentation, and the contracts of USDT and USDC that explorers show in both forms
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "415cbdd86a2fa8dc4bddd8a8f69dba48572eec07fb"),
        ("TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8", "413487b63d30b5b2c87fb7ffa8bcfade38eaac1abe"),
    ],
)
def test_an_address_of_tron_is_its_bytes(text: str, content: str) -> None:
    assert tron_addresses.to_bytes(text).hex() == content
    assert tron_addresses.to_text(bytes.fromhex(content)) == text
    assert tron_addresses.to_text(bytes.fromhex(content[2:])) == text


@pytest.mark.parametrize(
    "text",
    [
        # EIP-55
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_the_vectors_of_eip_55_pass(text: str) -> None:
    assert evm_payload.checked_address(text, network="ETHEREUM").lower() == text.lower()


def test_extended_keys_lead_to_the_addresses_of_their_documents() -> None:
    main = CHAINS["main"]
    bip44 = Bip44.FromSeed(SEED, Bip44Coins.BITCOIN).Purpose().Coin().Account(0)
    bip49 = Bip49.FromSeed(SEED, Bip49Coins.BITCOIN_TESTNET).Purpose().Coin().Account(0)
    zpub = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
    assert [derivation.bitcoin_address(zpub, index, chain=main) for index in (0, 1)] == [  # BIP-84
        "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
        "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g",
    ]
    xpub = bip44.PublicKey().ToExtended()
    assert derivation.bitcoin_address(xpub, 0, chain=main) == "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"
    upub = bip49.PublicKey().ToExtended()
    assert derivation.bitcoin_address(upub, 0, chain=CHAINS["test"]) == "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"  # BIP-49
    assert derivation.bitcoin_address(zpub, 0, chain=CHAINS["liquidv1"]).startswith("ex1qcr8te4kr609gcawutmrza0j4xv80jy8z")
    tron = Bip44.FromSeed(SEED, Bip44Coins.TRON).Purpose().Coin().Account(0).PublicKey().ToExtended()
    assert derivation.tron_address(tron, 0) == "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (lambda: Bip84.FromSeed(SEED, Bip84Coins.BITCOIN).Purpose().Coin().Account(0).PrivateKey().ToExtended(), "private"),
        (lambda: Bip84.FromSeed(SEED, Bip84Coins.BITCOIN).Purpose().Coin().PublicKey().ToExtended(), "not_an_account"),
        (
            lambda: Bip84.FromSeed(SEED, Bip84Coins.BITCOIN_TESTNET).Purpose().Coin().Account(0).PublicKey().ToExtended(),
            "wrong_network",
        ),
        (lambda: "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mG", "unreadable"),
        (lambda: "", "unreadable"),
    ],
)
def test_a_key_that_is_not_an_accounts_public_key_of_the_chain_is_refused(key, reason: str) -> None:
    with pytest.raises(DerivationKeyUnfit) as refusal:
        derivation.bitcoin_address(key(), 0, chain=CHAINS["main"])
    assert refusal.value.reason == reason
