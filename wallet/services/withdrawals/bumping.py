"""Raising the network fee of a payment that no block takes: the same payment, out of the same nonce or outputs.

The database holds that a replacement is of the same withdrawal, wallet and nonce, follows a signed one and costs more; the
signer holds that it pays what the withdrawal says. The network runs one of them, whichever: never two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import audit
from config.kit.clock import now
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.chains import registry
from wallet.chains.errors import FeeNotRaisable
from wallet.chains.gateway import Sighting, UnsignedTransaction
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.withdrawals import absence, funds, reservation, signing
from wallet.services.withdrawals.errors import FeeRaisedTooOften, LeaseLost, NotStuck, WithdrawalBusy
from wallet.services.withdrawals.funds import Funds
from wallet.services.withdrawals.gate import require_standing_approval
from wallet.services.withdrawals.leases import Lease, claim, hand_back, locked_under
from wallet.services.withdrawals.review import locked_for_officer, require_unchanged

RAISES_MAX = 8
"""How often the fee of one payment is raised; beyond it people must look."""


def raise_fee(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Withdrawal:
    """Have a payment that was sent and is in no block signed again at a higher fee, on an officer's word.

    The signer signs it and a worker sends it, as the first. The gate is asked again, so nothing is hurried for a customer
    who is stopped by now.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, PayloadChanged, NotStuck, FeeRaisedTooOften,
    FeeNotRaisable, NetworkFeeTooHigh, PaymentWouldFail, GateClosed, WithdrawalBusy, ChainUnavailable.
    """
    with transaction.atomic():
        withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        require_unchanged(withdrawal, seen_hash)
    lease = claim(withdrawal.pk, states=signing.RAISABLE, holder=f"officer {officer.pk}", through_pause=True)
    if lease is None:
        raise WithdrawalBusy if withdrawal.state in signing.RAISABLE else NotStuck
    try:
        _raise(lease, officer=officer, because=reason.strip())
    except LeaseLost as lost:
        raise WithdrawalBusy from lost
    finally:
        hand_back(lease)
    return withdrawal


def may_be_raised(withdrawal: Withdrawal, sent: Sequence[OutgoingTransaction]) -> bool:
    """Whether an officer may raise the fee of what was sent (oldest first): nothing waits for the signer, no block has it."""
    live = [each for each in sent if each.abandoned_at is None]
    return withdrawal.state in signing.RAISABLE and bool(live) and live[-1].signed_bytes is not None


def raise_if_stuck(lease: Lease) -> bool:
    """Raise the fee of a payment that has waited too long for a block, by a worker; whether that was done.

    FEE_RAISE_AFTER_SECONDS is how long; 0 leaves it to officers. What stands in the way is met at the next look again.
    Raises ChainUnavailable, LeaseLost.
    """
    _drop_refused(lease)
    after = settings.FEE_RAISE_AFTER_SECONDS
    newest = _newest(lease.withdrawal_id)
    if not after or newest is None or newest.signed_at is None or newest.sendings == 0:
        return False
    if newest.signed_at > now() - timedelta(seconds=after):
        return False
    try:
        _raise(lease, officer=None, because=f"in no block for {after // 60} minutes")
    except DomainError as refusal:
        if refusal.kind == "unavailable":
            raise
        return False
    return True


def _raise(lease: Lease, *, officer: User | None, because: str) -> OutgoingTransaction:
    """Ask the network outside the lock, write under it."""
    former = _newest(lease.withdrawal_id)
    if former is None or former.signed_bytes is None:
        raise NotStuck
    gateway = registry.gateway(former.network.code)
    if any(gateway.sighting(sent.tx_hash or "") is Sighting.MINED for sent in _signed(lease.withdrawal_id)):
        raise NotStuck
    unsigned = gateway.raised(bytes(former.unsigned_payload), sender=former.sender)
    signing.require_bearable_fee(former.network.code, unsigned)
    held = funds.read(gateway, former.withdrawal, sender=former.sender)
    return _pass_gate(lease, former, unsigned, held, officer=officer, because=because)


@transaction.atomic
def _pass_gate(
    lease: Lease, former: OutgoingTransaction, unsigned: UnsignedTransaction, held: Funds, *, officer: User | None, because: str
) -> OutgoingTransaction:
    withdrawal = locked_under(lease)
    if withdrawal.state not in signing.RAISABLE or absence.words_of(withdrawal.pk):
        raise NotStuck
    rows = OutgoingTransaction.objects.filter(withdrawal=withdrawal, replaces__isnull=False, abandoned_at__isnull=True)
    if rows.count() >= RAISES_MAX:
        raise FeeRaisedTooOften(maximum=RAISES_MAX)
    if rows.filter(replaces=former).exists() or unsigned.fee_ceiling <= former.fee_ceiling:
        raise FeeNotRaisable(network=former.network.code, reason="nothing_left")
    # Before the gate, whose own last lock is then the last of all: who holds that one waits for nobody.
    reservation.lock(former.network_id, former.sender)
    digest = require_standing_approval(withdrawal, state=WithdrawalState(withdrawal.state))
    funds.require(held, withdrawal, sender=former.sender, fee_ceiling=unsigned.fee_ceiling)
    stored = OutgoingTransaction.objects.create(
        withdrawal=withdrawal,
        network_id=former.network_id,
        sender=former.sender,
        nonce=former.nonce,
        replaces=former,
        raised_by=officer,
        raised_because=because,
        unsigned_payload=unsigned.payload,
        unsigned_hash=unsigned.payload_hash,
        approved_hash=digest,
        fee_ceiling=unsigned.fee_ceiling,
        lease_token=lease.token,
    )
    _audit(withdrawal, former, stored, officer=officer)
    return stored


def _audit(withdrawal: Withdrawal, former: OutgoingTransaction, stored: OutgoingTransaction, *, officer: User | None) -> None:
    audit.record(
        actor=officer,
        actor_kind="staff" if officer else "system",
        act="withdrawal.fee_raised",
        subject=f"wallet.withdrawal:{withdrawal.public_id}",
        reason=stored.raised_because,
        facts={"from": to_text(former.fee_ceiling), "to": to_text(stored.fee_ceiling), "nonce": str(stored.nonce)},
    )


@transaction.atomic
def _drop_refused(lease: Lease) -> None:
    """Give up a replacement that the signer refused: what it would have replaced is still out and still counts."""
    withdrawal = locked_under(lease)
    OutgoingTransaction.objects.filter(
        withdrawal=withdrawal, replaces__isnull=False, signed_bytes__isnull=True, abandoned_at__isnull=True
    ).exclude(signer_refusal="").update(abandoned_at=now())


def _newest(withdrawal_id: int) -> OutgoingTransaction | None:
    """The newest transaction of the payment that is not abandoned; unsigned while the signer has its turn."""
    rows = OutgoingTransaction.objects.select_related(
        "network", "withdrawal__coin_network__coin", "withdrawal__coin_network__network"
    )
    return rows.filter(withdrawal_id=withdrawal_id, abandoned_at__isnull=True).order_by("-id").first()


def _signed(withdrawal_id: int) -> list[OutgoingTransaction]:
    return list(OutgoingTransaction.objects.filter(withdrawal_id=withdrawal_id, signed_bytes__isnull=False))
