"""The officers' desk for payments, through the real sign-in and the real forms."""

from __future__ import annotations

import pytest

from accounts.models import AuditRecord
from accounts.services import freezing
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.wallet.fiat.test_desk import act, see
from tests.wallet.payments.arrange import held, paid, payer, sell
from tests.wallet.withdrawals.arrange import money
from tests.wallet.withdrawals.test_desk import Desk

QUEUE = "/admin/wallet/payment/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


def test_it_is_captured_in_part_refunded_and_voided_through_the_pages() -> None:
    desk, user = Desk("treasury"), payer()
    first, second = held(user), held(user, "50")
    page, other = (f"{QUEUE}{one.public_id}/change/" for one in (first, second))
    queue = see(desk, QUEUE)
    assert all(text in queue for text in (str(first.public_id), str(second.public_id), str(user.uid), "Listing of a coin"))
    assert str(user.email) not in see(desk, page)
    for words in ({"amount": "101"}, {"amount": "1,5"}, {"reason": ""}, {"seen_hash": "0" * 64}):
        assert act(desk, page, "capture", **words)[0] == 409, words
    assert act(desk, page, "refund")[0] == 409
    status, shown = act(desk, page, "capture", amount="40")
    assert (status, "Refund 40 USDT" in shown) == (302, True)
    assert act(desk, page, "refund")[0] == 302
    assert act(desk, other, "void")[0] == 302
    assert money(user, "USDT").available == 1000
    assert read_message(user.email or "", "payment_refunded").facts["amount"] == "40"
    assert AuditRecord.objects.get(act="wallet.payment_voided").actor_id == desk.user.pk
    assert str(first.public_id) not in see(desk, QUEUE)
    for search, found in ((str(user.uid), True), (str(first.public_id), True), ("100000001", False), ("x", False)):
        assert (f"{first.public_id}</a>" in see(desk, f"{QUEUE}?queue=all&search={search}")) is found, search


def test_what_a_frozen_customer_asked_for_is_given_back_and_not_captured() -> None:
    desk, user = Desk("treasury"), payer()
    made = held(user)
    page = f"{QUEUE}{made.public_id}/change/"
    freezing.freeze(user=user, client=CLIENT)
    shown = see(desk, page)
    assert "captured: " in shown
    assert 'value="capture"' not in shown
    assert act(desk, page, "capture")[0] == 409
    assert act(desk, page, "void")[0] == 302


def test_auditors_look_others_see_no_such_page_and_nothing_is_found_by_nonsense() -> None:
    made, auditor = paid(payer()), Desk("auditor")
    page = f"{QUEUE}{made.public_id}/change/"
    assert "You may look; treasury officers decide." in see(auditor, page)
    assert act(auditor, page, "refund")[0] == 409
    for path in (QUEUE, page):
        assert Desk("compliance").client.get(path).status_code in {403, 404}
    for number in ("7", "x", "9" * 30):
        assert auditor.client.get(f"{QUEUE}{number}/change/").status_code == 404
