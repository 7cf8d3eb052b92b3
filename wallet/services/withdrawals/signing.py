"""From approved to signed: a nonce reserved, the unsigned payload stored, then the signer's bytes stored.

The signer (a process without a network, see docs/architecture.md#signer) reads `waiting_for_signature`, and writes
through `store_signed` or `refuse_to_sign`. Nothing is sent here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from config.kit.clock import now
from wallet.chains import registry
from wallet.chains.gateway import Gateway, UnsignedTransaction
from wallet.models.outgoing import ANSWER_CHARACTERS_MAX, OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.actors import SYSTEM
from wallet.services.withdrawals import funds
from wallet.services.withdrawals.errors import GateClosed, NetworkFeeTooHigh
from wallet.services.withdrawals.funds import Funds
from wallet.services.withdrawals.gate import require_standing_approval
from wallet.services.withdrawals.leases import Lease, locked_under
from wallet.services.withdrawals.states import locked, move

RESERVATION_TRIES_MAX = 5
"""How often a nonce may be taken away by another worker before this one gives its turn back."""

PRICES_HOLD_SECONDS = 300
"""How long after its preparation a payment may be signed; later it is priced anew."""
EARLIER_REFUSED = "an earlier nonce was refused"


class NonceContended(Exception):
    """Other workers were faster each time."""


def prepare(lease: Lease) -> OutgoingTransaction:
    """Take an approved withdrawal through the gate: state `signing`, nonce reserved, unsigned payload stored.

    The node is asked for prices before anything is locked; the gate is asked under the lock.
    Raises GateClosed, ChainUnavailable, PaymentWouldFail, NetworkFeeTooHigh, AmountNotPayable, InvalidAddress, LeaseLost,
    NonceContended.
    """
    withdrawal = Withdrawal.objects.select_related("coin_network__coin", "coin_network__network").get(pk=lease.withdrawal_id)
    network = withdrawal.coin_network.network
    gateway = registry.gateway(network.code)
    sender = gateway.validate_address(registry.hot_wallet(network.code))
    held = funds.read(gateway, withdrawal, sender=sender)
    for _ in range(RESERVATION_TRIES_MAX):
        chain_next = gateway.next_nonce(sender)
        nonce = _free_nonce(network.pk, sender, chain_next)
        unsigned = _build(gateway, withdrawal, sender=sender, nonce=nonce)
        if unsigned.fee_ceiling > Decimal(settings.SIGNER_NETWORK_FEE_MAX):
            raise NetworkFeeTooHigh(maximum=settings.SIGNER_NETWORK_FEE_MAX)
        stored = _pass_gate(lease, unsigned, held, network_id=network.pk, chain_next=chain_next)
        if stored is not None:
            return stored
    raise NonceContended(f"withdrawal {withdrawal.public_id}: no nonce after {RESERVATION_TRIES_MAX} tries")


def _build(gateway: Gateway, withdrawal: Withdrawal, *, sender: str, nonce: int) -> UnsignedTransaction:
    return gateway.build(
        asset=registry.asset(withdrawal.coin_network),
        sender=sender,
        recipient=withdrawal.address,
        amount=withdrawal.amount,
        nonce=nonce,
        memo=withdrawal.memo,
    )


def _free_nonce(network_id: int, sender: str, chain_next: int) -> int:
    """The lowest nonce that neither a live row nor the chain, which would take `chain_next`, has used."""
    rows = OutgoingTransaction.objects.filter(network_id=network_id, sender=sender)
    live = rows.filter(abandoned_at__isnull=True)
    returned = (
        rows.filter(abandoned_at__isnull=False, nonce__gte=chain_next)
        .exclude(nonce__in=live.values("nonce"))
        .order_by("nonce")
        .values_list("nonce", flat=True)
        .first()
    )
    if returned is not None:
        return returned
    highest = live.aggregate(highest=Max("nonce"))["highest"]
    return max(chain_next, 0 if highest is None else highest + 1)


@transaction.atomic
def _pass_gate(
    lease: Lease, unsigned: UnsignedTransaction, held: Funds, *, network_id: int, chain_next: int
) -> OutgoingTransaction | None:
    withdrawal = locked_under(lease)
    # Before the gate, whose own last lock is then the last of all: who holds that one waits for nobody.
    _lock_nonces(network_id, unsigned.sender)
    digest = require_standing_approval(withdrawal, state=WithdrawalState.APPROVED)
    if _free_nonce(network_id, unsigned.sender, chain_next) != unsigned.nonce:
        return None
    funds.require(held, withdrawal, sender=unsigned.sender, fee_ceiling=unsigned.fee_ceiling)
    stored = OutgoingTransaction.objects.create(
        withdrawal=withdrawal,
        network_id=network_id,
        sender=unsigned.sender,
        nonce=unsigned.nonce,
        unsigned_payload=unsigned.payload,
        unsigned_hash=unsigned.payload_hash,
        approved_hash=digest,
        fee_ceiling=unsigned.fee_ceiling,
        lease_token=lease.token,
    )
    move(withdrawal, WithdrawalState.SIGNING, actor=SYSTEM, reason=f"passed the gate; nonce {unsigned.nonce} reserved")
    return stored


def _lock_nonces(network_id: int, sender: str) -> None:
    name = hashlib.sha256(f"outgoing nonce {network_id} {sender}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(name, "big", signed=True)])


def waiting_for_signature() -> QuerySet[OutgoingTransaction]:
    """What the signer has to look at, in the order of nonces."""
    return OutgoingTransaction.objects.filter(
        signed_bytes__isnull=True,
        abandoned_at__isnull=True,
        signer_refusal="",
        withdrawal__state=WithdrawalState.SIGNING,
    ).order_by("network_id", "sender", "nonce")


@transaction.atomic
def sign(transaction_id: int, *, signer: Callable[[Withdrawal, OutgoingTransaction], tuple[bytes, str]]) -> bool:
    """Have one waiting transaction signed and its bytes stored, under the withdrawal's lock. For the signer process.

    The gate is asked again, by the process that holds the key. `signer` gives the signed bytes and their hash, and
    raises DomainError where the unsigned payload doesn't say what the withdrawal says. Answers False where there was
    nothing to do any more, and while an earlier nonce of the wallet is unsigned: nodes take nonces in order only.
    Raises GateClosed.
    """
    waiting = OutgoingTransaction.objects.filter(pk=transaction_id).values_list("withdrawal_id", flat=True).first()
    if waiting is None:
        return False
    withdrawal = locked(waiting)
    outgoing = waiting_for_signature().select_for_update(of=("self",)).filter(pk=transaction_id).first()
    if outgoing is None or _unsigned_before(outgoing).exists():
        return False
    if outgoing.created_at < now() - timedelta(seconds=PRICES_HOLD_SECONDS):
        raise GateClosed(reason="its network fee was priced too long ago")
    digest = require_standing_approval(withdrawal, state=WithdrawalState.SIGNING)
    if digest != bytes(outgoing.approved_hash):
        raise GateClosed(reason="the approval is not the one that passed the gate")
    raw, tx_hash = signer(withdrawal, outgoing)
    outgoing.signed_bytes = raw
    outgoing.tx_hash = tx_hash
    outgoing.signed_at = now()
    outgoing.save(update_fields=["signed_bytes", "tx_hash", "signed_at"])
    return True


def _unsigned_before(outgoing: OutgoingTransaction) -> QuerySet[OutgoingTransaction]:
    return OutgoingTransaction.objects.filter(
        network_id=outgoing.network_id,
        sender=outgoing.sender,
        nonce__lt=outgoing.nonce,
        signed_bytes__isnull=True,
        abandoned_at__isnull=True,
    )


@transaction.atomic
def refuse_to_sign(transaction_id: int, *, because: str) -> None:
    """Remember why the signer would not sign this one, and so none behind it.

    A worker then takes each withdrawal back; nothing is released.
    """
    refused = OutgoingTransaction.objects.get(pk=transaction_id)
    _lock_nonces(refused.network_id, refused.sender)
    OutgoingTransaction.objects.filter(pk=transaction_id, signed_bytes__isnull=True, signer_refusal="").update(
        signer_refusal=because[:ANSWER_CHARACTERS_MAX] or "refused"
    )
    _refuse_behind(refused)


def _refuse_behind(refused: OutgoingTransaction) -> None:
    waiting_for_signature().order_by().filter(
        network_id=refused.network_id, sender=refused.sender, nonce__gt=refused.nonce
    ).update(signer_refusal=EARLIER_REFUSED)


@transaction.atomic
def take_back(lease: Lease) -> str | None:
    """Undo a reservation that the signer refused: the nonce is free again, the withdrawal `approved` once more.

    From there it is tried again once what stood in the way is gone, or an officer rejects it. Answers the signer's
    reason, or None where nothing was refused. Raises LeaseLost.
    """
    withdrawal = locked_under(lease)
    refused = (
        OutgoingTransaction.objects.select_for_update()
        .filter(withdrawal=withdrawal, signed_bytes__isnull=True, abandoned_at__isnull=True)
        .exclude(signer_refusal="")
        .first()
    )
    if refused is None or withdrawal.state != WithdrawalState.SIGNING:
        return None
    _lock_nonces(refused.network_id, refused.sender)
    _refuse_behind(refused)  # prepared since the refusal: its nonce would leave a gap
    OutgoingTransaction.objects.filter(pk=refused.pk).update(abandoned_at=now())
    reason = f"the signer refused: {refused.signer_refusal}"
    move(withdrawal, WithdrawalState.APPROVED, actor=SYSTEM, reason=reason)
    return reason
