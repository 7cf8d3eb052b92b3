"""The officers' desk: queue and page, through the real sign-in and the real forms."""

from __future__ import annotations

import re

import pytest

from tests.wallet.transfers import arrange
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import Transfer, TransferDecision

QUEUE = "/admin/wallet/transfer/"


def address(transfer: Transfer) -> str:
    return f"{QUEUE}{transfer.public_id}/change/"


def page_of(desk: Desk, transfer: Transfer) -> str:
    answer = desk.client.get(address(transfer))
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def decide(desk: Desk, transfer: Transfer, verdict: str, /, **change: str) -> tuple[int, str]:
    seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', page_of(desk, transfer))
    words = {"seen_hash": seen.group(1) if seen else "0" * 64, "reason": "checked", "verdict": verdict, "code": desk.code()}
    answer = desk.client.post(address(transfer), words | change)
    followed = desk.client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, followed.content.decode()


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk("treasury")


def test_two_officers_give_through_the_page(sender, receiver, desk):
    waiting = arrange.reviewed(sender, receiver, remark="Dinner")
    page = page_of(desk, waiting)
    for shown in (
        str(sender.uid), str(receiver.uid), "Dinner", "Officer 1: not decided yet", "Officer 2: not decided yet",
        "transfer, reserved", "2 officers needed", "Collector",
    ):  # fmt: skip
        assert shown in page, shown
    assert sender.email not in page
    assert receiver.email not in page
    assert decide(desk, waiting, "approve")[0] == 302
    status, page = decide(desk, waiting, "approve")
    assert (status, "You have decided about this already" in page) == (409, True)
    assert decide(Desk("treasury"), waiting, "approve")[0] == 302
    assert arrange.fresh(waiting).state == "completed"
    assert arrange.money(receiver) == arrange.Money(1, 0)


def test_a_rejection_gives_the_money_back(sender, receiver, desk):
    waiting = arrange.reviewed(sender, receiver)
    assert decide(desk, waiting, "reject", reason="unclear")[0] == 302
    assert (arrange.fresh(waiting).state, arrange.money(sender)) == ("rejected", arrange.Money(10, 0))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": ""}, "needs a reason and one of the buttons"),
        ({"code": "000000"}, "The code is wrong"),
        ({"seen_hash": "1" * 64}, "not what it was when it was looked at"),
        ({"verdict": "absent"}, "needs a reason and one of the buttons"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_in_words(sender, receiver, desk, change, sentence):
    waiting = arrange.reviewed(sender, receiver)
    status, page = decide(desk, waiting, "approve", **change)
    assert (status, sentence in page) == (409, True)
    assert not TransferDecision.objects.exists()


def test_the_queue_shows_what_waits_oldest_first_and_finds_by_uid_and_id(sender, receiver, desk):
    first, second = arrange.reviewed(sender, receiver), arrange.reviewed(sender, receiver, amount="2")
    asked = arrange.ask(sender, receiver, amount="3")
    page = desk.client.get(QUEUE).content.decode()
    assert page.index(str(first.public_id)) < page.index(str(second.public_id))
    assert str(asked.public_id) not in page
    assert str(asked.public_id) in desk.client.get(f"{QUEUE}?queue=waiting").content.decode()
    for search, found in ((str(receiver.uid), True), (str(first.public_id), True), ("100000001", False), ("x", False)):
        shown = desk.client.get(f"{QUEUE}?queue=all&search={search}").content.decode()
        assert (f"{first.public_id}</a>" in shown) is found, search


def test_auditors_look_and_others_see_no_such_page(sender, receiver):
    waiting = arrange.reviewed(sender, receiver)
    auditor = Desk("auditor")
    page = page_of(auditor, waiting)
    assert "You may look; treasury officers decide." in page
    assert 'value="approve"' not in page
    assert decide(auditor, waiting, "approve")[0] == 409
    outsider = Desk("compliance")
    assert {outsider.client.get(path).status_code for path in (QUEUE, address(waiting))} <= {403, 404}
    assert Desk("treasury").client.get(f"{QUEUE}7/change/").status_code == 404
