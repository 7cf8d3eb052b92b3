"""Moves of a deposit: through its Flow, under its lock, with who and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wallet.models.deposits import DEPOSIT_FLOW, REASON_CHARACTERS_MAX, Deposit, DepositEvent, DepositState

if TYPE_CHECKING:
    from accounts.models import User


def locked(deposit_id: int) -> Deposit:
    """The deposit, its row locked until the transaction ends."""
    return (
        Deposit.objects.select_for_update(of=("self",))
        .select_related("coin_network__coin", "coin_network__network", "network", "customer", "credited_to")
        .get(pk=deposit_id)
    )


def move(deposit: Deposit, state: DepositState, *, reason: str, actor: User | None = None, **changes: Any) -> None:
    """Move a locked deposit, changing these fields with it. Raises IllegalMove."""
    DEPOSIT_FLOW.check(deposit.state, state)
    before, deposit.state = deposit.state, state
    for name, value in changes.items():
        setattr(deposit, name, value)
    deposit.save(update_fields=["state", *changes])
    record(deposit, before=before, reason=reason, actor=actor)


def record(deposit: Deposit, *, before: str, reason: str, actor: User | None = None) -> None:
    """Write the event of a move."""
    DepositEvent.objects.create(
        deposit=deposit,
        state_before=before,
        state_after=deposit.state,
        actor=actor,
        reason=reason[:REASON_CHARACTERS_MAX],
    )
