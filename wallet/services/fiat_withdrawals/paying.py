"""At the bank: an officer goes there with an approved withdrawal, comes back with the bank's reference or with nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from wallet.models.banks import LineDirection
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW, FiatWithdrawal, FiatWithdrawalState
from wallet.services import actors
from wallet.services.banks import lines, nostro
from wallet.services.fiat_withdrawals import books, messages, policy
from wallet.services.fiat_withdrawals.errors import ApprovalMissing, FiatWithdrawalHeld, NotThePayer, PayerNeedsAnother
from wallet.services.fiat_withdrawals.review import approvers, locked_for_officer, needed, record, require_unchanged
from wallet.services.fiat_withdrawals.states import move
from wallet.services.outflow import letting
from wallet.services.retries import retried


@retried
def begin(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> FiatWithdrawal:
    """Go to the bank with an approved withdrawal: from here on nobody else pays it, and nobody takes the approval back.

    This is the one gate before money is sent: hash, officers, customer, bank account, coin and what the house lets out are
    asked once more.
    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, ClaimedByAnother, PayloadChanged, IllegalMove,
    FiatWithdrawalHeld, ApprovalMissing, PayerNeedsAnother.
    """
    with transaction.atomic():
        withdrawal, reason = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.PAYING)
        policy.require_not_held(withdrawal)
        digest = require_unchanged(withdrawal, seen_hash)
        approved_by = approvers(withdrawal, digest)
        if len(approved_by) < needed(withdrawal):
            raise ApprovalMissing(needed=needed(withdrawal), standing=len(approved_by))
        if not approved_by - {officer.pk}:
            raise PayerNeedsAnother
        if closed := letting.closed_at_the_gate_because(withdrawal):
            raise FiatWithdrawalHeld(because=closed)
        move(withdrawal, FiatWithdrawalState.PAYING, actor=actors.officer(officer), reason=reason, payer=officer)
        record(withdrawal, officer, "fiat_withdrawal.paying", reason)
    return withdrawal


@retried
def give_up(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> FiatWithdrawal:
    """Say that the bank was not told to pay: the withdrawal is approved as before. Only whoever went there can say so.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, ClaimedByAnother, IllegalMove, NotThePayer.
    """
    with transaction.atomic():
        withdrawal, reason = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        _require_payer(withdrawal, officer)
        move(withdrawal, FiatWithdrawalState.APPROVED, actor=actors.officer(officer), reason=reason, payer=None)
        record(withdrawal, officer, "fiat_withdrawal.not_paid", reason)
    return withdrawal


@retried
def paid(*, public_id: Any, officer: User, reason: str, seen_hash: bytes, nostro_code: str, reference: str) -> FiatWithdrawal:
    """Say that the bank has paid, from which account of ours and under which reference: settled, whole, once.

    What the bank has paid is booked whatever has become of the customer meanwhile. The same line is never booked twice.
    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, ClaimedByAnother, PayloadChanged, IllegalMove,
    NotThePayer, UnknownNostro, BankReferenceInvalid, BankReferenceTaken.
    """
    said = lines.reference_of(reference)
    with transaction.atomic():
        withdrawal, reason = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        _require_payer(withdrawal, officer)
        require_unchanged(withdrawal, seen_hash)
        account = nostro.find(nostro_code, coin=withdrawal.coin_network.coin)
        line = lines.book(account, LineDirection.OUT, reference=said, amount=withdrawal.amount, officer=officer)
        posting_id = books.settle(withdrawal)
        move(
            withdrawal,
            FiatWithdrawalState.PAID,
            actor=actors.officer(officer),
            reason=reason,
            paid_line=line,
            posting_id=posting_id,
        )
        record(withdrawal, officer, "fiat_withdrawal.paid", reason, nostro=account.code, reference=said)
        messages.paid(withdrawal, reference=said)
    return withdrawal


def _require_payer(withdrawal: FiatWithdrawal, officer: User) -> None:
    FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.PAID)
    payer = withdrawal.payer
    if payer is None or payer.pk != officer.pk:
        raise NotThePayer(officer=payer.get_full_name() if payer else "nobody")
