"""The risk rules of transfers between customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from config.kit.clock import now
from wallet.models.transfer_evidence import TransferRisk
from wallet.models.transfers import Transfer, TransferState
from wallet.services.risk import asking, rules
from wallet.services.risk.rules import CommonInputs, RuleSet


@dataclass(frozen=True, kw_only=True)
class Inputs(CommonInputs):
    """What the rules may look at beside what every movement has."""

    receiver_paid_before: bool
    receiver_age_days: int
    other_senders_in_24_hours: int


class NewReceiverByKey:
    """A stolen key's first act: no mail is opened for it, and nobody ever paid this customer before."""

    name: ClassVar[str] = "new_receiver_by_key"
    version: ClassVar[int] = 1

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if not inputs.by_api_key or inputs.receiver_paid_before:
            return None
        return "A signed key asks, and the receiver was never paid before."


class YoungReceiver:
    """Accounts opened to take stolen money are young."""

    name: ClassVar[str] = "young_receiver"
    version: ClassVar[int] = 1

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.receiver_paid_before or inputs.receiver_age_days >= rules.YOUNG_ACCOUNT_DAYS:
            return None
        return f"The first payment to an account that is {inputs.receiver_age_days} days old."


class Collector:
    """Many customers giving to one in a day is how a collector works."""

    name: ClassVar[str] = "collector"
    version: ClassVar[int] = 1
    strangers_max: ClassVar[int] = 10
    """Other customers who gave to the same one in a day, from which on the receiver looks like a collector."""

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.receiver_paid_before or inputs.other_senders_in_24_hours < self.strangers_max:
            return None
        return f"{inputs.other_senders_in_24_hours} other customers gave to this receiver in 24 h."


SETS: tuple[RuleSet[Inputs], ...] = (
    RuleSet(
        "2026-11-1",
        (
            rules.EqualRequest(),
            rules.ManyRequests(),
            rules.YoungAccount(),
            rules.RecentSecurityChange(),
            rules.ContradictedDeposit(),
            NewReceiverByKey(),
            YoungReceiver(),
            Collector(),
            rules.UnusualVolume(),
        ),
    ),
)
"""Every set that has decided, oldest first: the last one decides now, the others can be asked what they would have said."""
RENAMED = {"given_in_24_hours": "moved_in_24_hours", "largest_gift_30_days": "largest_in_30_days"}
"""Inputs that were stored under another name before."""


def assess(transfer: Transfer) -> TransferRisk:
    """Ask the rules about a locked transfer and store inputs and results."""
    return asking.ask(SETS, gather(transfer), kept=TransferRisk, transfer=transfer)


def gather(transfer: Transfer) -> Inputs:
    """The inputs as they are now."""
    moment = now()
    own = Transfer.objects.filter(sender=transfer.sender).exclude(pk=transfer.pk)
    same_coin = own.filter(coin=transfer.coin)
    history = asking.History(
        own=own,
        same_coin=same_coin,
        alike=same_coin.filter(receiver=transfer.receiver, amount=transfer.amount),
        end=TransferState.COMPLETED,
    )
    told = asking.of_history(
        history,
        amount=transfer.amount,
        asked_at=transfer.created_at,
        by_api_key=bool(transfer.api_key_id),
        moment=moment,
    )
    to_same = Transfer.objects.filter(receiver=transfer.receiver, created_at__gt=moment - timedelta(hours=24))
    return Inputs(
        **rules.about_customer(transfer.sender, moment=moment),
        **told,
        receiver_paid_before=own.filter(receiver=transfer.receiver, state=TransferState.COMPLETED).exists(),
        receiver_age_days=(moment - transfer.receiver.registered_at).days,
        other_senders_in_24_hours=to_same.exclude(sender=transfer.sender).values("sender").distinct().count(),
    )
