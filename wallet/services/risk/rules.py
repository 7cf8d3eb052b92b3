"""What a risk rule is, what every outgoing movement tells it, and the rules that don't ask where the money goes.

A rule only raises a flag; it never approves and never rejects. Any flag asks for a second officer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from accounts.models import SecurityHold, User
from config.kit.money import to_text
from kyc.services import entitlements
from wallet.services.deposits import contradictions

EQUAL_SECONDS = 10
RECENT_HOLD_DAYS = 7
YOUNG_ACCOUNT_DAYS = 7
USUAL_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class CommonInputs:
    """Numbers and truths about the moment of review that every movement has, amounts as text."""

    level: int
    account_age_days: int
    amount: str
    equal_requests_in_10_seconds: int
    requests_in_an_hour: int
    security_holds_in_7_days: int
    moved_in_24_hours: str
    """What the customer asked for in the 24 hours before, of the same coin by the same sort of movement."""
    largest_in_30_days: str
    """The largest of those that came to their end."""
    by_api_key: bool
    contradicted_deposits: int = 0


Seen_contra = TypeVar("Seen_contra", contravariant=True)
Seen = TypeVar("Seen")


class Rule(Protocol[Seen_contra]):
    """One question. Its version grows whenever its answer to the same inputs may be another one."""

    name: ClassVar[str]
    version: ClassVar[int]

    def says(self, inputs: Seen_contra, /) -> str | None:
        """A sentence for the officer where the rule flags, else None."""
        ...


@dataclass(frozen=True)
class RuleSet(Generic[Seen]):
    """Rules that are asked together. Another rule, threshold or input makes another set with another version."""

    version: str
    rules: Sequence[Rule[Seen]]

    def evaluate(self, inputs: Seen) -> list[dict[str, Any]]:
        """Each rule's result, in their order: `{rule, version, flagged, says}`."""
        results = []
        for rule in self.rules:
            sentence = rule.says(inputs)
            results.append(
                {"rule": rule.name, "version": rule.version, "flagged": sentence is not None, "says": sentence or ""}
            )
        return results


class EqualRequest:
    """The same amount to the same place within seconds: a double click, or a replayed order."""

    name: ClassVar[str] = "equal_request"
    version: ClassVar[int] = 1

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.equal_requests_in_10_seconds:
            return None
        return f"An equal request came within {EQUAL_SECONDS} s."


class ManyRequests:
    """More requests in an hour than people make."""

    name: ClassVar[str] = "many_requests"
    version: ClassVar[int] = 1
    others_max: ClassVar[int] = 5

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if inputs.requests_in_an_hour < self.others_max:
            return None
        return f"{inputs.requests_in_an_hour} other requests in an hour."


class YoungAccount:
    """Accounts opened to move stolen money are young."""

    name: ClassVar[str] = "young_account"
    version: ClassVar[int] = 1

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if inputs.account_age_days >= YOUNG_ACCOUNT_DAYS:
            return None
        return f"The account is {inputs.account_age_days} days old."


class RecentSecurityChange:
    """A thief changes the password first and waits for the hold to end."""

    name: ClassVar[str] = "recent_security_change"
    version: ClassVar[int] = 1

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.security_holds_in_7_days:
            return None
        return f"{inputs.security_holds_in_7_days} security holds within {RECENT_HOLD_DAYS} days."


class UnusualVolume:
    """Much more in a day than the customer ever sent at once."""

    name: ClassVar[str] = "unusual_volume"
    version: ClassVar[int] = 1
    multiple: ClassVar[int] = 10

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        largest = Decimal(inputs.largest_in_30_days)
        today = Decimal(inputs.moved_in_24_hours) + Decimal(inputs.amount)
        if largest <= 0 or today <= largest * self.multiple:
            return None
        return f"{to_text(today)} in 24 h, against {to_text(largest)} at the most before."


class ContradictedDeposit:
    """What leaves may be money that never arrived."""

    name: ClassVar[str] = "contradicted_deposit"
    version: ClassVar[int] = 1

    def says(self, inputs: CommonInputs) -> str | None:
        """See Rule."""
        if not inputs.contradicted_deposits:
            return None
        return f"{inputs.contradicted_deposits} credited deposits have left the chain."


def about_customer(customer: User, *, moment: datetime) -> dict[str, Any]:
    """The inputs of CommonInputs that tell of the customer, whatever they asked for."""
    holds = SecurityHold.objects.filter(user=customer, until__gt=moment - timedelta(days=RECENT_HOLD_DAYS))
    return {
        "level": entitlements.level_of(customer),
        "account_age_days": (moment - customer.registered_at).days,
        "security_holds_in_7_days": holds.count(),
        "contradicted_deposits": contradictions.undecided(customer).count(),
    }
