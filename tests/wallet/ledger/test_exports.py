"""Files of the books: a customer's statement as CSV and PDF, the journal for accountants. All of it, once, balanced."""

from __future__ import annotations

import csv
import io
import json
import stat
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRecord
from config.kit.clock import now
from tests import factories_accounts
from tests import factories_wallet as factory
from tests.client import Api
from tests.wallet.ledger.test_audit import forge
from wallet.models import Entry, Posting
from wallet.services import balances, ledger, statement_files, statement_lines

pytestmark = pytest.mark.usefixtures("real_db")
TODAY = now().date()
TODAYS = f"first={TODAY}&last={TODAY + timedelta(days=1)}"


@pytest.fixture
def customer() -> Any:
    """3.5 ETH came in, 1 is held, 0.25 went to another customer."""
    made = factories_accounts.customer()
    factory.fund(made, "3.50")
    ledger.hold(**factory.words_of_hold(made, "1"))
    factory.transfer(made, factory.owner(), "0.25")
    return made


@pytest.fixture
def mine(customer: Any) -> Api:
    return Api(token=factories_accounts.token_of(customer))


def rows(mine: Api, query: str = TODAYS) -> list[dict[str, str]]:
    answer: Any = mine.get(f"/api/v1/statement.csv?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_csv_holds_every_line_once_oldest_first_and_adds_up_to_the_balances(mine, customer, monkeypatch):
    monkeypatch.setattr(statement_lines, "LINES_PER_STEP", 2)
    found = rows(mine)
    assert [(row["account"], row["kind"], row["amount"]) for row in found] == [
        ("spot_available", "deposit", "3.5"),
        ("spot_available", "withdrawal_hold", "-1"),
        ("spot_held", "withdrawal_hold", "1"),
        ("spot_available", "transfer", "-0.25"),
    ]
    assert found[0]["time"].startswith(f"{TODAY}T")
    assert sum(Decimal(row["amount"]) for row in found) == balances.of_customer(customer, coin="ETH")[0].total
    assert rows(mine, "") == found
    assert rows(mine, f"{TODAYS}&coin=BTC") == []
    before = f"first={TODAY - timedelta(days=9)}&last={TODAY - timedelta(days=2)}"
    assert rows(mine, before) == []


def test_what_comes_while_the_file_is_read_is_in_none_of_its_parts(customer):
    period = statement_lines.of(customer, first=TODAY, last=TODAY + timedelta(days=1))
    factory.fund(customer, "7")
    assert "7" not in {line.amount for line in period.lines()}
    assert period.count() == 4
    assert {(sums.account, sums.opening, sums.closing) for sums in period.sums()} == {
        ("spot_available", Decimal(0), Decimal("2.25")),
        ("spot_held", Decimal(0), Decimal(1)),
    }


def test_the_pdf_shows_balances_and_movements_over_as_many_pages_as_it_takes(mine, customer):
    for _ in range(60):
        factory.fund(customer, "1")
    answer = mine.get(f"/api/v1/statement.pdf?{TODAYS}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert f"statement-{TODAY}" in answer.headers["Content-Disposition"]
    pages = pypdfium2.PdfDocument(b"".join(answer.streaming_content))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) == 2
    assert (str(customer.uid) in text, "62.25" in text, "64 lines." in text, "spot, held" in text) == (True,) * 4


def test_nobody_prints_thousands_of_lines_and_nobody_reads_anothers(mine, customer, monkeypatch):
    monkeypatch.setattr(statement_files, "PDF_LINES_MAX", 3)
    answer = mine.get(f"/api/v1/statement.pdf?{TODAYS}")
    assert (answer.status_code, answer.json()["slug"]) == (422, "wallet.statement_too_long")
    stranger = Api(token=factories_accounts.token_of(factories_accounts.customer()))
    assert rows(stranger) == []
    assert Api().get(f"/api/v1/statement.csv?{TODAYS}").status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "first=x&last=2026-01-01", "first=2026-02-01&last=2026-01-01",
        "first=2020-01-01&last=2022-01-01", "first=9999-12-31&last=9999-12-31", f"{TODAYS}&coin=DOGE",
        "first=0001-01-01&last=0001-01-01&coin=%00", f"first={TODAY}&last=9999-12-31",
    ],
)  # fmt: skip
def test_days_that_make_no_sense_are_refused(mine, query):
    for ending in ("csv", "pdf"):
        assert mine.get(f"/api/v1/statement.{ending}?{query}").status_code == 400


def export(tmp_path: Path, **options: Any) -> list[dict[str, str]]:
    out = tmp_path / f"journal-{now().timestamp()}.csv"
    words = {"first": str(TODAY), "last": str(TODAY + timedelta(days=1)), "by": "Ada", "reason": "the year's end", **options}
    told = io.StringIO()
    call_command(
        "export_journal", "--json", *(f"--{name}={value}" for name, value in words.items()), f"--out={out}", stdout=told
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    found = list(csv.DictReader(out.open(newline="")))
    assert json.loads(told.getvalue())["entries"] == len(found)
    return found


def test_the_journal_holds_every_entry_and_balances_in_each_posting(customer, tmp_path):
    found = export(tmp_path)
    assert len(found) == Entry.objects.count()
    for posting in Posting.objects.all():
        legs = [row for row in found if row["posting"] == str(posting.pk)]
        debited, credited = (sum(Decimal(row[side] or 0) for row in legs) for side in ("debit", "credit"))
        assert (debited, len(legs)) == (credited, posting.entries.count())
    deposit = next(row for row in found if row["kind"] == "deposit" and row["owner_uid"])
    assert (deposit["owner_uid"], deposit["coin"], deposit["debit"], deposit["credit"]) == (str(customer.uid), "ETH", "3.5", "")
    record = AuditRecord.objects.get(act="wallet.journal_exported")
    assert record.facts["postings"] == str(Posting.objects.count())


def test_books_that_do_not_balance_leave_no_file(customer, tmp_path):
    forge("UPDATE wallet_entry SET amount = amount + 1 WHERE id = (SELECT max(id) FROM wallet_entry)")
    with pytest.raises(CommandError, match="is off by 1 ETH"):
        export(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [{"reason": " "}, {"by": " "}, {"last": "2020-01-01"}, {"first": "2000-01-01"}])
def test_without_a_reason_or_with_days_that_are_none_nothing_is_written(tmp_path, options):
    with pytest.raises(CommandError):
        export(tmp_path, **options)
    assert list(tmp_path.iterdir()) == []
