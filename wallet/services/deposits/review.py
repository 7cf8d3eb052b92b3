"""What staff decide about deposits that were held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Status
from accounts.services import audit, staff
from config.kit.flow import IllegalMove
from wallet.models.deposits import DEPOSIT_FLOW, REASON_CHARACTERS_MAX, Deposit, DepositState
from wallet.services import sub_accounts
from wallet.services.deposits import crediting
from wallet.services.deposits.errors import CustomerRemoved, NotADepositOfficer, OwnDeposit
from wallet.services.deposits.states import locked
from wallet.services.withdrawals.errors import ReasonMissing

if TYPE_CHECKING:
    from accounts.models import User

ROLE = "treasury"


@transaction.atomic
def accept(*, deposit_id: int, officer: User, reason: str) -> Deposit:
    """Credit a held deposit after all, with an officer's reason in the audit log.

    Only a held one, and only while the chain shows it as deep as its coin asks for: what is pending is the watcher's.
    Raises NotADepositOfficer, ReasonMissing, OwnDeposit, CustomerRemoved, NotYetFinal, IllegalMove.
    """
    reason = require_officer(officer, reason)
    cursor = crediting.locked_cursor(deposit_id)
    deposit = locked(deposit_id)
    if deposit.customer_id == officer.pk:
        raise OwnDeposit
    if sub_accounts.hold_open(deposit.customer).status == Status.DELETED:
        raise CustomerRemoved
    if deposit.state != DepositState.HELD:
        raise IllegalMove(flow=DEPOSIT_FLOW.name, state=deposit.state, target=str(DepositState.CREDITED))
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


def require_officer(officer: User, reason: str) -> str:
    """The reason without its margins, once it is sure that a treasury officer gives one.

    Raises NotADepositOfficer, ReasonMissing.
    """
    if not staff.has_role(officer, ROLE):
        raise NotADepositOfficer
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS_MAX:
        raise ReasonMissing(characters_max=REASON_CHARACTERS_MAX)
    return reason
