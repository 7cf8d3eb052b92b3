"""What all queues of money have in common: claims, keyboard, filters in the address, the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.factories_accounts import customer as anybody
from tests.wallet.fiat.test_desk import act
from tests.wallet.payments.arrange import held, payer, sell
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange as withdrawals
from tests.wallet.withdrawals.conftest import customer, network
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import DeskClaim, Withdrawal
from wallet.services import desk_claims

__all__ = ["customer", "network"]
pytestmark = pytest.mark.django_db
QUEUES = (
    "withdrawal", "fiatwithdrawal", "transfer", "payment", "adjustment", "fiatdeposit", "fiatreversal", "fiatreturn",
    "depositresolution",
)  # fmt: skip
QUERIES_MAX = 12


@pytest.fixture
def waiting(customer: User) -> dict[str, Any]:
    """Something to decide in each queue that customers fill."""
    sell()
    return {
        "withdrawal": withdrawals.confirmed(customer),
        "transfer": transfers.reviewed(transfers.customer(), transfers.customer(funds="0")),
        "payment": held(payer()),
    }


def address(kind: str, row: Any) -> str:
    return f"/admin/wallet/{kind}/{row.public_id}/change/"


def listed(desk: Desk, kind: str, query: str = "") -> str:
    answer = desk.client.get(f"/admin/wallet/{kind}/?{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(("kind", "verdict"), [("withdrawal", "approve"), ("transfer", "approve"), ("payment", "capture")])
def test_what_one_officer_has_taken_no_other_approves_until_it_is_given_back(
    waiting: dict[str, Any], kind: str, verdict: str
) -> None:
    one, other, row = Desk("treasury"), Desk("treasury"), waiting[kind]
    assert one.client.post(address(kind, row), {"verdict": "claim"}).status_code == 302
    assert one.user.get_full_name() in listed(other, kind)
    page = other.client.get(address(kind, row)).content.decode()
    assert "has this on the desk until" in page
    assert f'value="{verdict}"' not in page
    assert act(other, address(kind, row), verdict)[0] == 409
    assert other.client.post(address(kind, row), {"verdict": "claim"}).status_code == 302
    assert DeskClaim.objects.get().officer_id == one.user.pk
    assert one.client.post(address(kind, row), {"verdict": "give_back"}).status_code == 302
    assert act(other, address(kind, row), verdict)[0] == 302


@pytest.mark.parametrize(("kind", "verdict"), [("withdrawal", "reject"), ("transfer", "reject"), ("payment", "void")])
def test_stopping_money_needs_no_claim_and_heeds_none(waiting: dict[str, Any], kind: str, verdict: str) -> None:
    one, other, row = Desk("treasury"), Desk("treasury"), waiting[kind]
    one.client.post(address(kind, row), {"verdict": "claim"})
    assert act(other, address(kind, row), verdict)[0] == 302


def test_a_claim_runs_out_by_itself(waiting: dict[str, Any]) -> None:
    one, other, row = Desk("treasury"), Desk("treasury"), waiting["withdrawal"]
    one.client.post(address("withdrawal", row), {"verdict": "claim"})
    DeskClaim.objects.update(until=timezone.now())
    assert act(other, address("withdrawal", row), "approve")[0] == 302


def test_who_only_looks_is_offered_no_claim_and_takes_none(waiting: dict[str, Any]) -> None:
    auditor = Desk("auditor")
    for kind, row in waiting.items():
        assert 'value="claim"' not in listed(auditor, kind)
        auditor.client.post(address(kind, row), {"verdict": "claim"})
    assert not DeskClaim.objects.exists()
    treasury = Desk("treasury")
    assert all('value="claim"' in listed(treasury, kind) for kind in waiting)


def file_of(desk: Desk, kind: str, query: str = "") -> list[dict[str, str]]:
    answer: Any = desk.client.get(f"/admin/wallet/{kind}/export.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_a_queues_file_holds_the_rows_of_its_address(waiting: dict[str, Any]) -> None:
    desk = Desk("auditor")
    for kind, row in waiting.items():
        (found,) = file_of(desk, kind, f"search={row.public_id}")
        assert (found[kind], found["state"]) == (str(row.public_id), row.state)
        assert file_of(desk, kind, "search=1") == []
    (withdrawal,) = file_of(desk, "withdrawal", "coin=ETH")
    assert (withdrawal["amount"], withdrawal["coin"]) == ("1", "ETH")
    assert file_of(desk, "withdrawal", "coin=BTC") == []
    assert waiting["withdrawal"].address not in str(withdrawal)


def test_what_a_file_says_of_words_that_a_node_gave_is_no_formula(waiting: dict[str, Any]) -> None:
    said = '=HYPERLINK("https://evil.example","look")'
    Withdrawal.objects.filter(pk=waiting["withdrawal"].pk).update(blocked_because=said)
    (row,) = file_of(Desk("auditor"), "withdrawal")
    assert row["blocked because"] == f"'{said}"


@pytest.mark.parametrize("kind", QUEUES)
def test_a_queue_takes_few_queries_and_no_more_for_more_rows(kind: str, customer: User) -> None:
    make: dict[str, Callable[[], Any]] = {}
    if kind in {"withdrawal", "transfer", "payment"}:
        sell()
        sender, receiver, user = transfers.customer(), transfers.customer(funds="0"), payer()
        make = {
            "withdrawal": lambda: withdrawals.confirmed(customer, amount="0.1"),
            "transfer": lambda: transfers.reviewed(sender, receiver, amount="0.1"),
            "payment": lambda: held(user, "1"),
        }
    desk = Desk("treasury")
    taken = []
    for more in (1, 4):
        for _ in range(more if make else 0):
            desk_claims.take(f"{kind}:{make[kind]().public_id}", desk.user)
        listed(desk, kind)
        with CaptureQueriesContext(connection) as queries:
            listed(desk, kind)
        taken.append(len(queries))
    assert taken[0] == taken[1] <= QUERIES_MAX


def test_a_search_by_uid_reads_by_the_customers_index(waiting: dict[str, Any]) -> None:
    desk, somebody = Desk("treasury"), anybody()
    assert str(waiting["withdrawal"].public_id) in listed(desk, "withdrawal", f"search={waiting['withdrawal'].customer.uid}")
    assert str(waiting["transfer"].public_id) in listed(desk, "transfer", f"search={waiting['transfer'].receiver.uid}")
    assert "Nothing here" in listed(desk, "withdrawal", f"search={somebody.uid}")
    assert "Nothing here" in listed(desk, "withdrawal", "search=999999999")
