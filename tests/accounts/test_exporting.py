"""Lists of the desk as CSV: what the page shows, harmless in a spreadsheet, on record, for whoever may look."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.admin_site import site
from accounts.models import AuditRecord
from accounts.services import desk_exports
from config.kit.spreadsheets import plain
from tests.accounts.test_staff import sign_in
from tests.factories_accounts import customer, officer

pytestmark = pytest.mark.django_db
USERS = "admin:accounts_user_export"


def desk(*roles: str) -> Client:
    """A client at which an officer with the roles is signed in."""
    client = Client(raise_request_exception=False)
    user, app = officer(*roles)
    assert sign_in(client, user, app.code())
    return client


def lines(answer: Any) -> list[list[str]]:
    """The file's rows, its headings first."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_the_file_says_what_the_list_shows_with_its_filters() -> None:
    first, second = customer(email="first@example.com"), customer(email="second@example.com")
    client = desk("compliance")
    whole = lines(client.get(reverse(USERS)))
    assert {str(first.uid), str(second.uid)} <= {row[0] for row in whole}
    one = lines(client.get(reverse(USERS), {"q": str(first.uid)}))
    assert [row[0] for row in one[1:]] == [str(first.uid)]


def test_the_file_is_as_masked_as_the_list() -> None:
    customer(email="very.secret.name@example.com")
    assert not any("very.secret.name" in cell for line in lines(desk("compliance").get(reverse(USERS))) for cell in line)


def test_the_look_is_on_record_before_the_first_line_leaves_and_keeps_nothing_that_was_typed_about_a_person() -> None:
    client = desk("auditor")
    client.get(reverse(USERS), {"q": "ada@example.com", "status": "normal"})  # not one line of it is read
    record = AuditRecord.objects.get(act="desk.exported")
    assert record.subject == "accounts.user:list"
    assert record.facts == {"rows": "0", "by_q": "…", "by_status": "normal"}
    assert "ada@example.com" not in str(record.facts)


def test_a_file_holds_so_many_rows_and_says_where_it_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        customer()
    monkeypatch.setattr(desk_exports, "ROWS_MAX", 3)
    found = lines(desk("compliance").get(reverse(USERS)))
    assert len(found) == 1 + 3 + 1
    assert found[-1] == ["The first 3 rows; the list's filters choose others."]
    assert AuditRecord.objects.get(act="desk.exported").facts["rows"] == "3"


@pytest.mark.parametrize(
    "page", sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model, _ in site._registry.items())
)
def test_every_list_has_its_file_for_whoever_may_open_it_and_for_nobody_else(page: str) -> None:
    address, lists = reverse(f"admin:{page}_export"), reverse(f"admin:{page}_changelist")
    for role in ("compliance", "treasury", "support"):
        client = desk(role)
        opens = client.get(lists).status_code == 200
        answer = client.get(address)
        assert (answer.status_code == 200) == opens, role
        if opens:
            assert answer["Content-Type"] == "text/csv; charset=utf-8"
            assert lines(answer)[0]
            assert client.post(address).status_code == 405


def test_nobody_unknown_gets_a_file() -> None:
    assert Client().get(reverse(USERS)).status_code == 302


def test_a_longer_list_takes_no_more_queries() -> None:
    client = desk("compliance")
    taken = []
    for more in (1, 30):
        for _ in range(more):
            customer()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lines(client.get(reverse(USERS)))
        taken.append(len(queries))
    assert taken[0] == taken[1]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1"])
def test_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "-1.5", "12", "0.00000001", "a=1", "1+1"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_a_filter_that_the_list_does_not_have_is_refused() -> None:
    assert desk("compliance").get(reverse(USERS), {"status__nonsense": "1"}).status_code == 400
