"""Proving the books: what must hold of them, asked of the database in one snapshot.

A difference stops withdrawals of its coin until an operator has looked; see docs/architecture.md#ledger. An incremental
audit takes the sums of accounts as they were proven up to a mark (see audit_marks) and looks at what came since.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.alarms import AlarmKind
from wallet.models.coins import Coin
from wallet.models.ledger import PostingKind
from wallet.models.withdrawals import ENDS, WithdrawalState
from wallet.services import alarms, audit_marks, audit_queries, stops
from wallet.services.alarms import Matter
from wallet.services.audit_marks import Place
from wallet.services.fiat_withdrawals import reads as fiat_withdrawals
from wallet.services.payments import reads as payments
from wallet.services.transfers import reservations as transfer_reservations
from wallet.services.withdrawals import reservations

log = logging.getLogger(__name__)

FINDINGS_MAX = 100
"""Findings kept of each check; all are counted."""
POSTINGS_PER_STEP = 50_000
RESERVATIONS: tuple[Callable[[], Iterator[tuple[int, int, Decimal]]], ...] = (
    reservations.open_reservations,
    transfer_reservations.open_reservations,
    payments.open_reservations,
    fiat_withdrawals.open_reservations,
)
"""Who holds customers' money aside: each gives (customer id, coin id, amount) of what it has reserved."""

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold."""

    check: str
    coin: str
    subject: str
    expected: str
    found: str


@dataclass(frozen=True)
class CoinSummary:
    """One coin in the books."""

    coin: str
    entries: int
    entries_sum: str
    customers: str
    """Sum of what customers own."""


@dataclass
class Report:
    """What an audit found."""

    full: bool
    incremental: bool = False
    coins: list[CoinSummary] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    finding_count: int = 0
    accounts: int = 0
    postings: int = 0
    stopped: list[str] = field(default_factory=list)
    """Coins whose withdrawals this audit stopped."""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return self.finding_count == 0

    def add(self, check: str, coin: str, subject: str, *, expected: Decimal, found: Decimal) -> None:
        """Note a difference."""
        self.finding_count += 1
        if self.finding_count <= FINDINGS_MAX:
            self.findings.append(Finding(check, coin, subject, to_text(expected), to_text(found)))


def run(*, full: bool = False, incremental: bool = False, stop: bool = True, progress: Progress | None = None) -> Report:
    """Prove the books, and stop the withdrawals of every coin that has a difference unless `stop` is False.

    Always: each coin's entries sum to zero; each account's balance (with what waits to be folded) is the sum of its
    entries; nothing is below zero that may not be; what is held is what is reserved; each ended withdrawal was settled
    or released, each ended transfer given or released, and each credited deposit, its reversal and each adjustment posted,
    in full. A credited deposit that left its chain is found too, and stops its customer's withdrawals, not the coin's.
    `full` also proves every posting by itself. `incremental` takes what was proven before as proven, proves every posting
    since, and where all holds remembers how far it came. One snapshot, so that it may run beside the trade; raises
    RuntimeError inside a transaction of the caller.
    """
    if connection.in_atomic_block:
        raise RuntimeError("an audit needs a snapshot of its own")
    began = time.monotonic()
    report = Report(full=full, incremental=incremental)
    suspects = _Suspects()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        place = audit_marks.proven() if incremental else audit_marks.START
        settled = audit_marks.settled() if incremental else None
        _prove(report, suspects, place, full=full, progress=progress or (lambda _done, _total: None))
    if incremental:
        if settled is not None and not suspects.coins:
            audit_marks.advance(place, settled)
        audit_marks.take()
    elif full and not suspects.coins and suspects.marks:
        audit_marks.forget()
    if stop:
        for code in sorted(suspects.coins):
            if stops.stop(code, reason="the audit of the books found a difference"):
                report.stopped.append(code)
    report.seconds = round(time.monotonic() - began, 3)
    return report


def run_and_tell(*, full: bool = False, incremental: bool = False) -> Report:
    """Prove the books and keep an alarm for each coin that differs, until an audit finds that it holds again."""
    report = run(full=full, incremental=incremental)
    moment = now()
    found: dict[str, Matter] = {}
    for finding in report.findings:
        said = f"{finding.check}: {finding.subject} should be {finding.expected}, is {finding.found}"
        found.setdefault(finding.coin or "some coin", Matter(moment, said))
    alarms.keep(AlarmKind.BOOKS_DIFFER, found)
    if not report.ok:
        findings = [asdict(finding) for finding in report.findings]
        log.critical("the books do not hold", extra={"findings": findings, "stopped": report.stopped})
    return report


@dataclass
class _Suspects:
    coins: set[str] = field(default_factory=set)
    marks: bool = False
    """Whether the sums that were proven are not those of their entries."""


@dataclass
class _Proof:
    """What is being found, and how far it is."""

    report: Report
    suspects: _Suspects
    progress: Progress
    steps: int
    done: int = 0

    def step(self) -> None:
        self.done += 1
        self.progress(self.done, self.steps)

    def difference(self, check: str, coin: str, subject: str, expected: Decimal, found: Decimal) -> None:
        self.suspects.coins.add(coin)
        self.report.add(check, coin, subject, expected=expected, found=found)


def _prove(report: Report, suspects: _Suspects, place: Place, *, full: bool, progress: Progress) -> None:
    codes = dict(Coin.objects.values_list("id", "code"))
    last = audit_queries.last_posting() if full else 0
    proof = _Proof(report, suspects, progress, steps=5 + -(-last // POSTINGS_PER_STEP))
    for summary in audit_queries.coins(after=place.entry):
        report.coins.append(CoinSummary(summary.coin, summary.entries, to_text(summary.total), to_text(summary.customers)))
        if summary.total:
            proof.difference("coin sums to zero", summary.coin, summary.coin, Decimal(0), summary.total)
    proof.step()
    report.accounts = audit_queries.count_accounts()
    for account in audit_queries.accounts_that_differ(after=place.entry):
        subject = f"account {account.id}"
        proof.difference("balance is its entries", codes[account.coin_id], subject, account.total, account.balance)
    proof.step()
    for account in audit_queries.accounts_below_zero():
        subject = f"account {account.id}"
        proof.difference("nothing is below zero", codes[account.coin_id], subject, Decimal(0), account.balance)
    proof.step()
    for check, subject, coin_id, due, posted in _stories_that_differ(place.since):
        proof.difference(check, codes[coin_id], subject, due, posted)
    _add_contradictions(report, codes)
    proof.step()
    if report.incremental:
        for posting_id, coin, total in audit_queries.new_postings_that_differ(after=place.entry, posting=place.posting):
            proof.difference("posting sums to zero", coin, f"posting {posting_id}", Decimal(0), total)
    proof.step()
    if full:
        _prove_each_posting(proof, last)
        suspects.marks = audit_queries.proven_sums_differ(until=audit_marks.proven().entry)


def _prove_each_posting(proof: _Proof, last: int) -> None:
    for first in range(0, last, POSTINGS_PER_STEP):
        until = min(first + POSTINGS_PER_STEP, last)
        proof.report.postings += audit_queries.count_postings(first, until)
        for posting_id, coin, total in audit_queries.postings_that_differ(first, until):
            proof.difference("posting sums to zero", coin, f"posting {posting_id}", Decimal(0), total)
        proof.step()


def _add_contradictions(report: Report, codes: Mapping[int, str]) -> None:
    for deposit, coin_id, nothing, credited in audit_queries.deposits_contradicted():
        report.add("deposit is on its chain", codes[coin_id], f"deposit {deposit}", expected=nothing, found=credited)


def _stories_that_differ(since: datetime) -> Iterator[tuple[str, str, int, Decimal, Decimal]]:
    """What withdrawals and deposits say of themselves against their postings: (check, subject, coin id, due, posted)."""
    for customer_id, coin_id, reserved, held in _holds_that_differ():
        yield "held is reserved", f"customer {customer_id}", coin_id, reserved, held
    settled = audit_queries.withdrawals_that_differ([WithdrawalState.SUCCESS], PostingKind.WITHDRAWAL, since=since)
    for number, coin_id, due, posted in settled:
        yield "success is settled", f"withdrawal {number}", coin_id, due, posted
    others = [state for state in ENDS if state != WithdrawalState.SUCCESS]
    released = audit_queries.withdrawals_that_differ(others, PostingKind.WITHDRAWAL_RELEASE, since=since)
    for number, coin_id, due, posted in released:
        yield "what did not leave is released", f"withdrawal {number}", coin_id, due, posted
    for number, coin_id, due, posted in audit_queries.transfers_that_differ(since=since):
        yield "an ended transfer is posted", f"transfer {number}", coin_id, due, posted
    for number, coin_id, due, posted in audit_queries.fiat_withdrawals_that_differ():
        yield "a fiat withdrawal is posted", f"fiat withdrawal {number}", coin_id, due, posted
    for number, coin_id, due, posted in audit_queries.deposits_that_differ(since=since):
        yield "credited is posted", f"deposit {number}", coin_id, due, posted
    for subject, coin_id, due, posted in audit_queries.pairs_that_differ(since=since):
        yield "what two officers did is posted", subject, coin_id, due, posted


def _holds_that_differ() -> Iterator[tuple[int, int, Decimal, Decimal]]:
    reserved: dict[tuple[int, int], Decimal] = {}
    for source in RESERVATIONS:
        for customer_id, coin_id, amount in source():
            reserved[customer_id, coin_id] = reserved.get((customer_id, coin_id), Decimal(0)) + amount
    held = audit_queries.held()
    for key in sorted(reserved.keys() | held.keys()):
        wanted, found = reserved.get(key, Decimal(0)), held.get(key, Decimal(0))
        if wanted != found:
            yield (*key, wanted, found)
