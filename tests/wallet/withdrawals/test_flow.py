"""The state table: what may follow what, and nothing else."""

from __future__ import annotations

import pytest

from config.kit.flow import IllegalMove
from wallet.models import Withdrawal, WithdrawalEvent
from wallet.models.withdrawals import ENDS, IN_FLIGHT, WITHDRAWAL_FLOW, WithdrawalState
from wallet.services.withdrawals.actors import SYSTEM
from wallet.services.withdrawals.states import locked, move

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "target"), WITHDRAWAL_FLOW.illegal())
def test_an_illegal_move_is_refused_and_nothing_changes(withdrawal, state, target):
    finished_at = withdrawal.created_at if state in ENDS else None
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state=state, finished_at=finished_at)
    events = WithdrawalEvent.objects.count()
    with pytest.raises(IllegalMove):
        move(locked(withdrawal.pk), WithdrawalState(target), actor=SYSTEM, reason="trying")
    withdrawal.refresh_from_db()
    assert (withdrawal.state, WithdrawalEvent.objects.count()) == (state, events)


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_no_way_leads_from_signed_bytes_to_an_end_but_through_the_chain_or_proof(state):
    without_proof = {WithdrawalState.CANCELLED, WithdrawalState.EXPIRED, WithdrawalState.REJECTED}
    assert not WITHDRAWAL_FLOW.next(state) & without_proof


def test_every_move_writes_who_when_and_why(withdrawal):
    move(locked(withdrawal.pk), WithdrawalState.CANCELLED, actor=SYSTEM, reason="trying")
    event = WithdrawalEvent.objects.latest("id")
    assert (event.state_before, event.state_after, event.actor, event.actor_kind, event.reason) == (
        "verification", "cancelled", None, "system", "trying",
    )  # fmt: skip
