"""Caps on what leaves: counted at the gate over everybody, closed where none is set."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import AuditRecord
from config.kit.clock import now
from tests.wallet.fiat import arrange as fiat
from tests.wallet.rates.arrange import tell
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network
from tests.wallet.withdrawals.crowd import at_once
from wallet.models import Coin, FiatWithdrawal, OutflowCap, Rate
from wallet.services import ages, alarms, coin_list
from wallet.services.fiat_withdrawals import paying
from wallet.services.fiat_withdrawals.errors import FiatWithdrawalHeld
from wallet.services.outflow import caps, reference
from wallet.services.withdrawals.errors import GateClosed, WithdrawalsClosed

__all__ = ["customer", "network"]
pytestmark = pytest.mark.django_db


def cap(maximum: str, *, scope: str = "ETH", hours: int = 24) -> None:
    call_command("set_outflow_cap", scope, maximum, hours=hours, by="Ada", reason="as agreed", stdout=StringIO())


def is_open() -> bool:
    ether = next(coin for coin in coin_list.listed() if coin.coin == "ETH")
    return any(way.is_withdrawal_open for way in ether.networks)


def test_what_passed_the_gate_counts_for_everybody_until_the_window_is_over(customer):
    first, second = arrange.approved(customer), arrange.approved(arrange.customer())
    cap("1.5")
    assert arrange.step(first).state == "signing"
    blocked = arrange.step(second)
    assert (blocked.state, blocked.blocked_because) == ("approved", "at most 1.5 ETH leave in 24 h")
    with pytest.raises(WithdrawalsClosed):
        arrange.ask(customer, amount="0.6")
    assert (is_open(), arrange.ask(customer, amount="0.5").state) == (True, "verification")
    with time_machine.travel(now() + timedelta(hours=24, seconds=1), tick=True):
        assert arrange.step(second).state == "signing"


def test_a_coin_whose_cap_is_used_reads_closed_and_one_without_a_cap_is(customer):
    assert is_open()
    cap("0")
    assert not is_open()
    OutflowCap.objects.filter(coin__code="ETH").delete()
    assert not is_open()
    with pytest.raises(WithdrawalsClosed):
        arrange.ask(customer)


def test_what_was_asked_for_and_has_not_passed_does_not_use_a_cap_nor_does_what_failed(customer):
    waiting = arrange.confirmed(customer, amount="2")
    gone = arrange.sent(customer)
    cap("2")
    assert used("ETH") == 1
    arrange.by_hand(gone, state="failed", finished_at=now())
    assert used("ETH") == 0
    for _ in range(2):
        waiting = arrange.approve(waiting, arrange.officer())
    assert arrange.step(waiting).state == "signing"


def used(scope: str) -> Decimal | None:
    return next(view.used for view in caps.Caps().views() if view.scope == scope)


def test_the_signer_counts_again_and_a_withdrawal_does_not_count_against_itself(customer):
    withdrawal = arrange.approved(customer)
    cap("1")
    assert arrange.step(withdrawal).state == "signing"
    cap("0.9")
    with pytest.raises(GateClosed, match=r"at most 0\.9 ETH"):
        arrange.sign_all()
    cap("1")
    assert arrange.sign_all() == 1


def test_the_shortest_window_that_is_full_closes(customer):
    arrange.signed(customer)
    cap("1.5", hours=1)
    with pytest.raises(WithdrawalsClosed):
        arrange.ask(customer)
    with time_machine.travel(now() + timedelta(hours=1, seconds=1), tick=True):
        assert arrange.ask(customer).state == "verification"


def test_the_cap_in_total_counts_every_coin_at_the_newest_prices(customer):
    tell("ETH/USDT", "2000")
    tell("USDT/TWD", "32")
    fiat.open_bank()
    asker = fiat.customer()
    fiat.bank_account(asker)
    cap("2500", scope="ALL")
    fiat.at_the_bank(asker, fiat.officer(), amount="32000")
    withdrawal = arrange.approved(customer, amount="0.75")
    assert (used("ALL"), arrange.step(withdrawal).state) == (1000, "signing")
    assert used("ALL") == 2500
    with pytest.raises(WithdrawalsClosed):
        arrange.ask(customer, amount="0.01")


def test_while_a_cap_in_total_is_set_nothing_leaves_that_has_no_price_of_now(customer):
    withdrawal = arrange.approved(customer)
    cap("1000000", scope="ALL")
    blocked = arrange.step(withdrawal)
    assert (blocked.state, "can't be counted" in blocked.blocked_because) == ("approved", True)
    tell("ETH/USDT", "2000")
    Rate.objects.update(taken_at=now() - timedelta(days=1))
    assert arrange.step(withdrawal).state == "approved"
    Rate.objects.update(taken_at=now())
    assert arrange.step(withdrawal).state == "signing"


def test_of_many_officers_at_once_no_more_go_to_the_bank_than_the_cap_lets_out(real_db):
    fiat.open_bank()
    askers = [fiat.customer() for _ in range(4)]  # of one customer they would queue up anyway
    waiting = [fiat.approved(asker, amount="1000") for asker in askers]
    payers = [fiat.officer() for _ in waiting]
    cap("2500", scope="TWD")
    results = at_once([partial(fiat.decide, paying.begin, one, by) for one, by in zip(waiting, payers, strict=True)])
    assert sum(isinstance(result, FiatWithdrawal) for result in results) == 2
    assert sum(isinstance(result, FiatWithdrawalHeld) for result in results) == 2


def test_staff_are_told_when_most_of_a_cap_is_used_and_the_alarm_ends(customer):
    arrange.signed(customer)
    cap("1.2")
    ages.ring()
    alarm = alarms.open_ones().get()
    assert (alarm.kind, alarm.subject, alarm.detail) == ("outflow_near_cap", "ETH in 24 h", "1 of 1.2 ETH")
    cap("2")
    ages.ring()
    assert not alarms.open_ones().exists()


def test_caps_are_set_with_a_reason_that_is_audited_and_reference_data_leave_them_alone():
    cap("7", scope="ETH", hours=1)
    record = AuditRecord.objects.get(act="wallet.outflow_cap_set")
    assert record.facts == {"scope": "ETH", "unit": "ETH", "hours": "1", "maximum": "7", "by": "Ada"}
    OutflowCap.objects.filter(coin__code="ETH", window_hours=24).delete()
    OutflowCap.objects.filter(coin__code="BTC").delete()
    assert reference.load() == 1
    assert set(OutflowCap.objects.filter(coin__code="ETH").values_list("window_hours", "maximum")) == {(1, 7)}


@pytest.mark.parametrize(
    ("scope", "maximum", "hours"),
    [("NOCOIN", "1", 24), ("ETH", "-1", 24), ("ETH", "NaN", 24), ("ETH", "1e-19", 24), ("ETH", "1", 0), ("ETH", "1", 721)],
)
def test_what_is_no_cap_is_refused(scope, maximum, hours):
    before = set(OutflowCap.objects.values_list("coin", "window_hours", "maximum"))
    with pytest.raises(CommandError):
        call_command("set_outflow_cap", scope, maximum, hours=hours, by="Ada", reason="x")
    assert set(OutflowCap.objects.values_list("coin", "window_hours", "maximum")) == before


def test_the_database_keeps_one_cap_of_a_window_above_nothing():
    ether = Coin.objects.get(code="ETH")
    for words in ({"coin": ether, "maximum": 1}, {"coin": None, "maximum": -1}):
        with pytest.raises(IntegrityError, match="outflow_cap"), transaction.atomic():
            OutflowCap.objects.create(window_hours=24, **words)
