"""What staff decide about deposits that were held, and networks that were halted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit
from wallet.models.deposits import Deposit, DepositState
from wallet.services.deposits import crediting
from wallet.services.deposits.errors import OwnDeposit
from wallet.services.deposits.states import locked

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def accept(*, deposit_id: int, officer: User, reason: str) -> Deposit:
    """Credit a held deposit after all, with an officer's reason in the audit log.

    Raises OwnDeposit, NotYetFinal, IllegalMove.
    """
    cursor = crediting.locked_cursor(deposit_id)
    deposit = locked(deposit_id)
    if deposit.customer_id == officer.pk:
        raise OwnDeposit
    if deposit.state == DepositState.HELD:
        crediting.require_final(deposit, cursor)
    crediting.book(deposit, reason=reason, actor=officer)
    audit.record(
        actor=officer,
        actor_kind="staff",
        act="wallet.deposit_accepted",
        subject=f"wallet.deposit:{deposit.public_id}",
        reason=reason,
        facts={"coin": deposit.coin_network.coin.code, "held_because": deposit.held_because},
    )
    return deposit
