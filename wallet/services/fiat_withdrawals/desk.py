"""What officers see of fiat withdrawals: the queues, a page at a time, and all that one decision or payment needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import SecurityHold, User
from accounts.services import holds
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.services import bank_accounts, entitlements
from kyc.services.bank_accounts import BankAccountShown
from kyc.services.bank_details import BankDetails
from wallet.models.banks import NostroAccount
from wallet.models.desk_claims import DeskClaim
from wallet.models.evidence import Verdict
from wallet.models.fiat_returns import FiatReturn
from wallet.models.fiat_withdrawals import (
    AWAITING_OFFICER,
    NOT_HELD,
    FiatMatter,
    FiatWithdrawal,
    FiatWithdrawalDecision,
    FiatWithdrawalEvent,
    FiatWithdrawalRisk,
    FiatWithdrawalState,
)
from wallet.models.ledger import Entry
from wallet.services import balances, desk_claims
from wallet.services.banks import nostro
from wallet.services.desk_queues import found_by
from wallet.services.fiat_withdrawals import books, policy, review
from wallet.services.fiat_withdrawals.payload import account_of, payload_hash_of
from wallet.services.limits import DAY_HOURS

EARLIER_MAX = 10
_S = FiatWithdrawalState


class Queue(StrEnum):
    """What an officer wants to see."""

    DECIDE = "decide"
    PAY = "pay"
    WAITING = "waiting"
    ALL = "all"


TITLES = {
    Queue.DECIDE: "To decide",
    Queue.PAY: "To pay",
    Queue.WAITING: "Waiting for the customer",
    Queue.ALL: "All",
}
RULES = {
    Queue.DECIDE: Q(state__in=AWAITING_OFFICER),
    Queue.PAY: Q(state__in=(_S.APPROVED, _S.PAYING)),
    Queue.WAITING: Q(state=_S.VERIFICATION),
    Queue.ALL: Q(),
}


def rows(queue: Queue, *, search: str = "") -> QuerySet[FiatWithdrawal]:
    """What stands in a queue, with what a line of it shows."""
    found = FiatWithdrawal.objects.filter(RULES[queue]).select_related("customer", "payer", "coin_network__coin")
    if search:
        found = found.filter(found_by(search) | Q(paid_line__reference=search.upper()))
    return found.prefetch_related("decisions")


@dataclass(frozen=True, repr=False)
class Dossier:
    """The page of one fiat withdrawal. `to` is where the money goes, in the clear for whoever is at the bank."""

    withdrawal: FiatWithdrawal
    payload_hash: str
    is_unchanged: bool
    held_because: str
    officers_needed: int
    decisions: list[FiatWithdrawalDecision]
    empty_seats: range
    account: BankAccountShown | None
    to: BankDetails | None
    level: int
    holds: list[SecurityHold]
    available: Decimal
    held: Decimal
    used_in_24_hours: Decimal
    earlier: list[FiatWithdrawal]
    risk: FiatWithdrawalRisk | None
    events: list[FiatWithdrawalEvent]
    ledger: list[Entry]
    returns: list[FiatReturn]
    nostro: list[NostroAccount]
    claim: DeskClaim | None


@dataclass(frozen=True)
class Choices:
    """What this officer may do now, and why not where they may not."""

    because: str = ""
    can_approve: bool = False
    can_reject: bool = False
    can_begin: bool = False
    is_payer: bool = False
    can_return: bool = False
    can_claim: bool = False

    @property
    def any_decision(self) -> bool:
        """Whether there is a button of the plain form of a decision."""
        return self.can_approve or self.can_reject or self.can_begin


def open_dossier(public_id: Any, *, officer: User) -> Dossier:
    """Everything about one fiat withdrawal. The bank account is in the clear for the payer alone. Raises Absent."""
    number = read_public_id(public_id)
    rows = FiatWithdrawal.objects.select_related(
        "customer", "payer", "coin_network__coin", "coin_network__network", "paid_line__nostro"
    )
    withdrawal = rows.filter(public_id=number).first() if number is not None else None
    if withdrawal is None:
        raise Absent(thing="fiat withdrawal")
    digest, account = payload_hash_of(withdrawal), account_of(withdrawal)
    decisions = list(FiatWithdrawalDecision.objects.filter(withdrawal=withdrawal).select_related("officer").order_by("id"))
    needed = review.needed(withdrawal)
    seated = sum(decision.matter == FiatMatter.APPROVAL for decision in decisions)
    is_paying = withdrawal.state == _S.PAYING and withdrawal.payer_id == officer.pk
    coin = withdrawal.coin_network.coin
    balance = balances.of_coin(withdrawal.customer, coin)
    return Dossier(
        withdrawal=withdrawal,
        payload_hash=digest.hex(),
        is_unchanged=crypto.equal(digest, bytes(withdrawal.payload_hash)),
        held_because=policy.held_because(withdrawal) if withdrawal.state not in NOT_HELD else "",
        officers_needed=needed,
        decisions=decisions,
        empty_seats=range(seated + 1, needed + 1),
        account=bank_accounts.show(account) if account else None,
        to=bank_accounts.details_of(account) if account and is_paying else None,
        level=entitlements.level_of(withdrawal.customer),
        holds=holds.active(withdrawal.customer),
        available=balance.available,
        held=balance.held,
        used_in_24_hours=policy.used(withdrawal.customer, coin, hours=DAY_HOURS),
        earlier=_earlier(withdrawal),
        risk=FiatWithdrawalRisk.objects.filter(withdrawal=withdrawal).order_by("-id").first(),
        events=list(FiatWithdrawalEvent.objects.filter(withdrawal=withdrawal).select_related("actor").order_by("id")),
        ledger=_entries(withdrawal),
        returns=list(FiatReturn.objects.filter(withdrawal=withdrawal).select_related("proposer", "decider").order_by("id")),
        nostro=nostro.opened(coin),
        claim=desk_claims.of(f"{review.CLAIM}:{withdrawal.public_id}"),
    )


def choices(dossier: Dossier, officer: User, *, is_treasury: bool) -> Choices:
    """What the officer may do on this page."""
    withdrawal = dossier.withdrawal
    if not is_treasury:
        return Choices("You may look; treasury officers decide.")
    if withdrawal.customer_id == officer.pk:
        return Choices("This is your own withdrawal: other officers decide about it.")
    if taken := desk_claims.elsewhere(dossier.claim, officer):
        return Choices(taken)
    if withdrawal.state in AWAITING_OFFICER:
        return _of_review(dossier, officer)
    if withdrawal.state == _S.APPROVED:
        return _of_payment(dossier, officer)
    if withdrawal.state == _S.PAYING:
        is_payer = withdrawal.payer_id == officer.pk
        because = "" if is_payer or withdrawal.payer is None else f"{withdrawal.payer.get_full_name()} is at the bank with it."
        return Choices(because, is_payer=is_payer)
    is_returning = any(one.state in ("proposed", "done") for one in dossier.returns)
    return Choices(can_return=withdrawal.state == _S.PAID and not is_returning)


def _of_review(dossier: Dossier, officer: User) -> Choices:
    spoken = {decision.matter for decision in dossier.decisions if decision.officer_id == officer.pk}
    has_approved = FiatMatter.APPROVAL in spoken
    because = _stopped(dossier)
    if has_approved:
        because = "You have approved this withdrawal; another officer is due. You can still take your approval back."
    return Choices(
        because,
        can_approve=not has_approved and not _stopped(dossier),
        can_reject=not has_approved or dossier.withdrawal.state == _S.SECOND_REVIEW,
        can_claim=True,
    )


def _of_payment(dossier: Dossier, officer: User) -> Choices:
    approved_by = {
        decision.officer_id
        for decision in dossier.decisions
        if decision.matter == FiatMatter.APPROVAL and decision.verdict == Verdict.APPROVE
    }
    because = _stopped(dossier)
    if not because and not approved_by - {officer.pk}:
        because = "You alone approved this withdrawal; another officer has to pay it."
    return Choices(because, can_begin=not because, can_reject=True, can_claim=True)


def _stopped(dossier: Dossier) -> str:
    if not dossier.is_unchanged:
        return "The withdrawal or its bank account was changed after it was asked for. It can only be rejected."
    return f"Held: {dossier.held_because}. It can't be approved or paid." if dossier.held_because else ""


def _earlier(withdrawal: FiatWithdrawal) -> list[FiatWithdrawal]:
    others = FiatWithdrawal.objects.filter(customer=withdrawal.customer).exclude(pk=withdrawal.pk)
    return list(others.select_related("coin_network__coin").order_by("-id")[:EARLIER_MAX])


def _entries(withdrawal: FiatWithdrawal) -> list[Entry]:
    rows = Entry.objects.filter(posting__in=books.postings_of(withdrawal))
    return list(rows.select_related("posting", "account__owner", "account__coin").order_by("posting_id", "seq"))
