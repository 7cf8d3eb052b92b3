"""The desk's pages of what takes two officers, through the real sign-in and forms; and what customers read by the API."""

from __future__ import annotations

import re

import pytest

from accounts.models import User
from tests.client import Api
from tests.factories_around import sub_account
from tests.wallet.fiat import arrange as fiat
from tests.wallet.fiat.test_desk import act, see
from tests.wallet.pairs import arrange
from tests.wallet.withdrawals.test_api import signed_in
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import Adjustment, CoinNetwork, FiatDeposit, FiatReversal
from wallet.services.fiat_deposits import reversing

DEPOSITS = "/admin/wallet/fiatdeposit/"
REVERSALS = "/admin/wallet/fiatreversal/"
ADJUSTMENTS = "/admin/wallet/adjustment/"
API = "/api/v1/fiat-deposits"


@pytest.fixture
def customer(db: None) -> User:
    fiat.open_bank()
    return fiat.customer(funds="0")


def propose(desk: Desk, path: str, **words: str) -> tuple[int, str]:
    """Fill in the form as it stands; status and the page that follows."""
    page = see(desk, path)
    key = re.search(r'name="key" value="(\d{16})"', page)
    assert key is not None
    answer = desk.client.post(path, {"key": key.group(1), "reason": "as agreed", "code": desk.code(), **words})
    followed = desk.client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, str(followed.content.decode())


def test_a_deposit_is_recorded_credited_and_undone_through_the_pages(customer: User) -> None:
    first, second = Desk("treasury"), Desk("treasury")
    fiat.bank_account(customer)
    assert f'href="{DEPOSITS}propose/"' in see(first, DEPOSITS)
    words = {"nostro": fiat.NOSTRO, "reference": "tx 7", "amount": "1000", "customer": str(customer.uid)}
    for changes, sentence in (
        ({"amount": ""}, "This field is required."),
        ({"amount": "1,000"}, "The amount is not valid"),
        ({"customer": "123456789"}, "There is no customer with this uid."),
        ({"nostro": "NOWHERE"}, "Select a valid choice."),
        ({"code": "000000"}, "code"),
    ):
        status, shown = propose(first, f"{DEPOSITS}propose/", **{**words, **changes})
        assert (status, sentence in shown) == (409, True), changes
    assert not FiatDeposit.objects.exists()
    status, shown = propose(first, f"{DEPOSITS}propose/", **words)
    assert (status, "You proposed this; another officer confirms it." in shown, "Verified bank account" in shown) == (
        302,
        True,
        True,
    )
    page = f"{DEPOSITS}{FiatDeposit.objects.get().public_id}/change/"
    assert str(customer.email) not in shown
    assert act(first, page, "confirm")[0] == 409
    status, shown = act(second, page, "confirm")
    assert (status, "Propose to undo it" in shown, "received from outside" in shown) == (302, True, True)
    assert arrange.money(customer, "TWD").available == 1000
    way = re.search(rf'href="({REVERSALS}propose/\?deposit=\d{{16}})"', shown)
    assert way is not None
    number = way.group(1)[-16:]
    assert f'value="{number}"' in see(second, way.group(1))
    status, shown = propose(second, way.group(1), deposit=number, reference="")
    assert (status, "credited by our mistake" in shown) == (302, True)
    undo = f"{REVERSALS}{FiatReversal.objects.get().public_id}/change/"
    assert "Propose to undo it" not in see(first, page)
    assert act(first, undo, "confirm")[0] == 302
    assert arrange.money(customer, "TWD").available == 0


def test_an_adjustment_goes_through_the_pages(customer: User) -> None:
    first, second = Desk("treasury"), Desk("treasury", "treasury_lead")
    words = {"customer": str(customer.uid), "coin": "ETH", "amount": "1.5", "cause": "correction"}
    assert propose(first, f"{ADJUSTMENTS}propose/", **{**words, "cause": "gift"})[0] == 409
    assert propose(first, f"{ADJUSTMENTS}propose/", **words)[0] == 302
    said = Adjustment.objects.get()
    assert str(said.public_id) in see(second, ADJUSTMENTS)
    plain = Desk("treasury")
    page = see(plain, f"{ADJUSTMENTS}{said.public_id}/change/")
    assert ("One of the two officers has to be a treasury lead" in page, 'value="confirm"' in page) == (True, False)
    assert act(plain, f"{ADJUSTMENTS}{said.public_id}/change/", "confirm")[0] == 409
    status, shown = act(second, f"{ADJUSTMENTS}{said.public_id}/change/", "confirm")
    assert (status, "+1.5 ETH" in shown) == (302, True)
    assert arrange.money(customer).available == fiat.money(customer).available == said.amount


def test_auditors_look_others_see_nothing_and_neither_proposes(customer: User) -> None:
    said, auditor, outsider = arrange.deposit(customer, arrange.officer()), Desk("auditor"), Desk("compliance")
    assert "propose/" not in see(auditor, DEPOSITS)
    assert "You may look; treasury officers decide." in see(auditor, f"{DEPOSITS}{said.public_id}/change/")
    assert act(auditor, f"{DEPOSITS}{said.public_id}/change/", "confirm")[0] == 409
    for path in (DEPOSITS, REVERSALS, ADJUSTMENTS):
        assert auditor.client.get(f"{path}propose/").status_code == 404
        assert auditor.client.post(f"{path}propose/", {}).status_code == 404
        assert auditor.client.get(f"{path}{'9' * 16}/change/").status_code == 404
        assert outsider.client.get(path).status_code in {403, 404}
        assert outsider.client.get(f"{path}propose/").status_code in {403, 404}


def test_a_customer_reads_where_to_pay_what_came_and_that_it_was_undone(api: Api, customer: User) -> None:
    me = signed_in(api, customer)
    (into,) = me.get("/api/v1/fiat-deposit-accounts?coin=TWD").json()["results"]
    assert into == {
        "coin": "TWD",
        "bank": "First Commercial Bank",
        "holder": "Quaestor Ltd",
        "account_number": "00710012345",
        "swift_code": "",
        "remark": str(customer.uid),
    }
    arrange.deposit(customer, arrange.officer())
    assert me.get(API).json()["results"] == []
    one, other = arrange.credited(customer, reference="TX-9"), arrange.credited(customer)
    arrange.confirm(reversing, arrange.reversal(other, arrange.officer()))
    shown = me.get(f"{API}/{one.public_id}").json()
    assert shown == {
        "id": str(one.public_id),
        "coin": "TWD",
        "amount": "1000",
        "bank_reference": "TX-9",
        "state": "credited",
        "credited_at": shown["credited_at"],
        "reversed_at": None,
    }
    listed = me.get(API).json()["results"]
    assert [(row["id"], row["state"]) for row in listed] == [
        (str(other.public_id), "reversed"),
        (str(one.public_id), "credited"),
    ]
    assert me.get(f"{API}?coin=USD").json()["results"] == []
    CoinNetwork.objects.filter(coin__code="TWD", network__code="BANK").update(is_deposit_open=False)
    assert me.get("/api/v1/fiat-deposit-accounts").json()["results"] == []
    assert me.get("/api/v1/fiat-deposit-accounts?coin=NONE").status_code == 400
    for stranger in (fiat.customer(funds="0", level=2), sub_account(customer)):
        theirs = signed_in(Api(), stranger)
        assert theirs.get("/api/v1/fiat-deposit-accounts").status_code == 403
        assert theirs.get(f"{API}/{one.public_id}").status_code == 404
        assert theirs.get(API).json()["results"] == []
    assert Api().get(API).status_code == 401
