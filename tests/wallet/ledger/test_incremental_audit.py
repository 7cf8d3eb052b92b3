"""The incremental audit: it looks at what came since, behind what is still under way, and finds what the whole one finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.models import User
from tests import factories_wallet as factory
from tests.wallet.ledger.test_audit import command, forge
from wallet.models import Alarm, AuditedTotal, AuditMark, Coin, LedgerAccount
from wallet.services import audit, audit_marks, stops
from wallet.tasks.ledger import audit_books, audit_books_whole, fold

pytestmark = pytest.mark.usefixtures("real_db")
MARKS_MAX = 3_000


@pytest.fixture
def giver() -> User:
    """Somebody who traded before the books were proven: 7.9 ETH are left."""
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    factory.transfer(giver, taker, "2", fee="0.1")
    proven()
    return giver


def proven() -> None:
    """Prove everything up to now. The mark stays behind an older transaction, of another database of the server too."""
    pause = threading.Event()
    for _ in range(MARKS_MAX):
        report = increment()
        assert report.ok
        if not entries_seen(report):
            return
        pause.wait(0.1)
    raise AssertionError("the mark does not come forward")


def settled_after(place: audit_marks.Place) -> AuditMark:
    """The mark that was taken since. It too waits for older transactions of the server's other databases."""
    pause = threading.Event()
    for _ in range(MARKS_MAX):
        mark = audit_marks.settled()
        if mark is not None and mark.pk != place.mark:
            return mark
        pause.wait(0.1)
    raise AssertionError("the mark is not settled")


def increment(*, stop: bool = False) -> audit.Report:
    return audit.run(incremental=True, stop=stop)


def entries_seen(report: audit.Report) -> int:
    return sum(coin.entries for coin in report.coins)


def account(owner: User) -> LedgerAccount:
    return LedgerAccount.objects.get(owner=owner, coin__code="ETH")


def checks(report: audit.Report) -> set[str]:
    return {finding.check for finding in report.findings}


def test_what_was_proven_is_not_looked_at_again_and_the_sums_are_the_same(giver):
    factory.fund(giver, "1")
    report = increment()
    assert (report.ok, entries_seen(report)) == (True, 2)
    ether = next(coin for coin in report.coins if coin.coin == "ETH")
    assert (ether.entries_sum, ether.customers) == ("0", "10.9")
    proven()
    assert entries_seen(increment()) == 0
    assert AuditedTotal.objects.get(account=account(giver)).total == Decimal("8.9")
    fold()
    assert increment().ok


@pytest.mark.parametrize(
    ("forgery", "check"),
    [
        ("UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {id}", "balance is its entries"),
        ("UPDATE wallet_entry SET amount = amount + 1 WHERE id = (SELECT max(id) FROM wallet_entry)", "coin sums to zero"),
        ("UPDATE wallet_entry SET amount = amount + 1 WHERE id = (SELECT max(id) FROM wallet_entry)", "posting sums to zero"),
        ("DELETE FROM wallet_entry WHERE posting_id = (SELECT max(id) FROM wallet_posting)", "posting sums to zero"),
        ("UPDATE wallet_ledgeraccount SET kind = 'spot_held' WHERE id = {id}", "held is reserved"),
    ],
)
def test_what_was_forged_since_is_found_stops_the_coin_and_is_found_again(giver, forgery, check):
    factory.fund(giver, "1")
    forge(forgery.format(id=account(giver).pk))
    for _ in range(3):
        assert check in checks(increment(stop=True))
    assert Coin.objects.get(code="ETH").withdrawals_stopped_because


def test_a_balance_that_was_changed_without_an_entry_is_found_whenever_the_account_moved_last(giver):
    forge(f"UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {account(giver).pk}")
    assert checks(increment()) == {"balance is its entries"}


@contextmanager
def under_way(giver: User) -> Iterator[threading.Event]:
    """A posting on another connection that has drawn its ids and is not over before the event is set."""
    posted, finish = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                factory.fund(giver, "5")
                posted.set()
                assert finish.wait(60)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(work)
        assert posted.wait(60)
        yield finish
        finish.set()
        working.result()


def test_nothing_is_proven_past_a_transaction_that_is_still_under_way(giver):
    before = audit_marks.proven()
    with under_way(factory.owner()):
        factory.fund(giver, "1")  # its ids are higher than those of the other, and it is over first
        for _ in range(3):
            assert increment().ok
        assert audit_marks.proven().entry <= before.entry
    proven()
    assert audit_marks.proven().entry > before.entry
    factory.fund(giver, "1")
    assert increment().ok


def test_a_wrong_memory_is_found_by_the_whole_audit_and_begun_anew(giver):
    AuditedTotal.objects.filter(account=account(giver)).update(total=3)
    assert not increment(stop=True).ok
    assert audit.run(full=True, stop=False).ok
    assert not AuditedTotal.objects.exists()
    stops.resume("ETH", by="Ada", reason="the books hold")
    assert entries_seen(increment()) == 5
    proven()
    assert audit.run(full=True, stop=False).ok
    assert AuditedTotal.objects.exists()


def test_the_sums_are_brought_forward_once_by_whoever_is_first(giver):
    place = audit_marks.proven()
    factory.fund(giver, "1")
    audit_marks.take()
    mark = settled_after(place)
    assert [audit_marks.advance(place, mark), audit_marks.advance(place, mark)] == [True, False]
    assert AuditedTotal.objects.get(account=account(giver)).total == Decimal("8.9")


def test_old_marks_go(giver):
    AuditMark.objects.update(taken_at="2026-01-01T00:00:00Z")
    factory.fund(giver, "1")
    proven()
    assert not AuditMark.objects.filter(taken_at__lt="2026-06-01T00:00:00Z").exists()


def test_the_command_proves_what_is_new(giver):
    factory.fund(giver, "1")
    code, told = command("--incremental")
    assert (code, "the books hold" in told) == (0, True)
    forge(f"UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {account(giver).pk}")
    assert command("--incremental")[0] == 1


def test_an_alarm_stands_while_the_books_differ(giver):
    forge(f"UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {account(giver).pk}")
    for task in (audit_books, audit_books, audit_books_whole):
        task()
    (alarm,) = Alarm.objects.all()
    assert (alarm.kind, alarm.subject, alarm.ended_at) == ("books_differ", "ETH", None)
    assert "balance is its entries" in alarm.detail
    forge(f"UPDATE wallet_ledgeraccount SET balance = balance - 1 WHERE id = {account(giver).pk}")
    audit_books()
    alarm.refresh_from_db()
    assert alarm.ended_at is not None
