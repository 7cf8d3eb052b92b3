"""From signed to sent. Sending again always means sending the same stored bytes."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from config.kit.clock import now
from wallet.chains import registry
from wallet.chains.gateway import Broadcast, BroadcastOutcome
from wallet.models.outgoing import ANSWER_CHARACTERS_MAX, OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import standing
from wallet.services.actors import SYSTEM
from wallet.services.outflow import letting
from wallet.services.travel_rule import requiring
from wallet.services.withdrawals import absence, messages, policy
from wallet.services.withdrawals.errors import GateClosed
from wallet.services.withdrawals.leases import Lease, locked_under
from wallet.services.withdrawals.states import move

SENDABLE = (WithdrawalState.SIGNING, WithdrawalState.BROADCAST, WithdrawalState.UNKNOWN)
CLEAR = (BroadcastOutcome.ACCEPTED, BroadcastOutcome.ALREADY_KNOWN)


def send(lease: Lease) -> Broadcast | None:
    """Hand the stored bytes of a withdrawal to its network, and write down what the node said.

    Of a payment whose fee was raised the newest bytes are sent, and the former ones where the node refuses the newest: only
    one of them can be mined. A clear yes leads to `broadcast`; anything else, a refusal included, to `unknown`: a node that
    says no proves nothing about bytes that it or another node may have taken before. The hold stays in either case.
    Answers None where nothing is signed yet, and where an officer has declared it absent: what may be given up is not sent
    again. Bytes that were never sent are not sent for a customer whose account has been stopped since, nor while officers
    stop the coin; what was sent once is out of our hands, and goes on. Raises LeaseLost, GateClosed.
    """
    candidates, held = _to_send(lease)
    if held:
        raise GateClosed(reason=held)
    answer = None
    for place, outgoing in enumerate(candidates):
        if place:
            _count_again(lease, outgoing)
        answer = registry.gateway(outgoing.network.code).broadcast(bytes(outgoing.signed_bytes or b""))
        _remember(lease, outgoing, answer)
        if answer.outcome is not BroadcastOutcome.REFUSED:
            break
    return answer


@transaction.atomic
def _to_send(lease: Lease) -> tuple[list[OutgoingTransaction], str]:
    """The signed transactions, newest first, with a sending of the first counted before it happens; or why they must stay.

    Written down before: bytes that may be out are never taken for unsent.
    """
    withdrawal = locked_under(lease)
    if withdrawal.state not in SENDABLE or absence.words_of(withdrawal.pk):
        return [], ""
    rows = OutgoingTransaction.objects.select_related("network").order_by("-id")
    signed = list(rows.filter(withdrawal=withdrawal, signed_bytes__isnull=False))
    sent = [row for row in signed if row.sendings]
    held = _hold_back(withdrawal, is_out=bool(sent)) if len(sent) < len(signed) else ""
    candidates = sent if held else signed
    if candidates:
        _count(candidates[0])
    return candidates, "" if candidates else held


@transaction.atomic
def _count_again(lease: Lease, outgoing: OutgoingTransaction) -> None:
    locked_under(lease)
    _count(outgoing)


def _count(outgoing: OutgoingTransaction) -> None:
    OutgoingTransaction.objects.filter(pk=outgoing.pk).update(sendings=F("sendings") + 1, last_sent_at=now())


def _hold_back(withdrawal: Withdrawal, *, is_out: bool) -> str:
    """Why bytes that were never sent stay here, or nothing. They end from `unknown`, on proof that the nonce is used."""
    (withdrawal.customer,) = standing.lock(withdrawal.customer)
    held = policy.held_because(withdrawal) or requiring.missing_because(withdrawal)
    held = held or letting.stopped_at_the_door_because(withdrawal)
    if held and not is_out and withdrawal.state == WithdrawalState.SIGNING:
        move(withdrawal, WithdrawalState.UNKNOWN, actor=SYSTEM, reason=f"signed and not sent: {held}")
    return held


@transaction.atomic
def _remember(lease: Lease, outgoing: OutgoingTransaction, answer: Broadcast) -> None:
    withdrawal = locked_under(lease)
    text = f"{answer.outcome}: {answer.detail}" if answer.detail else str(answer.outcome)
    OutgoingTransaction.objects.filter(pk=outgoing.pk).update(last_answer=text[:ANSWER_CHARACTERS_MAX])
    if answer.outcome in CLEAR:
        if withdrawal.state in (WithdrawalState.SIGNING, WithdrawalState.UNKNOWN):
            move(withdrawal, WithdrawalState.BROADCAST, actor=SYSTEM, reason=f"the node answered {answer.outcome}")
            if outgoing.sendings == 0 and outgoing.replaces_id is None:
                messages.sent(withdrawal)
    elif answer.outcome is BroadcastOutcome.REFUSED and outgoing.replaces_id is not None:
        return  # what it would have replaced is sent again, and that answer counts
    elif withdrawal.state in (WithdrawalState.SIGNING, WithdrawalState.BROADCAST):
        move(withdrawal, WithdrawalState.UNKNOWN, actor=SYSTEM, reason=f"the node answered {answer.outcome}")
