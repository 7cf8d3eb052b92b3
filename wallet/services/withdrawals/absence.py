"""Ending a withdrawal whose transaction can't reach the chain any more, on two officers' evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from config.kit.clock import now
from wallet.chains import registry
from wallet.chains.gateway import Sighting
from wallet.models.evidence import Verdict
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawal_evidence import Matter, WithdrawalDecision
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services import actors
from wallet.services.withdrawals import books, messages, reservation
from wallet.services.withdrawals.errors import AbsenceTooEarly, AbsenceUnproven, LeaseLost, NonceNotConsumed, WithdrawalBusy
from wallet.services.withdrawals.leases import claim, hand_back, locked_under
from wallet.services.withdrawals.review import decide, locked_for_officer, require_unchanged
from wallet.services.withdrawals.sent import is_absent, signed_of
from wallet.services.withdrawals.states import move

OFFICERS = 2


def declare(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Withdrawal:
    """Write an officer's word, with their evidence, that the transaction never reached the chain and never will.

    The first word stops the sending of the bytes again; the second ends the withdrawal and releases the hold, and is
    taken only once another transaction has used up the nonce for good. The node is asked under the withdrawal's lease,
    so that no worker sends the bytes between its answer and the writing.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, AlreadyDecided, PayloadChanged, IllegalMove,
    AbsenceTooEarly, AbsenceUnproven, NonceNotConsumed, WithdrawalBusy, ChainUnavailable.
    """
    with transaction.atomic():
        withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        _require_old_enough(withdrawal)
    lease = claim(withdrawal.pk, states=[WithdrawalState.UNKNOWN], holder=f"officer {officer.pk}", through_pause=True)
    if lease is None:
        raise WithdrawalBusy
    try:
        unproven = _ask(withdrawal)
        with transaction.atomic():
            locked_under(lease)
            withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
            _require_old_enough(withdrawal)
            require_unchanged(withdrawal, seen_hash)
            _write(withdrawal, officer=officer, reason=reason, unproven=unproven)
    except LeaseLost as lost:
        raise WithdrawalBusy from lost
    finally:
        hand_back(lease)
    return withdrawal


def may_be_declared(withdrawal: Withdrawal) -> bool:
    """Whether it is `unknown` for long enough; after the first word, whether it was not sent for as long."""
    if withdrawal.state != WithdrawalState.UNKNOWN:
        return False
    since = withdrawal.state_since
    if words_of(withdrawal.pk):
        rows = OutgoingTransaction.objects.filter(withdrawal=withdrawal, signed_bytes__isnull=False)
        last = rows.aggregate(last=Max("last_sent_at"))["last"]
        since = max(since, last) if last is not None else since
    return since <= now() - timedelta(seconds=settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS)


def words_of(withdrawal_id: int) -> int:
    """How many officers have declared it absent."""
    return WithdrawalDecision.objects.filter(withdrawal_id=withdrawal_id, matter=Matter.ABSENCE).count()


def _require_old_enough(withdrawal: Withdrawal) -> None:
    WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.FAILED)
    if withdrawal.state == WithdrawalState.CONFIRMING:
        raise AbsenceUnproven
    if not may_be_declared(withdrawal):
        raise AbsenceTooEarly(minutes=settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS // 60)


def _ask(withdrawal: Withdrawal) -> NonceNotConsumed | None:
    """What the network says: why the hold must stay even after the second word, or None where absence is proven.

    Raises AbsenceUnproven where the transaction is waiting or mined, ChainUnavailable.
    """
    sent = signed_of(withdrawal.pk, states=[WithdrawalState.UNKNOWN])
    if not sent:
        return None
    gateway = registry.gateway(sent[0].network.code)
    if any(gateway.sighting(outgoing.tx_hash or "") != Sighting.NOWHERE for outgoing in sent):
        raise AbsenceUnproven
    if is_absent(gateway, sent):
        return None
    return NonceNotConsumed(nonce=sent[0].nonce, sender=sent[0].sender, confirmations=withdrawal.coin_network.confirmations)


def _write(withdrawal: Withdrawal, *, officer: User, reason: str, unproven: NonceNotConsumed | None) -> None:
    decide(withdrawal, officer=officer, matter=Matter.ABSENCE, verdict=Verdict.APPROVE, reason=reason)
    if words_of(withdrawal.pk) < OFFICERS:
        return
    if unproven is not None:
        raise unproven  # takes the word back with it: the transaction is not committed
    books.release(withdrawal)
    move(withdrawal, WithdrawalState.FAILED, actor=actors.officer(officer), reason=reason.strip())
    reservation.release(withdrawal)
    messages.ended(withdrawal)
