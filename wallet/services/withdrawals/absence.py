"""Ending a withdrawal whose transaction can't reach the chain any more, on two officers' evidence."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.chains import registry
from wallet.chains.gateway import Sighting
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawal_evidence import Matter, Verdict, WithdrawalDecision
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services.withdrawals import actors, books, messages
from wallet.services.withdrawals.errors import AbsenceUnproven
from wallet.services.withdrawals.review import decide, locked_for_officer, require_unchanged
from wallet.services.withdrawals.states import move

OFFICERS = 2


def declare(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Withdrawal:
    """Write an officer's word, with their evidence, that the transaction never reached the chain and never will.

    The second officer's word ends the withdrawal and releases the hold. The node is asked first: a transaction that
    it knows, waiting or mined, is not absent.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, AlreadyDecided, PayloadChanged, IllegalMove,
    AbsenceUnproven, ChainUnavailable.
    """
    _require_unseen(public_id)
    with transaction.atomic():
        withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.FAILED)
        if withdrawal.state == WithdrawalState.CONFIRMING:
            raise AbsenceUnproven
        require_unchanged(withdrawal, seen_hash)
        decide(withdrawal, officer=officer, matter=Matter.ABSENCE, verdict=Verdict.APPROVE, reason=reason)
        words = WithdrawalDecision.objects.filter(withdrawal=withdrawal, matter=Matter.ABSENCE).count()
        if words >= OFFICERS:
            books.release(withdrawal)
            move(withdrawal, WithdrawalState.FAILED, actor=actors.officer(officer), reason=reason.strip())
            messages.ended(withdrawal)
    return withdrawal


def _require_unseen(public_id: Any) -> None:
    rows = OutgoingTransaction.objects.select_related("network").filter(signed_bytes__isnull=False)
    number = read_public_id(public_id)
    if number is None:
        raise Absent(thing="withdrawal")
    for outgoing in rows.filter(withdrawal__public_id=number):
        gateway = registry.gateway(outgoing.network.code)
        if outgoing.tx_hash and gateway.sighting(outgoing.tx_hash) != Sighting.NOWHERE:
            raise AbsenceUnproven
