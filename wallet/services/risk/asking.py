"""Asking the rules about a movement: the inputs that its own history tells, and what is kept of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Max, QuerySet, Sum

from config.kit.money import to_text
from wallet.models.evidence import Assessment
from wallet.services.risk.rules import EQUAL_SECONDS, USUAL_DAYS, CommonInputs, RuleSet

Kept = TypeVar("Kept", bound=Assessment)
Seen = TypeVar("Seen", bound=CommonInputs)


@dataclass(frozen=True)
class History:
    """The customer's other requests of the same sort: all of them, those of the same coin, and those just like this one."""

    own: QuerySet[Any]
    same_coin: QuerySet[Any]
    alike: QuerySet[Any]
    """Of the same amount to the same place, whenever."""
    end: str
    """The state in which the money has gone."""


def of_history(history: History, *, amount: Decimal, asked_at: datetime, by_api_key: bool, moment: datetime) -> dict[str, Any]:
    """The inputs of CommonInputs that tell of the request and of those before it."""
    seconds_before = asked_at - timedelta(seconds=EQUAL_SECONDS)
    equal = history.alike.filter(created_at__gt=seconds_before, created_at__lte=asked_at)
    today = history.same_coin.filter(created_at__gt=moment - timedelta(hours=24))
    ended = history.same_coin.filter(state=history.end, created_at__gt=moment - timedelta(days=USUAL_DAYS))
    return {
        "amount": to_text(amount),
        "equal_requests_in_10_seconds": equal.count(),
        "requests_in_an_hour": history.own.filter(created_at__gt=moment - timedelta(hours=1)).count(),
        "moved_in_24_hours": to_text(today.aggregate(total=Sum("amount"))["total"] or Decimal(0)),
        "largest_in_30_days": to_text(ended.aggregate(largest=Max("amount"))["largest"] or Decimal(0)),
        "by_api_key": by_api_key,
    }


def ask(sets: Sequence[RuleSet[Seen]], inputs: Seen, *, kept: type[Kept], **subject: Any) -> Kept:
    """What the newest of the sets says about the inputs, stored with them beside the movement that `subject` names."""
    newest = sets[-1]
    results = newest.evaluate(inputs)
    made: Kept = kept._default_manager.create(  # noqa: SLF001  # Django's documented name for it
        **subject,
        rules_version=newest.version,
        inputs=asdict(inputs),
        results=results,
        is_flagged=any(result["flagged"] for result in results),
    )
    return made
