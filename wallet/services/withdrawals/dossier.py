"""All that an officer needs to know of one withdrawal, on one page, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import SecurityHold, User
from accounts.services import holds
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.services import entitlements
from wallet.models.desk_claims import DeskClaim
from wallet.models.evidence import Verdict
from wallet.models.ledger import Entry, Posting, PostingKind
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawal_evidence import Matter, RiskResult, WithdrawalDecision, WithdrawalEvent
from wallet.models.withdrawals import AWAITING_OFFICER, Withdrawal, WithdrawalState
from wallet.services import balances, desk_claims, limits
from wallet.services.travel_rule import requiring
from wallet.services.travel_rule.requiring import TravelRule
from wallet.services.withdrawals import absence, books, bumping, policy, review
from wallet.services.withdrawals.payload import payload_hash_of

EARLIER_MAX = 10
RECALLABLE = (WithdrawalState.APPROVED, WithdrawalState.SECOND_REVIEW)
"""States in which an approval stands that can be taken back."""


@dataclass(frozen=True)
class CustomerView:
    """Who asks."""

    user: User
    level: int
    holds: list[SecurityHold]
    available: Decimal
    held: Decimal
    withdrawn_in_24_hours: Decimal
    sent_in_all: Decimal
    earlier: list[Withdrawal]


@dataclass(frozen=True)
class OfficerSeat:
    """One of the officers that a withdrawal needs; `decision` is None while the seat is empty."""

    number: int
    decision: WithdrawalDecision | None
    stands: bool


@dataclass(frozen=True)
class LedgerLine:
    """One entry of one of the withdrawal's postings."""

    posting: Posting
    entry: Entry

    @property
    def posting_label(self) -> str:
        """What the posting is about, in words."""
        return PostingKind(self.posting.kind).label


@dataclass(frozen=True)
class Choices:
    """What this officer may do now, and why not where they may not."""

    because: str
    can_approve: bool = False
    can_reject: bool = False
    can_declare_absent: bool = False
    can_raise_fee: bool = False
    can_claim: bool = False


@dataclass(frozen=True)
class Dossier:
    """The page."""

    withdrawal: Withdrawal
    payload_hash: str
    is_unchanged: bool
    customer: CustomerView
    seats: list[OfficerSeat]
    other_decisions: list[WithdrawalDecision]
    risk: RiskResult | None
    events: list[WithdrawalEvent]
    chain: list[OutgoingTransaction]
    ledger: list[LedgerLine]
    officers_needed: int
    second_officer_because: str
    held_because: str
    """Why the customer's account stops it, or nothing."""
    travel_rule: TravelRule
    claim: DeskClaim | None


def find(public_id: Any) -> Withdrawal:
    """The withdrawal of that id, for staff. Raises Absent."""
    number = read_public_id(public_id)
    rows = Withdrawal.objects.select_related("customer", "coin_network__coin", "coin_network__network", "trusted_address")
    found = rows.filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="withdrawal")
    return found


def open_dossier(public_id: Any) -> Dossier:
    """Everything about one withdrawal. Raises Absent."""
    withdrawal = find(public_id)
    digest = payload_hash_of(withdrawal)
    decisions = list(WithdrawalDecision.objects.filter(withdrawal=withdrawal).select_related("officer").order_by("id"))
    risk = RiskResult.objects.filter(withdrawal=withdrawal).order_by("-id").first()
    needed = max(withdrawal.officers_required, policy.officers_needed(withdrawal, is_flagged=withdrawal.is_flagged))
    return Dossier(
        withdrawal=withdrawal,
        payload_hash=digest.hex(),
        is_unchanged=crypto.equal(digest, bytes(withdrawal.payload_hash)),
        customer=_customer(withdrawal),
        seats=_seats(decisions, needed, digest),
        other_decisions=[decision for decision in decisions if decision.matter != Matter.APPROVAL],
        risk=risk,
        events=list(WithdrawalEvent.objects.filter(withdrawal=withdrawal).select_related("actor").order_by("id")),
        chain=list(OutgoingTransaction.objects.filter(withdrawal=withdrawal).order_by("id")),
        ledger=_ledger(withdrawal),
        officers_needed=needed,
        second_officer_because=_because(withdrawal, needed),
        held_because=policy.held_because(withdrawal),
        travel_rule=requiring.state_of(withdrawal),
        claim=desk_claims.of(f"{review.CLAIM}:{withdrawal.public_id}"),
    )


def choices(dossier: Dossier, officer: User, *, is_treasury: bool) -> Choices:
    """What the officer may do on this page."""
    withdrawal = dossier.withdrawal
    spoken = {d.matter for d in _spoken(dossier) if d.officer_id == officer.pk}
    if not is_treasury:
        return Choices("You may look; treasury officers decide.")
    if withdrawal.customer_id == officer.pk:
        return Choices("This is your own withdrawal: other officers decide about it.")
    under_review = withdrawal.state in AWAITING_OFFICER
    is_untold = dossier.travel_rule == TravelRule.MISSING
    open_seat = Matter.APPROVAL not in spoken
    because = taken = desk_claims.elsewhere(dossier.claim, officer) if under_review else ""
    if under_review and not open_seat:
        because = "You have approved this withdrawal; another officer is due. You can still take your approval back."
    elif under_review and not dossier.is_unchanged:
        because = "The withdrawal was changed after it was asked for. It can only be rejected."
    elif under_review and dossier.held_because:
        because = f"Held: {dossier.held_because}. It can't be approved."
    elif under_review and is_untold:
        because = "It is not known who the beneficiary is (Travel Rule): that comes first."
    return Choices(
        can_approve=under_review and open_seat and not because,
        can_reject=(under_review and open_seat) or (withdrawal.state in RECALLABLE and Matter.RECALL not in spoken),
        can_raise_fee=bumping.may_be_raised(withdrawal, dossier.chain) and Matter.ABSENCE not in _matters(dossier),
        can_declare_absent=Matter.ABSENCE not in spoken and absence.may_be_declared(withdrawal),
        can_claim=under_review and not taken,
        because=because,
    )


def _matters(dossier: Dossier) -> set[str]:
    return {decision.matter for decision in dossier.other_decisions}


def _spoken(dossier: Dossier) -> list[WithdrawalDecision]:
    seated = [seat.decision for seat in dossier.seats if seat.decision is not None]
    return seated + dossier.other_decisions


def _customer(withdrawal: Withdrawal) -> CustomerView:
    user, coin = withdrawal.customer, withdrawal.coin_network.coin
    own = Withdrawal.objects.filter(customer=user)
    sent = own.filter(coin_network__coin=coin, state=WithdrawalState.SUCCESS).aggregate(sent=Sum("amount"))["sent"]
    balance = balances.of_coin(user, coin)
    return CustomerView(
        user=user,
        level=entitlements.level_of(user),
        holds=holds.active(user),
        available=balance.available,
        held=balance.held,
        withdrawn_in_24_hours=policy.used(user, coin, hours=limits.DAY_HOURS),
        sent_in_all=sent or Decimal(0),
        earlier=list(
            own.exclude(pk=withdrawal.pk)
            .select_related("coin_network__coin", "coin_network__network")
            .order_by("-id")[:EARLIER_MAX]
        ),
    )


def _seats(decisions: list[WithdrawalDecision], needed: int, digest: bytes) -> list[OfficerSeat]:
    seated = [decision for decision in decisions if decision.matter == Matter.APPROVAL]
    seats = [
        OfficerSeat(
            number=number,
            decision=decision,
            stands=decision.verdict == Verdict.REJECT or crypto.equal(bytes(decision.payload_hash), digest),
        )
        for number, decision in enumerate(seated, start=1)
    ]
    empty = range(len(seats) + 1, needed + 1)
    return seats + [OfficerSeat(number=number, decision=None, stands=True) for number in empty]


def _ledger(withdrawal: Withdrawal) -> list[LedgerLine]:
    postings = books.postings_of(withdrawal)
    entries = (
        Entry.objects.filter(posting__in=postings)
        .select_related("posting", "account", "account__coin")
        .order_by("posting_id", "seq")
    )
    return [LedgerLine(posting=entry.posting, entry=entry) for entry in entries]


def _because(withdrawal: Withdrawal, needed: int) -> str:
    if needed < limits.OFFICERS_MAX:
        return ""
    if withdrawal.is_flagged:
        return "a risk rule raised a flag"
    return "the amount reaches the coin's threshold"


def age_since(moment: datetime, *, until: datetime) -> str:
    """How long that is, in its largest whole unit: `3 d`, `5 h`, `12 min`, `40 s`."""
    seconds = max(0, int((until - moment).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
