"""Risk rules: small classes over stored inputs, so that a later set can be replayed over past withdrawals.

A rule only raises a flag; it never approves and never rejects. Any flag asks for a second officer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from django.db.models import F, Max, QuerySet, Sum

from accounts.models import SecurityHold
from config.kit.clock import now
from config.kit.money import to_text
from kyc.services import entitlements
from wallet.models.withdrawal_evidence import RiskResult
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.deposits import contradictions

RULES_VERSION = "2026-11-2"
"""Grows whenever a rule, a threshold or an input changes."""
EQUAL_SECONDS = 10
HOUR_REQUESTS_MAX = 5
YOUNG_ACCOUNT_DAYS = 7
RECENT_HOLD_DAYS = 7
UNUSUAL_MULTIPLE = 10


@dataclass(frozen=True)
class Inputs:
    """What the rules may look at: numbers and truths about the moment of review, amounts as text."""

    level: int
    account_age_days: int
    amount: str
    address_is_trusted: bool
    address_paid_before: bool
    address_used_by_others: bool
    equal_requests_in_10_seconds: int
    requests_in_an_hour: int
    security_holds_in_7_days: int
    withdrawn_in_24_hours: str
    largest_withdrawal_30_days: str
    by_api_key: bool
    contradicted_deposits: int = 0


class Rule(Protocol):
    """One question. `says` gives a sentence for the officer when the rule flags, else None."""

    name: ClassVar[str]

    def says(self, inputs: Inputs) -> str | None:
        """The sentence, or None."""
        ...


class EqualRequest:
    """The same amount to the same address within seconds: a double click, or a replayed order."""

    name: ClassVar[str] = "equal_request"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if not inputs.equal_requests_in_10_seconds:
            return None
        return f"An equal request came within {EQUAL_SECONDS} s."


class ManyRequests:
    """More requests in an hour than people make."""

    name: ClassVar[str] = "many_requests"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.requests_in_an_hour < HOUR_REQUESTS_MAX:
            return None
        return f"{inputs.requests_in_an_hour} other requests in an hour."


class NewAddress:
    """Nobody vouched for the address: neither the address book nor an earlier payment."""

    name: ClassVar[str] = "new_address"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.address_is_trusted or inputs.address_paid_before:
            return None
        return "The first payment to an address that is not in the address book."


class YoungAccount:
    """Accounts opened to move stolen money are young."""

    name: ClassVar[str] = "young_account"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.account_age_days >= YOUNG_ACCOUNT_DAYS:
            return None
        return f"The account is {inputs.account_age_days} days old."


class SharedAddress:
    """Several customers sending to one address is how a collector works."""

    name: ClassVar[str] = "shared_address"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        return "Another customer has used this address." if inputs.address_used_by_others else None


class RecentSecurityChange:
    """A thief changes the password first and waits for the hold to end."""

    name: ClassVar[str] = "recent_security_change"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if not inputs.security_holds_in_7_days:
            return None
        return f"{inputs.security_holds_in_7_days} security holds within {RECENT_HOLD_DAYS} days."


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


class ContradictedDeposit:
    """What leaves may be money that never arrived."""

    name: ClassVar[str] = "contradicted_deposit"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if not inputs.contradicted_deposits:
            return None
        return f"{inputs.contradicted_deposits} credited deposits have left the chain."


RULES: tuple[Rule, ...] = (
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
    results = []
    for rule in RULES:
        sentence = rule.says(inputs)
        results.append({"rule": rule.name, "flagged": sentence is not None, "says": sentence or ""})
    return results


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
        level=entitlements.level_of(customer),
        account_age_days=(moment - customer.registered_at).days,
        amount=to_text(withdrawal.amount),
        address_is_trusted=withdrawal.trusted_address_id is not None,
        address_paid_before=to_same.filter(customer=customer, state=WithdrawalState.SUCCESS).exists(),
        address_used_by_others=to_same.exclude(customer=customer).exists(),
        equal_requests_in_10_seconds=equal.count(),
        requests_in_an_hour=own.filter(created_at__gt=moment - timedelta(hours=1)).count(),
        security_holds_in_7_days=SecurityHold.objects.filter(
            user=customer, until__gt=moment - timedelta(days=RECENT_HOLD_DAYS)
        ).count(),
        withdrawn_in_24_hours=to_text(_sum(same_coin.filter(created_at__gt=moment - timedelta(hours=24)))),
        largest_withdrawal_30_days=_largest(
            same_coin.filter(created_at__gt=moment - timedelta(days=30), state=WithdrawalState.SUCCESS)
        ),
        by_api_key=bool(withdrawal.api_key_id),
        contradicted_deposits=contradictions.undecided(customer).count(),
    )


def _sum(rows: QuerySet[Withdrawal]) -> Decimal:
    return rows.aggregate(total=Sum(F("amount")))["total"] or Decimal(0)


def _largest(rows: QuerySet[Withdrawal]) -> str:
    return to_text(rows.aggregate(largest=Max("amount"))["largest"] or Decimal(0))
