"""The officers' desk for fiat money, through the real sign-in and the real forms."""

from __future__ import annotations

import re

import pytest

from accounts.models import User
from kyc.services import bank_accounts
from tests.wallet.fiat import arrange
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import FiatReturn

QUEUE = "/admin/wallet/fiatwithdrawal/"
RETURNS = "/admin/wallet/fiatreturn/"


def see(desk: Desk, path: str) -> str:
    answer = desk.client.get(path)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def act(desk: Desk, path: str, verdict: str, /, **change: str) -> tuple[int, str]:
    """Press a button of the page as it stands; status and the page that follows."""
    seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', see(desk, path))
    words = {"seen_hash": seen.group(1) if seen else "0" * 64, "reason": "checked", "verdict": verdict, "code": desk.code()}
    answer = desk.client.post(path, words | change)
    followed = desk.client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, str(followed.content.decode())


@pytest.fixture
def desks(db: None) -> tuple[Desk, Desk]:
    return Desk("treasury"), Desk("treasury")


def test_it_is_approved_paid_and_returned_through_the_pages(customer: User, desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    made = arrange.confirmed(customer)
    page, number = f"{QUEUE}{made.public_id}/change/", bank_accounts.details_of(arrange.account_of(customer)).account_number
    shown = see(first, page)
    for text in (str(customer.uid), "Officer 1: not decided yet", "withdrawal, reserved", "New bank account", "5015 TWD"):
        assert text in shown, text
    assert str(customer.email) not in shown
    assert number not in shown
    assert act(first, page, "approve")[0] == 302
    status, shown = act(first, page, "begin")
    assert (status, "You alone approved this withdrawal" in shown) == (409, True)
    status, shown = act(second, page, "begin")
    assert (status, number in shown, "The bank has paid" in shown) == (302, True, True)
    assert number not in see(first, page)
    assert "is at the bank with it." in see(first, page)
    assert act(second, page, "paid", nostro=arrange.NOSTRO, reference="")[0] == 409
    status, shown = act(second, page, "paid", nostro=arrange.NOSTRO, reference="tx 5")
    assert (status, "TX5" in shown, "The bank gave it back" in shown) == (302, True, True)
    assert number not in shown
    assert act(first, page, "return", nostro=arrange.NOSTRO, reference="RET5")[0] == 302
    said = FiatReturn.objects.get()
    of_return = f"{RETURNS}{said.public_id}/change/"
    assert str(said.public_id) in see(first, RETURNS)
    status, shown = act(first, of_return, "confirm")
    assert (status, "You proposed this yourself" in shown) == (409, True)
    status, shown = act(second, of_return, "confirm")
    assert (status, "reversal" in shown, arrange.fresh(made).state) == (302, True, "returned")
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)


def test_the_queue_shows_what_waits_who_has_it_and_finds_it(customer: User, desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    made, asked = arrange.confirmed(customer), arrange.ask(customer)
    page = f"{QUEUE}{made.public_id}/change/"
    assert act(first, page, "claim")[0] == 302
    assert f"{first.user.email} has this on the desk" in see(second, page)
    assert act(second, page, "approve")[0] == 409
    queue = see(second, QUEUE)
    assert str(made.public_id) in queue
    assert str(first.user.email) in queue
    assert str(asked.public_id) not in queue
    assert str(asked.public_id) in see(second, f"{QUEUE}?queue=waiting")
    for search, found in ((str(customer.uid), True), (str(made.public_id), True), ("100000001", False), ("x", False)):
        assert (f"{made.public_id}</a>" in see(second, f"{QUEUE}?queue=all&search={search}")) is found, search
    assert act(first, page, "give_back")[0] == 302
    assert act(second, page, "reject", reason="unclear")[0] == 302
    assert arrange.fresh(made).state == "rejected"


def test_auditors_look_and_others_see_no_such_page(customer: User) -> None:
    made = arrange.confirmed(customer)
    page, auditor = f"{QUEUE}{made.public_id}/change/", Desk("auditor")
    assert "You may look; treasury officers decide." in see(auditor, page)
    assert act(auditor, page, "approve")[0] == 409
    assert act(auditor, page, "claim")[0] == 302
    outsider = Desk("compliance")
    for path in (QUEUE, page, RETURNS):
        assert outsider.client.get(path).status_code in {403, 404}
    for path in (QUEUE, RETURNS):
        for number in ("7", "x", "9" * 30):
            assert auditor.client.get(f"{path}{number}/change/").status_code == 404
