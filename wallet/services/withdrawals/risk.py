"""Risk rules of withdrawals: small classes over stored inputs, so that a later set can be replayed over past ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import F, Max, QuerySet, Sum

from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.withdrawal_evidence import RiskResult
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import risk_rules
from wallet.services.risk_rules import (
    EQUAL_SECONDS,
    UNUSUAL_MULTIPLE,
    CommonInputs,
    ContradictedDeposit,
    EqualRequest,
    ManyRequests,
    RecentSecurityChange,
    Rule,
    YoungAccount,
)

RULES_VERSION = "2026-11-2"
"""Grows whenever a rule, a threshold or an input changes."""


@dataclass(frozen=True, kw_only=True)
class Inputs(CommonInputs):
    """What the rules may look at beside what every movement has."""

    address_is_trusted: bool
    address_paid_before: bool
    address_used_by_others: bool
    withdrawn_in_24_hours: str
    largest_withdrawal_30_days: str


class NewAddress:
    """Nobody vouched for the address: neither the address book nor an earlier payment."""

    name: ClassVar[str] = "new_address"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.address_is_trusted or inputs.address_paid_before:
            return None
        return "The first payment to an address that is not in the address book."


class SharedAddress:
    """Several customers sending to one address is how a collector works."""

    name: ClassVar[str] = "shared_address"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        return "Another customer has used this address." if inputs.address_used_by_others else None


class UnusualVolume:
    """Much more in a day than the customer ever sent at once."""

    name: ClassVar[str] = "unusual_volume"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        largest = Decimal(inputs.largest_withdrawal_30_days)
        today = Decimal(inputs.withdrawn_in_24_hours) + Decimal(inputs.amount)
        if largest <= 0 or today <= largest * UNUSUAL_MULTIPLE:
            return None
        return f"{to_text(today)} in 24 h, against {to_text(largest)} at the most before."


RULES: tuple[Rule[Inputs], ...] = (
    EqualRequest(),
    ManyRequests(),
    NewAddress(),
    YoungAccount(),
    SharedAddress(),
    RecentSecurityChange(),
    UnusualVolume(),
    ContradictedDeposit(),
)


def evaluate(inputs: Inputs) -> list[dict[str, Any]]:
    """Each rule's result, in the order of RULES: `{rule, flagged, says}`."""
    return risk_rules.evaluate(RULES, inputs)


def replay(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rules of today say about inputs stored with an earlier result."""
    return evaluate(Inputs(**stored))


def assess(withdrawal: Withdrawal) -> RiskResult:
    """Ask the rules about a locked withdrawal and store inputs and results."""
    inputs = gather(withdrawal)
    results = evaluate(inputs)
    return RiskResult.objects.create(
        withdrawal=withdrawal,
        rules_version=RULES_VERSION,
        inputs=asdict(inputs),
        results=results,
        is_flagged=any(result["flagged"] for result in results),
    )


def gather(withdrawal: Withdrawal) -> Inputs:
    """The inputs as they are now."""
    moment = now()
    customer = withdrawal.customer
    others = Withdrawal.objects.exclude(pk=withdrawal.pk)
    own = others.filter(customer=customer)
    to_same = others.filter(coin_network__network=withdrawal.coin_network.network, address=withdrawal.address)
    equal = own.filter(
        coin_network=withdrawal.coin_network,
        address=withdrawal.address,
        amount=withdrawal.amount,
        created_at__gt=withdrawal.created_at - timedelta(seconds=EQUAL_SECONDS),
        created_at__lte=withdrawal.created_at,
    )
    same_coin = own.filter(coin_network__coin=withdrawal.coin_network.coin)
    return Inputs(
        **risk_rules.about_customer(customer, moment=moment),
        amount=to_text(withdrawal.amount),
        address_is_trusted=withdrawal.trusted_address_id is not None,
        address_paid_before=to_same.filter(customer=customer, state=WithdrawalState.SUCCESS).exists(),
        address_used_by_others=to_same.exclude(customer=customer).exists(),
        equal_requests_in_10_seconds=equal.count(),
        requests_in_an_hour=own.filter(created_at__gt=moment - timedelta(hours=1)).count(),
        withdrawn_in_24_hours=to_text(_sum(same_coin.filter(created_at__gt=moment - timedelta(hours=24)))),
        largest_withdrawal_30_days=_largest(
            same_coin.filter(created_at__gt=moment - timedelta(days=30), state=WithdrawalState.SUCCESS)
        ),
        by_api_key=bool(withdrawal.api_key_id),
    )


def _sum(rows: QuerySet[Withdrawal]) -> Decimal:
    return rows.aggregate(total=Sum(F("amount")))["total"] or Decimal(0)


def _largest(rows: QuerySet[Withdrawal]) -> str:
    return to_text(rows.aggregate(largest=Max("amount"))["largest"] or Decimal(0))
