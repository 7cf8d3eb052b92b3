"""`manage.py audit_ledger`: the books are proven, and every way in which they could lie is found."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import AuditRecord
from tests import factories_wallet as factory
from tests.database import triggers_asleep
from wallet.models.coins import Coin
from wallet.models.ledger import LedgerAccount
from wallet.services import audit, ledger
from wallet.tasks.ledger import audit_books, fold

pytestmark = pytest.mark.usefixtures("real_db")


def forge(*statements: str) -> None:
    """Do what the triggers forbid, as somebody with the server in hand could."""
    with triggers_asleep(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def trade() -> LedgerAccount:
    """Some trade; the account of the one who gave."""
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    factory.fund(taker, "5", coin="USDT")
    factory.transfer(giver, taker, "2", fee="0.1")
    return LedgerAccount.objects.get(owner=giver)


def command(*options: str) -> tuple[int, str]:
    told = StringIO()
    try:
        call_command("audit_ledger", *options, stdout=told, verbosity=0)
    except SystemExit as ending:
        return int(ending.code or 0), told.getvalue()
    return 0, told.getvalue()


def test_books_that_hold_are_told_so(trade):
    fold()
    code, told = command("--full")
    assert code == 0
    assert "the books hold" in told
    code, told = command("--json")
    report = json.loads(told)
    assert (code, report["ok"], report["findings"], report["stopped"]) == (0, True, [], [])
    ether = next(coin for coin in report["coins"] if coin["coin"] == "ETH")
    assert ether == {"coin": "ETH", "entries": 5, "entries_sum": "0", "customers": "9.9"}


@pytest.mark.parametrize(
    ("forgery", "check"),
    [
        ("UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {id}", "balance is its entries"),
        ("UPDATE wallet_entry SET amount = amount + 1 WHERE account_id = {id} AND amount < 0", "coin sums to zero"),
        ("DELETE FROM wallet_pendingentry", "balance is its entries"),
        ("UPDATE wallet_ledgeraccount SET kind = 'spot_held' WHERE id = {id}", "held is reserved"),
    ],
)
def test_a_forgery_is_found_and_stops_the_coin(trade, forgery, check):
    forge(forgery.format(id=trade.pk))
    code, told = command("--json")
    report = json.loads(told)
    assert code == 1
    assert check in [finding["check"] for finding in report["findings"]]
    assert "ETH" in report["stopped"]
    assert Coin.objects.get(code="ETH").withdrawals_stopped_because
    assert AuditRecord.objects.filter(act="wallet.withdrawals_stopped", subject="wallet.coin:ETH").count() == 1
    assert command("--json")[0] == 1
    assert AuditRecord.objects.filter(act="wallet.withdrawals_stopped", subject="wallet.coin:ETH").count() == 1


def test_a_balance_below_zero_is_found(trade):
    with triggers_asleep(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_ledgeraccount DROP CONSTRAINT ledger_account_not_negative")
        cursor.execute("UPDATE wallet_ledgeraccount SET balance = -1 WHERE id = %s", [trade.pk])
    try:
        checks = {finding.check for finding in audit.run(stop=False).findings}
    finally:
        forge(f"UPDATE wallet_ledgeraccount SET balance = 0 WHERE id = {trade.pk}")
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE wallet_ledgeraccount ADD CONSTRAINT ledger_account_not_negative"
                " CHECK (allow_negative OR balance >= 0)"
            )
    assert "nothing is below zero" in checks


def test_two_wrong_postings_that_cancel_out_are_found_by_the_full_audit(trade):
    forge(
        f"UPDATE wallet_entry SET amount = amount + 1 WHERE id = "
        f"(SELECT min(id) FROM wallet_entry WHERE account_id = {trade.pk})",
        f"UPDATE wallet_entry SET amount = amount - 1 WHERE id = "
        f"(SELECT max(id) FROM wallet_entry WHERE account_id = {trade.pk})",
    )
    assert audit.run(stop=False).ok
    found = audit.run(full=True, stop=False)
    assert [finding.check for finding in found.findings] == ["posting sums to zero"] * 2


def test_what_is_held_without_a_reservation_is_found():
    customer = factory.owner()
    factory.fund(customer, "10")
    ledger.hold(**factory.words_of_hold(customer, "4"))
    findings = audit.run(stop=False).findings
    assert [(one.check, one.subject, one.expected, one.found) for one in findings] == [
        ("held is reserved", f"customer {customer.pk}", "0", "4")
    ]


def test_a_reservation_of_any_source_counts(monkeypatch):
    customer = factory.owner()
    factory.fund(customer, "10")
    ledger.hold(**factory.words_of_hold(customer, "4"))
    ether = Coin.objects.get(code="ETH")
    monkeypatch.setattr(audit, "RESERVATIONS", (lambda: iter([(customer.pk, ether.pk, Decimal(3))]),))
    assert not audit.run(stop=False).ok
    half = lambda: iter([(customer.pk, ether.pk, Decimal(2))])  # noqa: E731  # said twice
    monkeypatch.setattr(audit, "RESERVATIONS", (half, half))
    assert audit.run(stop=False).ok


def test_the_hourly_task_stops_the_coin_and_an_operator_lets_it_go_on(trade):
    forge(f"UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = {trade.pk}")
    audit_books()
    assert Coin.objects.get(code="ETH").withdrawals_stopped_because
    assert not Coin.objects.get(code="USDT").withdrawals_stopped_because
    told = StringIO()
    with pytest.raises(CommandError, match="needs a reason"):
        call_command("resume_withdrawals", "ETH", "--by", "Ada", "--reason", "  ")
    assert Coin.objects.get(code="ETH").withdrawals_stopped_because
    call_command("resume_withdrawals", "ETH", "--by", "Ada", "--reason", "typo put right", stdout=told)
    assert not Coin.objects.get(code="ETH").withdrawals_stopped_because
    record = AuditRecord.objects.get(act="wallet.withdrawals_resumed")
    assert (record.facts, record.reason) == ({"by": "Ada"}, "typo put right")
    with pytest.raises(CommandError):
        call_command("resume_withdrawals", "DOGE", "--by", "Ada", "--reason", "none")


def test_an_audit_inside_a_transaction_is_a_mistake_of_the_caller():
    with transaction.atomic(), pytest.raises(RuntimeError):
        audit.run()
