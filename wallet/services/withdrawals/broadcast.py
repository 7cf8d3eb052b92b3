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

    A clear yes leads to `broadcast`; anything else, a refusal included, to `unknown`: a node that says no proves
    nothing about bytes that it or another node may have taken before. The hold stays in either case. Answers None
    where nothing is signed yet, and where an officer has declared it absent: what may be given up is not sent again.
    Bytes that were never sent are not sent for a customer whose account has been stopped since, nor while officers stop
    the coin; what was sent once is out of our hands, and goes on. Raises LeaseLost, GateClosed.
    """
    outgoing, held = _count_sending(lease)
    if held:
        raise GateClosed(reason=held)
    if outgoing is None or outgoing.signed_bytes is None:
        return None
    answer = registry.gateway(outgoing.network.code).broadcast(bytes(outgoing.signed_bytes))
    _remember(lease, outgoing, answer)
    return answer


@transaction.atomic
def _count_sending(lease: Lease) -> tuple[OutgoingTransaction | None, str]:
    """The signed transaction, with this sending counted before it happens; or why it must stay here."""
    withdrawal = locked_under(lease)
    if withdrawal.state not in SENDABLE or absence.words_of(withdrawal.pk):
        return None, ""
    rows = OutgoingTransaction.objects.select_related("network")
    outgoing = rows.filter(withdrawal=withdrawal, signed_bytes__isnull=False).first()
    if outgoing is None:
        return None, ""
    held = _hold_back(withdrawal) if outgoing.sendings == 0 else ""
    if not held:
        OutgoingTransaction.objects.filter(pk=outgoing.pk).update(sendings=F("sendings") + 1, last_sent_at=now())
    return outgoing, held


def _hold_back(withdrawal: Withdrawal) -> str:
    """Why bytes that were never sent stay here, or nothing. They end from `unknown`, on proof that the nonce is used."""
    (withdrawal.customer,) = standing.lock(withdrawal.customer)
    held = policy.held_because(withdrawal) or requiring.missing_because(withdrawal)
    held = held or letting.stopped_at_the_door_because(withdrawal)
    if held and withdrawal.state == WithdrawalState.SIGNING:
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
            if outgoing.sendings == 0:
                messages.sent(withdrawal)
    elif withdrawal.state in (WithdrawalState.SIGNING, WithdrawalState.BROADCAST):
        move(withdrawal, WithdrawalState.UNKNOWN, actor=SYSTEM, reason=f"the node answered {answer.outcome}")
