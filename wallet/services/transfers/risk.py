"""Risk rules of transfers: small classes over stored inputs, so that a later set can be replayed over past ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Max, Sum

from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.transfer_evidence import TransferRisk
from wallet.models.transfers import Transfer, TransferState
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

RULES_VERSION = "2026-11-1"
"""Grows whenever a rule, a threshold or an input changes."""
STRANGERS_MAX = 10
"""Other customers who gave to the same one in a day, from which on the receiver looks like a collector."""


@dataclass(frozen=True, kw_only=True)
class Inputs(CommonInputs):
    """What the rules may look at beside what every movement has."""

    receiver_paid_before: bool
    receiver_age_days: int
    other_senders_in_24_hours: int
    given_in_24_hours: str
    largest_gift_30_days: str


class NewReceiverByKey:
    """A stolen key's first act: no mail is opened for it, and nobody ever paid this customer before."""

    name: ClassVar[str] = "new_receiver_by_key"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if not inputs.by_api_key or inputs.receiver_paid_before:
            return None
        return "A signed key asks, and the receiver was never paid before."


class YoungReceiver:
    """Accounts opened to take stolen money are young."""

    name: ClassVar[str] = "young_receiver"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.receiver_paid_before or inputs.receiver_age_days >= risk_rules.YOUNG_ACCOUNT_DAYS:
            return None
        return f"The first payment to an account that is {inputs.receiver_age_days} days old."


class Collector:
    """Many customers giving to one in a day is how a collector works."""

    name: ClassVar[str] = "collector"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.receiver_paid_before or inputs.other_senders_in_24_hours < STRANGERS_MAX:
            return None
        return f"{inputs.other_senders_in_24_hours} other customers gave to this receiver in 24 h."


class UnusualVolume:
    """Much more in a day than the customer ever gave at once."""

    name: ClassVar[str] = "unusual_volume"

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        largest = Decimal(inputs.largest_gift_30_days)
        today = Decimal(inputs.given_in_24_hours) + Decimal(inputs.amount)
        if largest <= 0 or today <= largest * UNUSUAL_MULTIPLE:
            return None
        return f"{to_text(today)} in 24 h, against {to_text(largest)} at the most before."


RULES: tuple[Rule[Inputs], ...] = (
    EqualRequest(),
    ManyRequests(),
    YoungAccount(),
    RecentSecurityChange(),
    ContradictedDeposit(),
    NewReceiverByKey(),
    YoungReceiver(),
    Collector(),
    UnusualVolume(),
)


def replay(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rules of today say about inputs stored with an earlier result."""
    return risk_rules.evaluate(RULES, Inputs(**stored))


def assess(transfer: Transfer) -> TransferRisk:
    """Ask the rules about a locked transfer and store inputs and results."""
    inputs = gather(transfer)
    results = risk_rules.evaluate(RULES, inputs)
    return TransferRisk.objects.create(
        transfer=transfer,
        rules_version=RULES_VERSION,
        inputs=asdict(inputs),
        results=results,
        is_flagged=any(result["flagged"] for result in results),
    )


def gather(transfer: Transfer) -> Inputs:
    """The inputs as they are now."""
    moment = now()
    own = Transfer.objects.filter(sender=transfer.sender).exclude(pk=transfer.pk)
    same_coin = own.filter(coin=transfer.coin)
    equal = same_coin.filter(
        receiver=transfer.receiver,
        amount=transfer.amount,
        created_at__gt=transfer.created_at - timedelta(seconds=EQUAL_SECONDS),
        created_at__lte=transfer.created_at,
    )
    done = same_coin.filter(state=TransferState.COMPLETED, created_at__gt=moment - timedelta(days=30))
    lately = same_coin.filter(created_at__gt=moment - timedelta(hours=24))
    to_same = Transfer.objects.filter(receiver=transfer.receiver, created_at__gt=moment - timedelta(hours=24))
    return Inputs(
        **risk_rules.about_customer(transfer.sender, moment=moment),
        amount=to_text(transfer.amount),
        equal_requests_in_10_seconds=equal.count(),
        requests_in_an_hour=own.filter(created_at__gt=moment - timedelta(hours=1)).count(),
        by_api_key=bool(transfer.api_key_id),
        receiver_paid_before=own.filter(receiver=transfer.receiver, state=TransferState.COMPLETED).exists(),
        receiver_age_days=(moment - transfer.receiver.registered_at).days,
        other_senders_in_24_hours=to_same.exclude(sender=transfer.sender).values("sender").distinct().count(),
        given_in_24_hours=to_text(lately.aggregate(total=Sum("amount"))["total"] or Decimal(0)),
        largest_gift_30_days=to_text(done.aggregate(largest=Max("amount"))["largest"] or Decimal(0)),
    )
