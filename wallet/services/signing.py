"""The signer: the only code that touches a private key.

It speaks to the database and to nobody else. It trusts no other process's word: the gate is asked again here
(`withdrawals.signing.sign`), and the payload must say exactly what the withdrawal says. Killed anywhere it loses
nothing: what was not stored was never seen by anyone, and the same payload signs to the same bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from config.kit.errors import DomainError, Kind
from wallet.chains import registry
from wallet.chains.amounts import to_units
from wallet.chains.errors import NetworkNotConnected
from wallet.chains.gateway import Payment, Reservation, TransactionSigner
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal
from wallet.services.withdrawals import reservation, signing
from wallet.services.withdrawals.errors import GateClosed

logger = logging.getLogger(__name__)

KEY_FILE_BYTES_MAX = 256


class KeyFileUnfit(Exception):
    """The key file is absent, readable by others, or holds no key."""


class SigningRefused(DomainError):
    """The payload is not the withdrawal. Nothing was signed; officers see why."""

    slug = "wallet.signing_refused"
    kind = Kind.CONFLICT
    message = "The stored payment does not match the withdrawal: {reason}."
    reason: str


def load_key(path: Path) -> bytes:
    """The private key in a file of ours that only we can read: 64 hexadecimal digits. Raises KeyFileUnfit."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFileUnfit(f"{path} can't be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
            raise KeyFileUnfit(f"{path} is not a file of ours")
        if stat.S_IMODE(facts.st_mode) & 0o077:
            raise KeyFileUnfit(f"{path} can be read by others; its mode must be 0600")
        text = file.read(KEY_FILE_BYTES_MAX).strip().removeprefix(b"0x")
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except (ValueError, UnicodeError):
        key = b""
    if len(key) != 32:
        raise KeyFileUnfit(f"{path} does not hold a key of 64 hexadecimal digits")
    return key


def signers(key_files: Mapping[str, Path]) -> dict[str, TransactionSigner]:
    """The signer of each network that pays, by the network's code. Raises KeyFileUnfit.

    Each key must be that of the network's configured hot wallet, and no two networks may share a wallet: what one of them
    spends the other would count as its own.
    """
    made: dict[str, TransactionSigner] = {}
    for network, path in key_files.items():
        signer = registry.signer(network, load_key(path))
        try:
            expected = registry.hot_wallet(network)
        except NetworkNotConnected:
            expected = signer.address
        if signer.address != expected:
            raise KeyFileUnfit(f"{path} holds the key of {signer.address}, the hot wallet of {network} is {expected}")
        if signer.address in {other.address for other in made.values()}:
            raise KeyFileUnfit(f"{path} holds the key of {signer.address}, which another network pays from")
        made[network] = signer
    return made


def key_files() -> dict[str, Path]:
    """The key files that this process was given, by network."""
    named = {network: registry.key_file(network) for network in registry.connected_networks()}
    return {network: Path(path) for network, path in named.items() if path}


def sign_waiting(signers: Mapping[str, TransactionSigner]) -> int:
    """Sign every transaction that waits, each in a transaction of its own; how many were signed.

    What the gate or the comparison turns away is marked for officers and not tried again; its hold stays.
    """
    signed = 0
    for identity in list(signing.waiting_for_signature().values_list("pk", flat=True)):
        try:
            signed += signing.sign(identity, signer=lambda w, o: sign_one(w, o, signers=signers))
        except GateClosed as refusal:
            _refuse(identity, refusal.reason)
        except DomainError as refusal:
            _refuse(identity, refusal.detail)
    return signed


def _refuse(identity: int, because: str) -> None:
    logger.error("refused to sign", extra={"outgoing": identity, "reason": because})
    signing.refuse_to_sign(identity, because=because)


def sign_one(
    withdrawal: Withdrawal, outgoing: OutgoingTransaction, *, signers: Mapping[str, TransactionSigner]
) -> tuple[bytes, str]:
    """The signed bytes and their hash, if the payload says exactly what the withdrawal says.

    Raises SigningRefused, PayloadUnreadable.
    """
    network = withdrawal.coin_network.network.code
    signer = signers.get(network)
    if signer is None:
        raise SigningRefused(reason=f"no key pays on {network}")
    payload = bytes(outgoing.unsigned_payload)
    asset = registry.asset(withdrawal.coin_network)
    payment = signer.read(payload)
    agreed = {
        "hash": hashlib.sha256(payload).digest() == bytes(outgoing.unsigned_hash),
        "withdrawal": outgoing.withdrawal_id == withdrawal.pk,
        "network": outgoing.network_id == withdrawal.coin_network.network_id,
        "sender": outgoing.sender == signer.address,
        "nonce": payment.nonce is None or payment.nonce == outgoing.nonce,
        "inputs": _spends_what_is_reserved(payment, outgoing, network),
        "contract": payment.contract == asset.contract,
        "address": payment.recipient == withdrawal.address,
        "memo": not withdrawal.memo,  # no payload of ours carries one
        "amount": payment.units == to_units(withdrawal.amount, asset=asset, network=network),
        "fee": payment.fee_ceiling <= registry.network_fee_max(network),
    }
    if wrong := [name for name, holds in agreed.items() if not holds]:
        raise SigningRefused(reason=", ".join(wrong))
    done = signer.sign(payload)
    return done.raw, done.tx_hash


def _spends_what_is_reserved(payment: Payment, outgoing: OutgoingTransaction, network: str) -> bool:
    """The reserved outputs, all of them and no others, each once: so that no two signed payments can both be mined."""
    if registry.reserves(network) is not Reservation.OUTPUTS:
        return not payment.inputs
    return sorted(payment.inputs) == sorted(reservation.reserved_for(outgoing)) != []
