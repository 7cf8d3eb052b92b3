"""Risk rules that do not ask where the money goes, over inputs that every outgoing movement stores.

A rule only raises a flag; it never approves and never rejects. Any flag asks for a second officer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar

from accounts.models import SecurityHold, User
from kyc.services import entitlements
from wallet.services.deposits import contradictions

EQUAL_SECONDS = 10
HOUR_REQUESTS_MAX = 5
YOUNG_ACCOUNT_DAYS = 7
RECENT_HOLD_DAYS = 7
UNUSUAL_MULTIPLE = 10


@dataclass(frozen=True, kw_only=True)
class CommonInputs:
    """Numbers and truths about the moment of review that every movement has, amounts as text."""

    level: int
    account_age_days: int
    amount: str
    equal_requests_in_10_seconds: int
    requests_in_an_hour: int
    security_holds_in_7_days: int
    by_api_key: bool
    contradicted_deposits: int = 0


I_contra = TypeVar("I_contra", contravariant=True)


class Rule(Protocol[I_contra]):
    """One question. `says` gives a sentence for the officer when the rule flags, else None."""

    name: ClassVar[str]

    def says(self, inputs: I_contra, /) -> str | None:
        """The sentence, or None."""
        ...


class EqualRequest:
    """The same amount to the same place within seconds: a double click, or a replayed order."""

    name: ClassVar[str] = "equal_request"

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.equal_requests_in_10_seconds:
            return None
        return f"An equal request came within {EQUAL_SECONDS} s."


class ManyRequests:
    """More requests in an hour than people make."""

    name: ClassVar[str] = "many_requests"

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if inputs.requests_in_an_hour < HOUR_REQUESTS_MAX:
            return None
        return f"{inputs.requests_in_an_hour} other requests in an hour."


class YoungAccount:
    """Accounts opened to move stolen money are young."""

    name: ClassVar[str] = "young_account"

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if inputs.account_age_days >= YOUNG_ACCOUNT_DAYS:
            return None
        return f"The account is {inputs.account_age_days} days old."


class RecentSecurityChange:
    """A thief changes the password first and waits for the hold to end."""

    name: ClassVar[str] = "recent_security_change"

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.security_holds_in_7_days:
            return None
        return f"{inputs.security_holds_in_7_days} security holds within {RECENT_HOLD_DAYS} days."


class ContradictedDeposit:
    """What leaves may be money that never arrived."""

    name: ClassVar[str] = "contradicted_deposit"

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.contradicted_deposits:
            return None
        return f"{inputs.contradicted_deposits} credited deposits have left the chain."


Seen = TypeVar("Seen")


def evaluate(rules: Sequence[Rule[Seen]], inputs: Seen) -> list[dict[str, Any]]:
    """Each rule's result, in the order of the rules: `{rule, flagged, says}`."""
    results = []
    for rule in rules:
        sentence = rule.says(inputs)
        results.append({"rule": rule.name, "flagged": sentence is not None, "says": sentence or ""})
    return results


def about_customer(customer: User, *, moment: datetime) -> dict[str, Any]:
    """The inputs of CommonInputs that tell of the customer, whatever they asked for."""
    holds = SecurityHold.objects.filter(user=customer, until__gt=moment - timedelta(days=RECENT_HOLD_DAYS))
    return {
        "level": entitlements.level_of(customer),
        "account_age_days": (moment - customer.registered_at).days,
        "security_holds_in_7_days": holds.count(),
        "contradicted_deposits": contradictions.undecided(customer).count(),
    }
