"""The switch: one officer stops what leaves, at the request, at each gate and at the door; two let it go on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.errors import NotAnOfficer, ReasonDue
from accounts.models import AuditRecord, User
from accounts.services.officers import Act
from config.kit.errors import Absent
from tests.wallet.fiat import arrange as fiat
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network, officers
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import FiatWithdrawal, OutflowStop, OutgoingTransaction
from wallet.services import coin_list, traded
from wallet.services.fiat_withdrawals import paying
from wallet.services.fiat_withdrawals.errors import FiatWithdrawalHeld, FiatWithdrawalsClosed
from wallet.services.outflow import errors, stopping
from wallet.services.pairs.errors import SameOfficer
from wallet.services.withdrawals.errors import GateClosed, LeadDue, WithdrawalsClosed

__all__ = ["customer", "network", "officers"]
pytestmark = pytest.mark.django_db
PAGE = "/admin/wallet/outflowstop/"


def flip(scope: str = "ETH", *, reason: str = "a key may be stolen", by: User | None = None) -> OutflowStop:
    return stopping.stop(scope=scope, act=Act(reason=reason, officer=by) if by else Act(reason=reason, by="Ada"))


def lift(found: OutflowStop, first: User, second: User) -> None:
    stopping.ask_lift(stop_id=found.public_id, act=Act(reason="it was not", officer=first))
    stopping.agree_lift(stop_id=found.public_id, act=Act(reason="looked, too", officer=second))


def open_ways() -> set[str]:
    """Coins that customers read as open for withdrawals."""
    listed = {coin.coin for coin in coin_list.listed() if any(way.is_withdrawal_open for way in coin.networks)}
    assert listed == {coin.code for coin in traded.listed() if coin.is_withdrawal_open}
    return listed


def test_a_stopped_coin_is_refused_and_reads_closed_and_others_are_not(customer, officers):
    before = open_ways()
    found = flip(by=officers[0])
    with pytest.raises(WithdrawalsClosed):
        arrange.ask(customer)
    assert before - open_ways() == {"ETH"}
    lift(found, *officers)
    assert open_ways() == before
    assert arrange.ask(customer).state == "verification"


def test_what_is_approved_waits_at_the_gate_and_goes_on_once_it_is_lifted(customer, officers):
    withdrawal = arrange.approved(customer)
    found = flip()
    after = arrange.step(withdrawal)
    assert (after.state, after.blocked_because) == ("approved", "officers stopped ETH: a key may be stolen")
    assert not OutgoingTransaction.objects.exists()
    lift(found, *officers)
    assert arrange.step(withdrawal).state == "signing"


def test_the_signer_signs_nothing_that_was_stopped_behind_the_first_gate(customer):
    withdrawal = arrange.approved(customer)
    arrange.step(withdrawal)
    flip()
    with pytest.raises(GateClosed, match="officers stopped ETH"):
        arrange.sign_all()
    assert arrange.transaction_of(withdrawal).signed_bytes is None


def test_signed_bytes_that_were_never_sent_stay_here_until_it_is_lifted(customer, network, officers):
    withdrawal = arrange.signed(customer)
    found = flip("ALL")
    after = arrange.step(withdrawal)
    assert (after.state, network.sent) == ("unknown", [])
    assert "officers stopped everything" in after.blocked_because
    lift(found, *officers)
    assert (arrange.step(withdrawal).state, len(network.sent)) == ("broadcast", 1)


def test_what_was_sent_goes_its_way(customer, network):
    withdrawal = arrange.sent(customer)
    flip("ALL")
    arrange.mine(network, withdrawal)
    arrange.step(withdrawal)
    assert arrange.step(withdrawal).state == "success"


def test_a_stop_of_everything_holds_back_fiat_money_at_the_request_and_at_the_bank(db, officers):
    fiat.open_bank()
    asker = fiat.customer()
    fiat.bank_account(asker)
    approved = fiat.approved(asker)
    found = flip("ALL")
    with pytest.raises(FiatWithdrawalsClosed):
        fiat.ask(asker)
    with pytest.raises(FiatWithdrawalHeld, match="officers stopped everything"):
        fiat.decide(paying.begin, approved, officers[0])
    lift(found, *officers)
    assert fiat.decide(paying.begin, approved, officers[0]).state == "paying"


def test_one_officer_stops_and_two_lift_each_with_a_reason_that_is_audited(officers):
    one, other = officers
    found = flip(by=one)
    with pytest.raises(errors.LiftNotAsked):
        stopping.agree_lift(stop_id=found.public_id, act=Act(reason="x", officer=other))
    stopping.ask_lift(stop_id=found.public_id, act=Act(reason="it was not", officer=one))
    with pytest.raises(errors.LiftAlreadyAsked):
        stopping.ask_lift(stop_id=found.public_id, act=Act(reason="x", officer=other))
    with pytest.raises(SameOfficer):
        stopping.agree_lift(stop_id=found.public_id, act=Act(reason="x", officer=one))
    stopping.agree_lift(stop_id=found.public_id, act=Act(reason="looked, too", officer=other))
    with pytest.raises(errors.StopLifted):
        stopping.ask_lift(stop_id=found.public_id, act=Act(reason="x", officer=one))
    told = AuditRecord.objects.filter(subject=f"wallet.outflowstop:{found.public_id}").order_by("pk")
    assert list(told.values_list("act", "actor", "reason", "facts__scope")) == [
        ("wallet.outflow_stopped", one.pk, "a key may be stolen", "ETH"),
        ("wallet.outflow_lift_asked", one.pk, "it was not", "ETH"),
        ("wallet.outflow_lifted", other.pk, "looked, too", "ETH"),
    ]


def test_one_of_the_two_who_lift_is_a_lead_whoever_asks(officers):
    plain, lead = officers
    for asks, agrees in ((plain, lead), (lead, plain)):
        lift(flip(by=plain), asks, agrees)
    found = flip(by=lead)
    stopping.ask_lift(stop_id=found.public_id, act=Act(reason="it was not", officer=plain))
    with pytest.raises(LeadDue):
        stopping.agree_lift(stop_id=found.public_id, act=Act(reason="x", officer=arrange.officer()))
    assert stopping.standing() == [found]


def test_who_may_stop_and_who_may_lift(customer, officers):
    compliance = arrange.officer(role="compliance")
    found = flip(by=compliance)
    for act in (stopping.ask_lift, stopping.agree_lift):
        with pytest.raises(NotAnOfficer):
            act(stop_id=found.public_id, act=Act(reason="x", officer=compliance))
        with pytest.raises(Absent):
            act(stop_id="1", act=Act(reason="x", officer=officers[0]))
    for nobody in (customer, arrange.officer(role="auditor")):
        with pytest.raises(NotAnOfficer):
            flip("BTC", by=nobody)
    with pytest.raises(ReasonDue):
        flip("BTC", reason=" ", by=officers[0])
    with pytest.raises(errors.AlreadyStopped):
        flip(by=officers[0])
    flip("ALL")
    with pytest.raises(errors.AlreadyStopped, match="Everything"):
        flip("ALL")
    assert OutflowStop.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "another"}, "stays so"),
        ({"lifted_by": 1, "lifted_at": "2026-12-01T00:00:00Z", "lifted_because": "x"}, "outflow_stop_four_eyes"),
        ({"lifted_by": 2, "lifted_at": None, "lifted_because": ""}, "outflow_stop_lifted_whole"),
        ({"lift_reason": "another"}, "stays so"),
    ],
)
def test_the_database_refuses_a_changed_stop_and_one_pair_of_eyes(officers, changes, said):
    found = flip(by=officers[0])
    stopping.ask_lift(stop_id=found.public_id, act=Act(reason="it was not", officer=officers[0]))
    named = {1: officers[0], 2: officers[1]}
    changes = {name: named.get(value, value) for name, value in changes.items()}
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        OutflowStop.objects.filter(pk=found.pk).update(**changes)


def test_the_database_refuses_to_lift_at_a_stroke_and_to_forget(officers):
    found = flip()
    whole = {"lift_asked_by": officers[0], "lift_asked_at": found.since, "lift_reason": "x"}
    with pytest.raises(IntegrityError, match="one after the other"), transaction.atomic():
        OutflowStop.objects.update(**whole, lifted_by=officers[1], lifted_at=found.since, lifted_because="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        OutflowStop.objects.all().delete()
    with pytest.raises(IntegrityError, match="outflow_stop_stands_once"), transaction.atomic():
        OutflowStop.objects.create(coin=found.coin, reason="x")


def test_a_stop_waits_for_what_is_passing_a_gate_and_answers_once_it_has_passed(real_db):
    fiat.open_bank()
    asker = fiat.customer()
    fiat.bank_account(asker)
    waiting, payer = fiat.approved(asker), fiat.officer()
    passed, go_on = threading.Event(), threading.Event()

    def pass_slowly() -> None:
        with transaction.atomic():
            fiat.decide(paying.begin, waiting, payer)
            passed.set()
            assert go_on.wait(60)

    with ThreadPoolExecutor(1) as thread:
        passing = thread.submit(at_once, [pass_slowly])
        assert passed.wait(60)
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 100")
            flip("TWD")
        go_on.set()
        passing.result()
    flip("TWD")
    assert FiatWithdrawal.objects.get().state == "paying"


def test_officers_flip_it_at_the_desk_and_the_second_one_lets_it_go_on():
    one, other, auditor = Desk("treasury"), Desk("treasury", "treasury_lead"), Desk("auditor")
    assert (auditor.client.get(PAGE).status_code, Desk("treasury").client.get(PAGE).status_code) == (200, 200)
    assert 'value="stop"' not in auditor.client.get(PAGE).content.decode()
    assert post(auditor, act="stop", scope="ETH") == 409
    assert post(one, act="stop", scope="ETH", code="000000", reason="key") == 409
    assert post(one, act="stop", scope="NOCOIN") == 409
    assert post(one, act="stop", scope="ETH") == 302
    found = OutflowStop.objects.get()
    page = other.client.get(PAGE).content.decode()
    assert "Nothing leaves in ETH since" in page
    assert post(one, act="ask_lift", stop_id=found.public_id) == 302
    assert "another officer has to agree" in one.client.get(PAGE).content.decode()
    assert post(one, act="agree_lift", stop_id=found.public_id) == 409
    assert post(other, act="agree_lift", stop_id=found.public_id) == 302
    assert "Nothing leaves in ETH since" not in other.client.get(PAGE).content.decode()
    assert stopping.standing() == []


def post(desk: Desk, **words: Any) -> int:
    return desk.client.post(PAGE, {"reason": "a key may be stolen", "code": desk.code(), **words}).status_code


def test_an_operator_stops_at_the_console():
    told = StringIO()
    call_command("stop_outflow", "ALL", by="Ada", reason="the signer's host", stdout=told)
    assert told.getvalue().strip() == "Everything is stopped."
    for words in ({"scope": "ALL"}, {"scope": "NOCOIN"}, {"scope": "ETH", "reason": " "}, {"scope": "ETH", "by": " "}):
        with pytest.raises(CommandError):
            call_command("stop_outflow", words.pop("scope"), **{"by": "Ada", "reason": "x"} | words)
    record = AuditRecord.objects.filter(act="wallet.outflow_stopped").get()
    assert (record.actor_kind, record.facts["by"], record.facts["scope"]) == ("operator", "Ada", "ALL")
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_wallet", stdout=told)
    assert "Withdrawals of ALL are stopped: the signer's host" in told.getvalue()
