"""The only place that moves a withdrawal: by the Flow, under its row's lock, with an event."""

from __future__ import annotations

import logging

from wallet.models.withdrawal_evidence import WithdrawalEvent
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services.actors import Actor
from wallet.services.moving import moved

log = logging.getLogger(__name__)


def locked(withdrawal_id: int) -> Withdrawal:
    """The withdrawal, its row locked until the transaction ends. Raises Withdrawal.DoesNotExist."""
    return (
        Withdrawal.objects.select_for_update(of=("self",))
        .select_related("customer", "coin_network__coin", "coin_network__network")
        .get(pk=withdrawal_id)
    )


def begin(withdrawal: Withdrawal, *, actor: Actor, reason: str) -> None:
    """Write the event of a withdrawal that was just inserted."""
    _write_event(withdrawal, before="", actor=actor, reason=reason)


def move(withdrawal: Withdrawal, target: WithdrawalState, *, actor: Actor, reason: str) -> None:
    """Move a locked withdrawal on and write the event.

    Raises IllegalMove. The caller holds the row's lock (`locked`) in an open transaction.
    """
    before = moved(withdrawal, WITHDRAWAL_FLOW, target, blocked_because="")
    _write_event(withdrawal, before=before, actor=actor, reason=reason)


def _write_event(withdrawal: Withdrawal, *, before: str, actor: Actor, reason: str) -> None:
    WithdrawalEvent.objects.create(
        withdrawal=withdrawal,
        state_before=before,
        state_after=withdrawal.state,
        actor=actor.user,
        actor_kind=actor.kind,
        reason=reason,
    )
    log.info(
        "withdrawal moved",
        extra={"withdrawal": withdrawal.public_id, "before": before, "after": str(withdrawal.state)},
    )
