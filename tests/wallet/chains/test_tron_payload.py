"""Payments of Tron: their bytes, what they mean, and what is not signed."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from eth_keys.datatypes import PublicKey, Signature
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wallet.chains import tron_addresses, tron_payload, tron_wire
from wallet.chains.errors import PayloadUnreadable
from wallet.chains.tron_payload import Parts, TronSigner, assemble, take_apart

KEY = b"\x07" * 32
SIGNER = TronSigner(KEY)
RECIPIENT = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
TRANSFER = Parts(
    reference_bytes=bytes.fromhex("02a2"), reference_hash=bytes.fromhex("e216e254e43ee108"), expiration=1_571_898_861_000,
    sender=SIGNER.address, recipient=RECIPIENT, contract=None, units=1_500_000, number=7, fee_limit=0,
)  # fmt: skip
TOKEN = replace(TRANSFER, contract=USDT, fee_limit=30_000_000)

REAL_TRANSFER = (
    "0a0202a22208e216e254e43ee10840c8cbe4e3df2d5a67080112630a2d747970652e676f6f676c65617069732e636f6d2f70726f746f636f6c2e"
    "5472616e73666572436f6e747261637412320a15415c68cc82c87446f602f019e5fd797437f5b79cc212154156a6076cd1537fa317c2606e4edf"
    "a4acd3e8e92e18a08d06709084e1e3df2d"
)
"""Published with its hash by several wallets' sources."""
REAL_HASH = "88817b9c6276e3c535e4f8f15baf546292ca6ad9d44a7d97857bd6f8909d63d4"
REAL_TOKEN = (
    "0a028ad92208eaef69105495eb1540f09fc0cfcd335aae01081f12a9010a31747970652e676f6f676c65617069732e636f6d2f70726f746f636f"
    "6c2e54726967676572536d617274436f6e747261637412740a1541495511a493d8c362be4267224e6d81013a6862ee121541eca9bc828a3005b9"
    "a3b909f2cc5c2a54794de05f2244a9059cbb00000000000000000000004150125bea243a640bf85348873b6c4f3c517aee7a0000000000000000"
    "0000000000000000000000000000000000000000000000017090cbbccfcd33900180c2d72f"
)
REAL_TOKEN_HASH = "c70b20da8cb8d96a99c1aceb283412acb9dea313a9e467178431a3c6ae8b9f08"


def address(digits: str) -> str:
    return tron_addresses.to_text(bytes.fromhex(digits))


def test_a_transfer_of_the_network_is_read_and_written_byte_for_byte() -> None:
    payload = bytes.fromhex(REAL_TRANSFER)
    parts = take_apart(payload)
    assert parts == Parts(
        bytes.fromhex("02a2"), bytes.fromhex("e216e254e43ee108"), 1_571_898_861_000,
        address("415c68cc82c87446f602f019e5fd797437f5b79cc2"), address("4156a6076cd1537fa317c2606e4edfa4acd3e8e92e"),
        None, 100_000, 1_571_898_802_704 - 1, 0,
    )  # fmt: skip
    assert assemble(parts).payload == payload
    assert tron_payload.hash_of(payload) == REAL_HASH


def test_a_token_transfer_of_the_network_has_its_hash_and_our_fields() -> None:
    payload = bytes.fromhex(REAL_TOKEN)
    assert tron_payload.hash_of(payload) == REAL_TOKEN_HASH
    with pytest.raises(PayloadUnreadable):  # its wallet wrote 0x41 before the recipient's twenty bytes: not our form
        take_apart(payload)
    parts = take_apart(payload.replace(bytes.fromhex("0000004150125b"), bytes.fromhex("0000000050125b")))
    assert (parts.contract, parts.units, parts.fee_limit) == (
        address("41eca9bc828a3005b9a3b909f2cc5c2a54794de05f"), 1, 100_000_000,
    )  # fmt: skip
    assert parts.recipient == address("4150125bea243a640bf85348873b6c4f3c517aee7a")


@pytest.mark.parametrize("parts", [TRANSFER, TOKEN])
def test_what_is_signed_is_recovered_to_the_hot_wallet_and_its_hash_was_known_before(parts: Parts) -> None:
    unsigned = assemble(parts)
    signed = SIGNER.sign(unsigned.payload)
    assert signed == SIGNER.sign(unsigned.payload)
    assert signed.tx_hash == hashlib.sha256(unsigned.payload).hexdigest() == unsigned.payload_hash.hex()
    assert tron_payload.payload_of(signed.raw) == unsigned.payload
    signature = tron_wire.content(tron_wire.read(signed.raw), 2)
    assert signature[-1] in (27, 28)
    found = Signature(signature[:-1] + bytes([signature[-1] - 27])).recover_public_key_from_msg_hash(unsigned.payload_hash)
    assert tron_addresses.of_key(PublicKey(found.to_bytes()).to_bytes()) == signed.sender == SIGNER.address


def test_a_payload_says_recipient_amount_contract_fee_number_and_end() -> None:
    payment = SIGNER.read(assemble(TOKEN).payload)
    assert (payment.recipient, payment.contract, payment.units, payment.nonce) == (RECIPIENT, USDT, 1_500_000, 7)
    assert payment.fee_ceiling == 32
    assert payment.expires_at == TOKEN.expires_at
    assert SIGNER.read(assemble(TRANSFER).payload).fee_ceiling == 2


def test_two_payments_of_the_same_to_the_same_are_two_transactions() -> None:
    assert assemble(TRANSFER).payload_hash != assemble(replace(TRANSFER, number=8)).payload_hash


def contract_of(payload: bytes, **changes: Any) -> bytes:
    """The payload with fields of its contract, or of itself, replaced by number."""
    fields = dict(tron_wire.read(payload))
    inner = dict(tron_wire.read(fields[11]))
    inner |= {int(name[1:]): value for name, value in changes.items() if name[0] == "c"}
    fields[11] = tron_wire.write(sorted(inner.items()))
    fields |= {int(name[1:]): value for name, value in changes.items() if name[0] == "r"}
    return tron_wire.write(sorted(fields.items()))


@pytest.mark.parametrize(
    "change",
    [
        {"r10": b"a memo"},  # data
        {"r9": b"\x01"},  # auths
        {"r12": b"\x01"},  # scripts
        {"r3": 5},  # ref_block_num
        {"r1": b"\x01"},  # a reference too short
        {"r4": b"\x01" * 9},
        {"r14": 0},  # without its number
        {"r18": 5},  # energy for a payment that takes none
        {"c1": 2},  # a transfer of another kind
        {"c1": 31},  # a call with a transfer in it
        {"c5": 2},  # another permission of the account
        {"c3": b"provider"},
        {"c4": b"name"},
    ],
)
def test_a_payload_with_anything_more_or_else_is_not_signed(change: dict[str, Any]) -> None:
    payload = assemble(TRANSFER).payload
    assert contract_of(payload) == payload
    with pytest.raises(PayloadUnreadable):
        SIGNER.sign(contract_of(payload, **change))


@pytest.mark.parametrize("parts", [TRANSFER, TOKEN])
def test_other_bytes_and_anothers_money_are_not_signed(parts: Parts) -> None:
    payload = assemble(parts).payload
    for wrong in (b"", payload[:-1], payload + b"\0", payload * 2, b"x" * 100, b"\xff" * 300, payload + payload[-4:]):
        with pytest.raises(PayloadUnreadable):
            SIGNER.sign(wrong)
    with pytest.raises(PayloadUnreadable):
        TronSigner(b"\x08" * 32).sign(payload)


def test_a_token_call_with_dirty_words_or_no_energy_is_not_signed() -> None:
    payload = assemble(TOKEN).payload
    dirty = payload.replace(bytes.fromhex("a9059cbb") + bytes(12), bytes.fromhex("a9059cbb") + b"\1" + bytes(11))
    other = payload.replace(bytes.fromhex("a9059cbb"), bytes.fromhex("095ea7b3"))  # approve
    for wrong in (dirty, other, contract_of(payload, r18=0)):
        assert wrong != payload
        with pytest.raises(PayloadUnreadable):
            SIGNER.sign(wrong)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_there_are_they_are_read_or_refused(noise: bytes) -> None:
    try:
        parts = take_apart(noise)
    except PayloadUnreadable:
        return
    assert assemble(parts).payload == noise


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_byte_passes_for_the_same_payment(place: int, value: int) -> None:
    payload = bytearray(assemble(TOKEN).payload)
    place %= len(payload)
    if payload[place] == value:
        return
    payload[place] = value
    with contextlib.suppress(PayloadUnreadable):
        assert take_apart(bytes(payload)) != TOKEN
