"""Unsigned payments: written, read back, refused where they are anything else."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.chain_process import ETH, USDT
from wallet.chains import evm_payload
from wallet.chains.amounts import from_units, to_units
from wallet.chains.development import genesis
from wallet.chains.errors import AmountNotPayable, InvalidAddress, InvalidMemo, PayloadUnreadable
from wallet.chains.gateway import Asset

RECIPIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
FEES = {"type": 2, "chainId": genesis.CHAIN_ID, "gas": 21_000, "maxFeePerGas": 2, "maxPriorityFeePerGas": 1}


def payload(asset: Asset = ETH, *, units: int = 5, **changes: Any) -> bytes:
    """A payment's canonical bytes, with some fields changed."""
    fields = {**FEES, "nonce": 7, **evm_payload.target(asset=asset, recipient=RECIPIENT, units=units), **changes}
    return evm_payload.unsigned(fields, sender=SENDER).payload


@pytest.mark.parametrize("asset", [ETH, USDT])
@given(units=st.integers(1, 2**255), nonce=st.integers(0, 2**63))
def test_a_payload_says_what_was_asked(asset: Asset, units: int, nonce: int) -> None:
    read = evm_payload.read(payload(asset, units=units, nonce=nonce))
    assert (read.recipient, read.contract, read.units, read.nonce) == (RECIPIENT, asset.contract, units, nonce)
    assert read.fee_ceiling == Decimal(42_000).scaleb(-18)


def test_its_hash_is_the_sha256_of_its_bytes() -> None:
    fields = {**FEES, "nonce": 7, **evm_payload.target(asset=ETH, recipient=RECIPIENT, units=5)}
    made = evm_payload.unsigned(fields, sender=SENDER)
    assert made.payload_hash == hashlib.sha256(made.payload).digest()


TOKEN = evm_payload.target(asset=USDT, recipient=RECIPIENT, units=5)["data"]


@pytest.mark.parametrize(
    "changes",
    [
        {"data": "0xdeadbeef"},
        {"data": TOKEN},  # `value` beside a token's transfer
        {"data": TOKEN, "value": 0, "to": RECIPIENT.lower()},
        {"data": TOKEN + "00", "value": 0},
        {"data": TOKEN[:11] + "1" + TOKEN[12:], "value": 0},
        {"data": "0x095ea7b3" + TOKEN[10:], "value": 0},  # approve()
        {"value": 0},
        {"type": 0},
        {"nonce": -1},
        {"nonce": True},
        {"gas": "21000"},
        {"to": None},
        {"accessList": []},
    ],
)
def test_anything_but_a_plain_payment_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(PayloadUnreadable):
        evm_payload.read(payload(**changes))


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{", b"\xff", b" " + payload(), b"9" * 5000])
def test_bytes_that_are_no_payload_are_unreadable(raw: bytes) -> None:
    with pytest.raises(PayloadUnreadable):
        evm_payload.read(raw)


def test_a_payload_in_another_order_of_its_fields_is_unreadable() -> None:
    fields = json.loads(payload())
    with pytest.raises(PayloadUnreadable):
        evm_payload.read(json.dumps(dict(reversed(fields.items())), separators=(",", ":")).encode())


@pytest.mark.parametrize("asset", [ETH, USDT])
def test_signing_twice_gives_the_same_bytes_from_the_right_sender(asset: Asset) -> None:
    signer = evm_payload.EvmSigner(b"\x05" * 32, chain_id=genesis.CHAIN_ID)
    first, second = signer.sign(payload(asset)), signer.sign(payload(asset))
    assert first == second
    assert Account.recover_transaction(first.raw) == signer.address == first.sender


def test_a_payload_of_another_chain_is_never_signed() -> None:
    signer = evm_payload.EvmSigner(b"\x05" * 32, chain_id=genesis.CHAIN_ID)
    with pytest.raises(PayloadUnreadable):
        signer.sign(payload(chainId=1))


def test_a_signer_does_not_show_its_key() -> None:
    signer = evm_payload.EvmSigner(b"\x05" * 32, chain_id=1)
    assert "05" * 8 not in repr(signer)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("0x", "malformed"),
        ("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "malformed"),
        (SENDER + " ", "malformed"),
        (SENDER + "\n", "malformed"),
        (SENDER[:-1], "malformed"),
        (SENDER[:-1] + "g", "malformed"),
        ("0X" + SENDER[2:], "malformed"),
        ("0x" + "１" * 40, "malformed"),
        ("0x" + "0" * 40, "zero"),
        (SENDER[:-1] + "7", "checksum"),
        (SENDER.replace("F", "f", 1), "checksum"),
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "malformed"),
    ],
)
def test_a_bad_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        evm_payload.checked_address(text, network="ETHEREUM")
    assert (refusal.value.reason, refusal.value.field) == (reason, "address")


@pytest.mark.parametrize(
    "address",
    [  # Source: EIP-55, test cases
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_the_addresses_of_eip_55_are_taken_and_each_changed_letter_case_is_refused(address: str) -> None:
    assert evm_payload.checked_address(address, network="ETHEREUM") == address
    assert evm_payload.checked_address(address.lower(), network="ETHEREUM") == address
    for place, letter in enumerate(address[2:], start=2):
        if letter.isalpha():
            with pytest.raises(InvalidAddress):
                evm_payload.checked_address(address[:place] + letter.swapcase() + address[place + 1 :], network="ETHEREUM")


def test_the_tokens_own_contract_is_no_recipient_of_it() -> None:
    with pytest.raises(InvalidAddress) as refusal:
        evm_payload.checked_recipient(genesis.USDT_ADDRESS.lower(), asset=USDT, memo="", network="ETHEREUM")
    assert refusal.value.reason == "contract"


def test_a_memo_is_refused() -> None:
    with pytest.raises(InvalidMemo):
        evm_payload.checked_recipient(RECIPIENT, asset=ETH, memo="1", network="ETHEREUM")


@pytest.mark.parametrize("text", ["0", "-1", "0.0000001", "1.0000001", "NaN", "Infinity", "1e-400"])
def test_an_amount_that_the_chain_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(AmountNotPayable):
        to_units(Decimal(text), asset=USDT, network="ETHEREUM")


@given(st.integers(1, 10**37), st.sampled_from([ETH, USDT]))
def test_units_and_amounts_agree_exactly(units: int, asset: Asset) -> None:
    amount = from_units(units, scale=asset.scale)
    assert to_units(amount, asset=asset, network="ETHEREUM") == units
