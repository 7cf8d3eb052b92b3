"""Payments of Bitcoin: unsigned bytes (a PSBT), what they mean, raising their fee, signing them. Speaks to no node.

Every input carries the whole transaction that it spends from, so that whoever reads the bytes knows what the inputs are
worth without believing anybody: the hash of that transaction is what the input names.

Source: BIP-174 (PSBT), BIP-143 (what a signature of segregated witness covers), BIP-125 (replacement), BIP-141 (weight).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from embit import ec, finalizer
from embit import script as scripts
from embit.psbt import PSBT
from embit.transaction import Transaction, TransactionInput, TransactionOutput

from wallet.chains import bitcoin_addresses
from wallet.chains.amounts import from_units
from wallet.chains.bitcoin_addresses import Chain
from wallet.chains.bitcoin_data import read_data
from wallet.chains.errors import PayloadUnreadable
from wallet.chains.gateway import Output, Payment, SignedTransaction, UnsignedTransaction

SCALE = 8
REPLACEABLE = 0xFFFFFFFD
VERSION = 2
INPUTS_MAX = 100
PAYLOAD_BYTES_MAX = 8 * 1024 * 1024
WITNESS_WEIGHT = 108
"""Of an input that pays from a key hash: count, signature of at most 72 bytes, key of 33, each with its length."""
MARKER_WEIGHT = 2
DUST_SATOSHI = 546
"""Less is not worth an output: nodes do not pass it on (294 for segregated witness; 546 for any kind)."""


@dataclass(frozen=True, slots=True)
class Coin:
    """An output to spend, with the transaction that made it."""

    output: Output
    made_by: bytes
    """The whole transaction, serialised."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A payload taken apart."""

    psbt: PSBT
    own: bytes
    """The script that all inputs are paid from, and change is paid to."""
    worth: int
    """Satoshi of all inputs."""
    paid: tuple[tuple[bytes, int], ...]
    """Script and satoshi of each output that is not change."""
    change: int
    """Satoshi; 0 without change."""

    @property
    def fee(self) -> int:
        """Satoshi that the network takes."""
        return self.worth - self.change - sum(units for _, units in self.paid)


def virtual_size(inputs: int, outputs: Sequence[bytes]) -> int:
    """Virtual bytes of a signed payment from a key hash to these scripts."""
    base = 8 + 1 + 41 * inputs + 1 + sum(8 + 1 + len(script) for script in outputs)
    return -(-(4 * base + MARKER_WEIGHT + WITNESS_WEIGHT * inputs) // 4)


def assemble(
    coins: Sequence[Coin], *, own: bytes, paid: Sequence[tuple[bytes, int]], change: int, sender: str, nonce: int
) -> UnsignedTransaction:
    """Canonical bytes of a payment: its outputs in the order given, change last."""
    ordered = sorted(coins, key=lambda coin: (coin.output.tx_hash, coin.output.index))
    inputs = [TransactionInput(bytes.fromhex(c.output.tx_hash), c.output.index, sequence=REPLACEABLE) for c in ordered]
    outputs = [(script, units) for script, units in paid] + ([(own, change)] if change else [])
    return _unsigned(inputs, [Transaction.parse(coin.made_by) for coin in ordered], outputs, sender=sender, nonce=nonce)


def _unsigned(
    inputs: Sequence[TransactionInput],
    made_by: Sequence[Transaction],
    outputs: Sequence[tuple[bytes, int]],
    *,
    sender: str,
    nonce: int,
) -> UnsignedTransaction:
    paid = [TransactionOutput(units, scripts.Script(script)) for script, units in outputs]
    psbt = PSBT(Transaction(VERSION, list(inputs), paid, 0))
    for facts, one, maker in zip(psbt.inputs, inputs, made_by, strict=True):
        facts.non_witness_utxo = maker
        facts.witness_utxo = maker.vout[one.vout]
    payload = psbt.serialize()
    parts = take_apart(payload)
    spent = tuple(
        Output(one.txid.hex(), one.vout, from_units(psbt.inputs[place].witness_utxo.value, scale=SCALE))
        for place, one in enumerate(psbt.tx.vin)
    )
    ceiling = from_units(parts.fee, scale=SCALE)
    return UnsignedTransaction(payload, hashlib.sha256(payload).digest(), sender, nonce, ceiling, inputs=spent)


def take_apart(payload: bytes) -> Parts:
    """The payload's parts, if it is a payment of ours in canonical form. Raises PayloadUnreadable."""
    try:
        return _take_apart(payload)
    except PayloadUnreadable:
        raise
    except Exception as error:  # embit raises whatever bytes make of it
        raise PayloadUnreadable from error


def _take_apart(payload: bytes) -> Parts:
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise PayloadUnreadable
    psbt = PSBT.parse(payload)
    tx = psbt.tx
    plain = tx.version == VERSION and tx.locktime == 0 and 1 <= len(tx.vin) <= INPUTS_MAX
    if psbt.serialize() != payload or not plain or len({(one.txid, one.vout) for one in tx.vin}) != len(tx.vin):
        raise PayloadUnreadable
    worth, owners = 0, set()
    for one, facts in zip(tx.vin, psbt.inputs, strict=True):
        made_by = facts.non_witness_utxo
        if one.sequence != REPLACEABLE or one.script_sig.data or made_by is None or made_by.txid() != one.txid:
            raise PayloadUnreadable
        spent = made_by.vout[one.vout]
        if facts.witness_utxo is None or facts.witness_utxo.serialize() != spent.serialize() or facts.partial_sigs:
            raise PayloadUnreadable
        worth += spent.value
        owners.add(bytes(spent.script_pubkey.data))
    if len(owners) != 1:
        raise PayloadUnreadable
    own = owners.pop()
    outputs = [(bytes(output.script_pubkey.data), int(output.value)) for output in tx.vout]
    change = outputs.pop()[1] if outputs and outputs[-1][0] == own else 0
    parts = Parts(psbt, own, worth, tuple(outputs), change)
    if not outputs or parts.fee <= 0 or any(script == own for script, _ in outputs):
        raise PayloadUnreadable
    return parts


def read(payload: bytes, *, chain: Chain) -> Payment:
    """What the payload would do. Anything but one payment is refused. Raises PayloadUnreadable."""
    parts = take_apart(payload)
    contract, token_units, paid = read_data(parts.paid)
    if len(paid) != 1:
        raise PayloadUnreadable
    script, satoshi = paid[0]
    recipient = bitcoin_addresses.of_script(script, chain=chain)
    units = satoshi if contract is None else token_units
    if recipient is None or units <= 0 or (contract is not None and satoshi != DUST_SATOSHI):
        raise PayloadUnreadable
    inputs = tuple((one.txid.hex(), one.vout) for one in parts.psbt.tx.vin)
    return Payment(recipient, contract, units, None, from_units(parts.fee, scale=SCALE), inputs)


def raised(payload: bytes, *, rate: Decimal, step: Decimal, sender: str, nonce: int) -> UnsignedTransaction | None:
    """The same payment out of the same outputs at this rate (satoshi for each virtual byte), paid from its change.

    At least what nodes ask of a replacement: the former fee and `step` for each virtual byte more. None where the change
    is too small for that.
    """
    parts = take_apart(payload)
    size = virtual_size(len(parts.psbt.tx.vin), [script for script, _ in parts.paid] + [parts.own])
    fee = max(_ceiling(rate * size), parts.fee + _ceiling(step * size))
    change = parts.worth - sum(units for _, units in parts.paid) - fee
    if change < 0:
        return None
    outputs = [*parts.paid, (parts.own, change)] if change >= DUST_SATOSHI else list(parts.paid)
    made_by = [facts.non_witness_utxo for facts in parts.psbt.inputs]
    return _unsigned(parts.psbt.tx.vin, made_by, outputs, sender=sender, nonce=nonce)


def _ceiling(satoshi: Decimal) -> int:
    return int(-((-satoshi) // 1))


class BitcoinSigner:
    """A private key that signs payments from its own key hash. Signatures are deterministic (RFC 6979)."""

    def __init__(self, key: bytes, *, chain: Chain) -> None:
        self._key = ec.PrivateKey(key)
        self._chain = chain
        self._script = bytes(scripts.p2wpkh(self._key).data)

    @property
    def address(self) -> str:
        """The address that the key pays from (segregated witness, version 0)."""
        return str(bitcoin_addresses.of_script(self._script, chain=self._chain))

    def read(self, payload: bytes) -> Payment:
        """What the payload would do, if all that it spends is this key's. Raises PayloadUnreadable."""
        if take_apart(payload).own != self._script:
            raise PayloadUnreadable
        return read(payload, chain=self._chain)

    def sign(self, payload: bytes) -> SignedTransaction:
        """Sign a payment. Raises PayloadUnreadable."""
        self.read(payload)
        psbt = PSBT.parse(payload)
        if psbt.sign_with(self._key) != len(psbt.tx.vin):
            raise PayloadUnreadable
        done = finalizer.finalize_psbt(psbt)
        if done is None:
            raise PayloadUnreadable
        return SignedTransaction(done.serialize(), done.txid().hex(), self.address)

    def __repr__(self) -> str:
        return f"BitcoinSigner({self.address})"
