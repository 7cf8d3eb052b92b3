"""Deposits that were credited and whose block then left the chain: the customer owns what the chain does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.services import audit
from config.kit.money import to_text
from wallet.models.deposits import Deposit, DepositState
from wallet.services.deposits.errors import NotContradicted, OwnDeposit
from wallet.services.deposits.review import require_officer
from wallet.services.deposits.states import locked, record

if TYPE_CHECKING:
    from accounts.models import User


def undecided(customer: User) -> QuerySet[Deposit]:
    """The customer's contradicted deposits about which no officer has decided."""
    own = Q(customer=customer, credited_to__isnull=True) | Q(credited_to=customer)
    return Deposit.objects.filter(own, state=DepositState.CREDITED, contradicted_at__isnull=False)


@transaction.atomic
def decide(*, deposit_id: int, officer: User, reason: str) -> Deposit:
    """Close the incident: an officer has seen to the money, and the customer's withdrawals may go on.

    What was credited stays credited; money is taken back by postings of its own.
    Raises NotADepositOfficer, ReasonMissing, OwnDeposit, NotContradicted.
    """
    reason = require_officer(officer, reason)
    deposit = locked(deposit_id)
    if officer.pk in {deposit.customer_id, deposit.credited_to_id}:
        raise OwnDeposit
    if deposit.contradicted_at is None:
        raise NotContradicted
    deposit.contradicted_at = None
    deposit.save(update_fields=["contradicted_at"])
    record(deposit, before=deposit.state, reason=reason, actor=officer)
    audit.record(
        actor=officer,
        actor_kind="staff",
        act="wallet.deposit_contradiction_decided",
        subject=f"wallet.deposit:{deposit.public_id}",
        reason=reason,
        facts={"coin": deposit.coin_network.coin.code, "amount": to_text(deposit.amount)},
    )
    return deposit
