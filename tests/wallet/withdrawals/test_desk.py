"""The officers' desk: queue and page, through the real sign-in and the real forms."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import step_up
from accounts.models import Authenticator
from accounts.services import staff, totp
from config.kit.clock import now
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import Network
from wallet.chains.gateway import BroadcastOutcome
from wallet.models import Withdrawal, WithdrawalDecision
from wallet.services.withdrawals.payload import payload_hash_of

QUEUE = "/admin/wallet/withdrawal/"
PASSWORD = "a long enough staff password 9!"


class Desk:
    """One officer at the desk, with an authenticator."""

    def __init__(self, *roles: str) -> None:
        self.seed = secrets.token_bytes(20)
        email = f"{roles[0]}{secrets.token_hex(4)}@example.com"
        self.user = staff.create_officer(email=email, password=PASSWORD, roles=roles, totp_seed=self.seed).user
        self.client = Client()
        answer = self.client.post("/admin/login/", {"username": email, "password": PASSWORD, "code": self.code()})
        assert answer.status_code == 302, answer.content

    def code(self) -> str:
        """A code that was not used before: the test can't wait for the next half minute."""
        Authenticator.objects.filter(user=self.user).update(last_step=0)
        return totp.current_code(self.seed)

    def page(self, withdrawal: Withdrawal) -> str:
        answer = self.client.get(address(withdrawal))
        assert answer.status_code == 200, answer.content
        return answer.content.decode()

    def decide(self, withdrawal: Withdrawal, verdict: str, /, *, reason: str = "checked", **change: str) -> tuple[int, str]:
        """Send the form of the page as it stands; status and the page that follows."""
        seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', self.page(withdrawal))
        words = {"seen_hash": seen.group(1) if seen else "0" * 64, "reason": reason, "verdict": verdict, "code": self.code()}
        answer = self.client.post(address(withdrawal), words | change)
        followed = self.client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
        return answer.status_code, followed.content.decode()


def address(withdrawal: Withdrawal) -> str:
    return f"{QUEUE}{withdrawal.public_id}/change/"


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk("treasury")


def test_two_officers_approve_through_the_page(customer, desk):
    waiting = arrange.confirmed(customer)
    assert desk.decide(waiting, "approve")[0] == 302
    assert arrange.fresh(waiting).state == "second_review"
    status, page = Desk("treasury").decide(waiting, "approve", reason="second look")
    assert (status, arrange.fresh(waiting).state) == (302, "approved")
    for shown in ("checked", "second look", desk.user.email, "Officer 1", "Officer 2"):
        assert shown in page


def test_the_page_shows_what_a_decision_needs(customer, desk):
    waiting = arrange.confirmed(customer)
    page = desk.page(waiting)
    for shown in (
        arrange.ADDRESS, str(customer.uid), "not in the address book", "New address", "flag", "withdrawal, reserved",
        "Officer 1: not decided yet", "Officer 2: not decided yet", "There is no other.", "c***", "2 officers needed",
    ):  # fmt: skip
        assert shown in page, shown
    assert customer.email not in page


def test_one_officer_can_not_take_both_seats(customer, desk):
    waiting = arrange.confirmed(customer)
    desk.decide(waiting, "approve")
    seen = payload_hash_of(waiting).hex()
    assert 'value="approve"' not in desk.page(waiting)
    status, page = desk.decide(waiting, "approve", seen_hash=seen)
    assert (status, "You have decided about this already" in page) == (409, True)
    assert WithdrawalDecision.objects.count() == 1


def test_a_rejection_gives_the_money_back(customer, desk):
    waiting = arrange.confirmed(customer)
    assert desk.decide(waiting, "reject", reason="unclear origin")[0] == 302
    assert (arrange.fresh(waiting).state, arrange.money(customer)) == ("rejected", arrange.Money(10, 0))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": ""}, "needs a reason and one of the buttons"),
        ({"code": "000000"}, "The code is wrong"),
        ({"seen_hash": "1" * 64}, "not what it was when it was looked at"),
        ({"verdict": "shred"}, "needs a reason and one of the buttons"),
        ({"verdict": "absent"}, "can&#x27;t become failed"),
    ],
)
def test_a_refusal_is_a_sentence_and_changes_nothing(customer, desk, change, sentence):
    waiting = arrange.confirmed(customer)
    status, page = desk.decide(waiting, "approve", **change)
    assert (status, sentence in page) == (409, True), page
    assert arrange.fresh(waiting).state == "review"
    assert not WithdrawalDecision.objects.exists()


def test_a_code_stands_for_five_minutes_and_then_the_next_decision_needs_another(customer, desk):
    first, second = arrange.confirmed(customer), arrange.confirmed(customer)
    assert 'name="code"' not in desk.page(first)
    assert desk.decide(first, "reject", code="")[0] == 302
    session = desk.client.session
    session[step_up.PROVED_AT] -= step_up.PROOF_HOLDS_SECONDS
    session.save()
    assert 'name="code"' in desk.page(second)
    assert desk.decide(second, "reject", code="")[0] == 409
    assert arrange.fresh(second).state == "review"
    assert desk.decide(second, "reject")[0] == 302
    assert not step_up.is_due(desk.client.get("/admin/").wsgi_request)


def test_the_typed_reason_survives_a_refusal(customer, desk):
    _, page = desk.decide(arrange.confirmed(customer), "approve", reason="long thought", code="000000")
    assert "long thought" in page


def test_a_changed_withdrawal_is_shown_as_such_and_can_only_be_rejected(customer, desk):
    waiting = arrange.confirmed(customer)
    arrange.by_hand(waiting, address=arrange.OTHER_ADDRESS)
    page = desk.page(waiting)
    assert "This withdrawal is not what was asked for" in page
    assert 'value="approve"' not in page
    assert desk.decide(waiting, "reject")[0] == 302


def test_an_unknown_outcome_is_ended_by_two_officers(customer, network: Network, desk, settings):
    network.outcome = BroadcastOutcome.UNKNOWN
    lost = arrange.sent(customer)
    assert "It never reached the chain" not in desk.page(lost)
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 0
    assert "It never reached the chain" in desk.page(lost)
    desk.decide(lost, "absent", reason="three nodes asked")
    assert arrange.fresh(lost).state == "unknown"
    status, page = Desk("treasury").decide(lost, "absent", reason="block explorer too")
    assert (status, "The nonce must be consumed first" in page) == (409, True)
    network.absent.add(arrange.transaction_of(lost).tx_hash or "")
    Desk("treasury").decide(lost, "absent", reason="the nonce is used up")
    assert (arrange.fresh(lost).state, arrange.money(customer)) == ("failed", arrange.Money(10, 0))


def test_an_auditor_looks_and_does_not_decide(customer):
    waiting = arrange.confirmed(customer)
    auditor = Desk("auditor")
    assert 'value="approve"' not in auditor.page(waiting)
    status, page = auditor.decide(waiting, "approve")
    assert (status, "Only a treasury officer decides" in page) == (409, True)


def test_compliance_and_strangers_see_nothing(customer):
    waiting = arrange.confirmed(customer)
    assert Desk("compliance").client.get(address(waiting)).status_code == 404
    assert Desk("compliance").client.get(QUEUE).status_code == 404
    assert Client().get(address(waiting)).status_code == 302


@pytest.mark.parametrize("identity", ["4203918275640192", "x", "1"])
def test_an_unknown_id_is_not_found(desk, identity):
    assert desk.client.get(f"{QUEUE}{identity}/change/").status_code == 404


def test_nothing_can_be_added_changed_or_deleted_past_the_services(customer, desk):
    waiting = arrange.confirmed(customer)
    assert desk.client.get(f"{QUEUE}add/").status_code == 403
    assert desk.client.post(f"{QUEUE}{waiting.pk}/delete/", {"post": "yes"}).status_code in {403, 404}
    desk.client.post(QUEUE, {"action": "delete_selected", "_selected_action": [waiting.pk]})
    assert Withdrawal.objects.filter(pk=waiting.pk).exists()


def test_what_a_customer_writes_is_escaped(customer, desk):
    waiting = arrange.confirmed(customer)
    script = "<script>alert(1)</script>"
    arrange.by_hand(waiting, memo=script, address=script, blocked_because=script)
    for page in (desk.page(waiting), desk.client.get(f"{QUEUE}?search={script}").content.decode()):
        assert script not in page


def test_the_queues_show_what_belongs_to_them(customer, network, desk):
    waiting = arrange.confirmed(customer)
    unasked = arrange.ask(customer)
    network.outcome = BroadcastOutcome.UNKNOWN
    stuck = arrange.sent(customer)
    shown = {
        queue: {one for one in (waiting, unasked, stuck) if str(one.public_id) in listed(desk, f"queue={queue}")}
        for queue in ("decide", "waiting", "stuck", "flight", "all")
    }
    assert shown == {
        "decide": {waiting}, "waiting": {unasked}, "stuck": {stuck}, "flight": {stuck}, "all": {waiting, unasked, stuck},
    }  # fmt: skip


def test_the_search_finds_by_id_customer_address_and_transaction(customer, desk):
    sent, other = arrange.sent(customer), arrange.ask(arrange.customer(), address=arrange.OTHER_ADDRESS)
    for text in (sent.public_id, customer.uid, sent.address, arrange.transaction_of(sent).tx_hash):
        page = listed(desk, f"queue=all&search={text}")
        assert (str(sent.public_id) in page, str(other.public_id) in page) == (True, False), text
    assert "Nothing here." in listed(desk, "queue=all&search=%27%3B--")
    assert listed(desk, "queue=nope&coin=!&after=x&state=y")


def test_pages_follow_one_another_without_a_count(customer, desk, monkeypatch):
    monkeypatch.setattr("wallet.services.desk_queues.PAGE_SIZE", 2)
    made = [arrange.ask(customer, amount="0.1") for _ in range(5)]
    seen: list[str] = []
    at = "queue=waiting"
    while at:
        page = listed(desk, at)
        seen += [str(one.public_id) for one in made if str(one.public_id) in page]
        following = re.search(r'rel="next" href="\?([^"]*)">', page)
        at = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [str(one.public_id) for one in made]


def test_the_queue_costs_the_same_number_of_queries_whatever_its_length(customer, desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            listed(desk, "queue=waiting")
        return len(asked)

    arrange.ask(customer, amount="0.1")
    queries()
    few = queries()
    for _ in range(10):
        arrange.ask(customer, amount="0.1")
    assert (queries(), few <= 12) == (few, True), few


def test_the_queue_says_how_long_something_waits(customer, desk):
    waiting = arrange.confirmed(customer)
    Withdrawal.objects.filter(pk=waiting.pk).update(state_since=now() - timedelta(hours=25))
    assert "<td>1 d</td>" in listed(desk, "queue=decide")


def listed(desk: Desk, query: str) -> str:
    answer = desk.client.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()
