"""The only place that moves a fiat withdrawal: by the Flow, under its row's lock, with an event."""

from __future__ import annotations

import logging
from typing import Any

from kyc.services import bank_uses
from wallet.models.fiat_withdrawals import (
    FIAT_WITHDRAWAL_FLOW,
    NOT_HELD,
    FiatWithdrawal,
    FiatWithdrawalEvent,
    FiatWithdrawalState,
)
from wallet.services.actors import Actor
from wallet.services.moving import moved

log = logging.getLogger(__name__)


def locked(withdrawal_id: int) -> FiatWithdrawal:
    """The withdrawal, its row locked until the transaction ends. Raises FiatWithdrawal.DoesNotExist."""
    rows = FiatWithdrawal.objects.select_for_update(of=("self",))
    return rows.select_related("customer", "payer", "coin_network__coin", "coin_network__network").get(pk=withdrawal_id)


def begin(withdrawal: FiatWithdrawal, *, actor: Actor, reason: str) -> None:
    """Write the event of a withdrawal that was just inserted."""
    _write_event(withdrawal, before="", actor=actor, reason=reason)


def move(withdrawal: FiatWithdrawal, target: FiatWithdrawalState, *, actor: Actor, reason: str, **changes: Any) -> None:
    """Move a locked withdrawal on, changing these fields with it, and write the event.

    The posting is made before: the database refuses an end without it. Where nothing is under way any more, the customer
    may change the bank account again. Raises IllegalMove.
    """
    before = moved(withdrawal, FIAT_WITHDRAWAL_FLOW, target, **changes)
    if target in NOT_HELD:
        bank_uses.end_use(use_of(withdrawal))
    _write_event(withdrawal, before=before, actor=actor, reason=reason)


def use_of(withdrawal: FiatWithdrawal) -> str:
    """How the bank account knows the payment."""
    return f"fiat_withdrawal:{withdrawal.public_id}"


def _write_event(withdrawal: FiatWithdrawal, *, before: str, actor: Actor, reason: str) -> None:
    FiatWithdrawalEvent.objects.create(
        withdrawal=withdrawal,
        state_before=before,
        state_after=withdrawal.state,
        actor=actor.user,
        actor_kind=actor.kind,
        reason=reason,
    )
    log.info(
        "fiat withdrawal moved", extra={"withdrawal": withdrawal.public_id, "before": before, "after": str(withdrawal.state)}
    )
