"""From approved to signed: a nonce reserved, the unsigned payload stored, then the signer's bytes stored.

The signer (a process without a network, see docs/architecture.md#signer) reads `waiting_for_signature`, and writes
through `store_signed` or `refuse_to_sign`. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from config.kit.clock import now
from config.kit.money import to_text
from wallet.chains import registry
from wallet.chains.gateway import Gateway, Reservation, UnsignedTransaction
from wallet.models.outgoing import ANSWER_CHARACTERS_MAX, OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.actors import SYSTEM
from wallet.services.withdrawals import funds, reservation
from wallet.services.withdrawals.errors import GateClosed, NetworkFeeTooHigh
from wallet.services.withdrawals.funds import Funds
from wallet.services.withdrawals.gate import require_standing_approval
from wallet.services.withdrawals.leases import Lease, locked_under
from wallet.services.withdrawals.states import locked, move

RESERVATION_TRIES_MAX = 5
"""How often a nonce may be taken away by another worker before this one gives its turn back."""

PRICES_HOLD_SECONDS = 300
"""How long after its preparation a payment may be signed; later it is priced anew."""
RAISABLE = (WithdrawalState.BROADCAST, WithdrawalState.UNKNOWN)
"""States in which a payment was sent and no block holds it: its fee may be raised."""
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
        nonce = reservation.free_nonce(network.pk, sender, chain_next, reserves=gateway.reserves)
        unsigned = _build(gateway, withdrawal, sender=sender, nonce=nonce)
        require_bearable_fee(network.code, unsigned)
        stored = _pass_gate(lease, unsigned, held, gateway=gateway, chain_next=chain_next)
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
        spendable=reservation.spendable(gateway, withdrawal.coin_network.network_id, sender),
    )


def require_bearable_fee(network: str, unsigned: UnsignedTransaction) -> None:
    """Promise that the signer would pay this fee to the network. Raises NetworkFeeTooHigh."""
    maximum = registry.network_fee_max(network)
    if unsigned.fee_ceiling > maximum:
        raise NetworkFeeTooHigh(maximum=to_text(maximum))


@transaction.atomic
def _pass_gate(
    lease: Lease, unsigned: UnsignedTransaction, held: Funds, *, gateway: Gateway, chain_next: int
) -> OutgoingTransaction | None:
    withdrawal = locked_under(lease)
    network_id = withdrawal.coin_network.network_id
    # Before the gate, whose own last lock is then the last of all: who holds that one waits for nobody.
    reservation.lock(network_id, unsigned.sender)
    digest = require_standing_approval(withdrawal, state=WithdrawalState.APPROVED)
    free = reservation.free_nonce(network_id, unsigned.sender, chain_next, reserves=gateway.reserves)
    if free != unsigned.nonce or not reservation.are_free(network_id, unsigned.inputs):
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
    reservation.reserve(stored, unsigned.inputs)
    move(withdrawal, WithdrawalState.SIGNING, actor=SYSTEM, reason=f"passed the gate; nonce {unsigned.nonce} reserved")
    return stored


def waiting_for_signature() -> QuerySet[OutgoingTransaction]:
    """What the signer has to look at, in the order of nonces."""
    return (
        OutgoingTransaction.objects.filter(
            signed_bytes__isnull=True,
            abandoned_at__isnull=True,
            signer_refusal="",
        )
        .filter(
            Q(replaces__isnull=True, withdrawal__state=WithdrawalState.SIGNING)
            | Q(replaces__isnull=False, withdrawal__state__in=RAISABLE)
        )
        .order_by("network_id", "sender", "nonce")
    )


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
    state = WithdrawalState.SIGNING if outgoing.replaces_id is None else WithdrawalState(withdrawal.state)
    digest = require_standing_approval(withdrawal, state=state)
    if digest != bytes(outgoing.approved_hash):
        raise GateClosed(reason="the approval is not the one that passed the gate")
    raw, tx_hash = signer(withdrawal, outgoing)
    outgoing.signed_bytes = raw
    outgoing.tx_hash = tx_hash
    outgoing.signed_at = now()
    outgoing.save(update_fields=["signed_bytes", "tx_hash", "signed_at"])
    return True


def _unsigned_before(outgoing: OutgoingTransaction) -> QuerySet[OutgoingTransaction]:
    """What must be signed first. A replacement has no one before it: what it replaces is signed."""
    if not _in_order(outgoing):
        return OutgoingTransaction.objects.none()
    return OutgoingTransaction.objects.filter(
        replaces__isnull=True,
        network_id=outgoing.network_id,
        sender=outgoing.sender,
        nonce__lt=outgoing.nonce,
        signed_bytes__isnull=True,
        abandoned_at__isnull=True,
    )


def _in_order(outgoing: OutgoingTransaction) -> bool:
    """Whether the network mines the wallet's payments in the order of their nonces only."""
    reserves = registry.reserves(outgoing.network.code)
    return outgoing.replaces_id is None and reserves is Reservation.NONCE


@transaction.atomic
def refuse_to_sign(transaction_id: int, *, because: str) -> None:
    """Remember why the signer would not sign this one, and so none behind it.

    A worker then takes each withdrawal back; nothing is released.
    """
    refused = OutgoingTransaction.objects.get(pk=transaction_id)
    reservation.lock(refused.network_id, refused.sender)
    OutgoingTransaction.objects.filter(pk=transaction_id, signed_bytes__isnull=True, signer_refusal="").update(
        signer_refusal=because[:ANSWER_CHARACTERS_MAX] or "refused"
    )
    _refuse_behind(refused)


def _refuse_behind(refused: OutgoingTransaction) -> None:
    if not _in_order(refused):
        return
    waiting_for_signature().order_by().filter(
        network_id=refused.network_id, sender=refused.sender, nonce__gt=refused.nonce, replaces__isnull=True
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
        .filter(withdrawal=withdrawal, signed_bytes__isnull=True, abandoned_at__isnull=True, replaces__isnull=True)
        .exclude(signer_refusal="")
        .first()
    )
    if refused is None or withdrawal.state != WithdrawalState.SIGNING:
        return None
    reservation.lock(refused.network_id, refused.sender)
    _refuse_behind(refused)  # prepared since the refusal: its nonce would leave a gap
    OutgoingTransaction.objects.filter(pk=refused.pk).update(abandoned_at=now())
    reservation.release(withdrawal)
    reason = f"the signer refused: {refused.signer_refusal}"
    move(withdrawal, WithdrawalState.APPROVED, actor=SYSTEM, reason=reason)
    return reason
