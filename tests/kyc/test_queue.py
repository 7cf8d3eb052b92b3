"""The queue: filters in the address, pages by key, and the same few queries however long it is."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.kit import clock
from kyc import bench_numbers
from kyc.models import Case
from kyc.services import claims, neighbours, queue
from tests import factories_kyc as make
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/admin/kyc/case/"


def waiting(count: int, **changes: Any) -> list[Case]:
    """Cases that wait, each a minute younger than the one before."""
    start = clock.now() - timedelta(days=2)
    people = User.objects.bulk_create(
        User(email=f"{secrets.token_hex(8)}@example.com", register_type="email", registered_at=start) for _ in range(count)
    )
    facts = {"level": 2, "state": "submitted", "country": "TW", **changes}
    rows = [Case(user=user, **{"submitted_at": start + timedelta(minutes=place), **facts}) for place, user in enumerate(people)]
    return Case.objects.bulk_create(rows)


def numbers(html: str) -> list[int]:
    """The cases on a page, in order."""
    return [int(number) for number in re.findall(r'/change/">(\d+)</a>', html)]


def shown(desk: Client, query: str = "") -> list[int]:
    """The cases that the address shows."""
    answer = desk.get(QUEUE + query)
    assert answer.status_code == 200
    return numbers(answer.content.decode())


def test_a_page_takes_the_same_few_queries_at_none_one_and_a_thousand_cases(desk: Client) -> None:
    taken = {}
    for more, all_of_them in ((0, 0), (1, 1), (999, 1_000)):
        waiting(more)
        with CaptureQueriesContext(connection) as queries:
            assert len(shown(desk)) == min(all_of_them, queue.PAGE_SIZE)
        taken[all_of_them] = len([one for one in queries if "SAVEPOINT" not in one["sql"]])
    assert taken[0] <= taken[1] == taken[1_000] <= 12


def test_every_case_stands_on_one_page_even_where_moments_are_equal(desk: Client) -> None:
    cases = waiting(queue.PAGE_SIZE * 2 + 3, submitted_at=clock.now())
    found: list[int] = []
    address, pages = "", 0
    while pages < 5:
        html = desk.get(QUEUE + address).content.decode()
        found, pages = found + numbers(html), pages + 1
        more = re.search(r'href="(\?[^"]*)">Next page', html)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
    assert pages == 3
    assert found == [case.public_id for case in cases]


def test_filters_stand_in_the_address_and_stay_on_the_next_page() -> None:
    officer = make.officer()
    browser = signed_in(officer)
    old, japan, bank = waiting(1)[0], waiting(1, country="JP")[0], waiting(1, level=3)[0]
    young = waiting(1, submitted_at=clock.now())[0]
    claims.claim(case_pk=old.pk, officer=officer)
    claims.claim(case_pk=japan.pk, officer=make.officer())
    assert shown(browser, "?claim=mine") == [old.public_id]
    assert set(shown(browser, "?claim=unclaimed")) == {bank.public_id, young.public_id}
    assert shown(browser, "?country=jp") == [japan.public_id]
    assert shown(browser, "?level=3") == [bank.public_id]
    assert young.public_id not in shown(browser, "?age=24")
    assert shown(browser, f"?q={young.public_id}") == [young.public_id]
    assert shown(browser, f"?q={young.user.uid}") == [young.public_id]
    waiting(queue.PAGE_SIZE + 1, country="KR")
    assert "country=KR&amp;after=" in browser.get(f"{QUEUE}?country=KR").content.decode()


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=99999999999999999999-1", "after=999999999999999999-1", "q=%EF%BC%99", "level=9", "age=old"],
)
def test_what_makes_no_sense_is_as_if_it_was_not_said(query: str, desk: Client) -> None:
    (case,) = waiting(1)
    assert shown(desk, f"?{query}") == [case.public_id]


def test_the_cases_of_a_page_come_in_order_from_an_index_and_their_hints_and_neighbours_from_others() -> None:
    plans = {
        queue.Filters(): "kyc_case_queue",
        queue.Filters(claim="unclaimed"): "kyc_case_queue",
        queue.Filters(country="JP"): "kyc_case_queue_country",
        queue.Filters(level=3): "kyc_case_queue_level",
    }
    officer, cases = make.officer(), [*waiting(3_000), *waiting(300, country="JP", level=3)]  # more than a page: no sorting
    bench_numbers.fill(officer.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for filters, index in plans.items():
        page = queue._narrowed(filters, officer).order_by("submitted_at", "id")  # the very query
        plan = page.select_related("user", "claim__officer")[: queue.PAGE_SIZE + 1].explain()
        assert f"using {index} " in plan, filters
        assert "Seq Scan on kyc_case " not in plan, filters
        assert "Sort" not in plan, filters
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )  # so few accounts are read whole else
        cursor.execute(f"EXPLAIN {neighbours.shared_sql()}", {"cases": [case.pk for case in cases[-queue.PAGE_SIZE :]]})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for index in ("kyc_identity_number_unique", "kyc_named_number_index", "kyc_bank_account_number_index"):
        assert f" {index} " in plan, plan
    assert "Seq Scan" not in plan
