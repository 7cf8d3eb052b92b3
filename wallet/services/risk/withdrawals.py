"""The risk rules of withdrawals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kit.clock import now
from wallet.models.withdrawal_evidence import RiskResult
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.risk import asking, rules
from wallet.services.risk.rules import CommonInputs, RuleSet


@dataclass(frozen=True, kw_only=True)
class Inputs(CommonInputs):
    """What the rules may look at beside what every movement has."""

    address_is_trusted: bool
    address_paid_before: bool
    address_used_by_others: bool


class NewAddress:
    """Nobody vouched for the address: neither the address book nor an earlier payment."""

    name: ClassVar[str] = "new_address"
    version: ClassVar[int] = 1

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.address_is_trusted or inputs.address_paid_before:
            return None
        return "The first payment to an address that is not in the address book."


class SharedAddress:
    """Several customers sending to one address is how a collector works."""

    name: ClassVar[str] = "shared_address"
    version: ClassVar[int] = 1

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        return "Another customer has used this address." if inputs.address_used_by_others else None


_FIRST = (
    rules.EqualRequest(),
    rules.ManyRequests(),
    NewAddress(),
    rules.YoungAccount(),
    SharedAddress(),
    rules.RecentSecurityChange(),
    rules.UnusualVolume(),
)
SETS: tuple[RuleSet[Inputs], ...] = (
    RuleSet("2026-11-1", _FIRST),
    RuleSet("2026-11-2", (*_FIRST, rules.ContradictedDeposit())),
)
"""Every set that has decided, oldest first: the last one decides now, the others can be asked what they would have said."""
RENAMED = {"withdrawn_in_24_hours": "moved_in_24_hours", "largest_withdrawal_30_days": "largest_in_30_days"}
"""Inputs that were stored under another name before."""


def assess(withdrawal: Withdrawal) -> RiskResult:
    """Ask the rules about a locked withdrawal and store inputs and results."""
    return asking.ask(SETS, gather(withdrawal), kept=RiskResult, withdrawal=withdrawal)


def gather(withdrawal: Withdrawal) -> Inputs:
    """The inputs as they are now."""
    moment = now()
    customer, carried = withdrawal.customer, withdrawal.coin_network
    others = Withdrawal.objects.exclude(pk=withdrawal.pk)
    own = others.filter(customer=customer)
    to_same = others.filter(coin_network__network=carried.network, address=withdrawal.address)
    history = asking.History(
        own=own,
        same_coin=own.filter(coin_network__coin=carried.coin),
        alike=own.filter(coin_network=carried, address=withdrawal.address, amount=withdrawal.amount),
        end=WithdrawalState.SUCCESS,
    )
    told = asking.of_history(
        history,
        amount=withdrawal.amount,
        asked_at=withdrawal.created_at,
        by_api_key=bool(withdrawal.api_key_id),
        moment=moment,
    )
    return Inputs(
        **rules.about_customer(customer, moment=moment),
        **told,
        address_is_trusted=withdrawal.trusted_address_id is not None,
        address_paid_before=to_same.filter(customer=customer, state=WithdrawalState.SUCCESS).exists(),
        address_used_by_others=to_same.exclude(customer=customer).exists(),
    )
