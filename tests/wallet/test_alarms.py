"""What stands too long rings once, stays while it stands, and ends by itself."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.admin_site import SIGNED_IN_AT
from config.kit.clock import now
from tests.wallet.deposits import arrange as deposits
from tests.wallet.fiat import arrange as fiat
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network
from wallet.models import Alarm, Deposit, DepositEvent, FiatWithdrawal, Transfer, WatcherCursor, Withdrawal
from wallet.models.alarms import AlarmKind
from wallet.models.deposits import DepositState
from wallet.services import ages, alarms, stops
from wallet.services.alarms import Matter
from wallet.services.withdrawals.reconciliation import ALARM_SECONDS

__all__ = ["customer", "network"]
pytestmark = pytest.mark.django_db


def rung() -> list[tuple[str, str]]:
    """Kind and subject of what is new."""
    return [(alarm.kind, alarm.subject) for alarm in ages.ring()]


def standing() -> set[tuple[str, str]]:
    return set(alarms.open_ones().values_list("kind", "subject"))


def late(rows: Any, column: str, seconds: int) -> None:
    rows.update(**{column: now() - timedelta(seconds=seconds + 1)})


@pytest.mark.parametrize("state", [str(state) for state in ALARM_SECONDS])
def test_a_withdrawal_rings_in_each_open_state_once_it_is_over_its_time(customer, state):
    withdrawal = arrange.ask(customer)
    arrange.by_hand(withdrawal, state=state)
    assert rung() == []
    late(Withdrawal.objects.all(), "state_since", ALARM_SECONDS[Withdrawal.objects.get().state])  # type: ignore[index]  # its words
    assert rung() == [("withdrawal_stuck", f"withdrawal {withdrawal.public_id}")]
    alarm = Alarm.objects.get()
    assert (alarm.detail, alarm.since) == (state, Withdrawal.objects.get().state_since)
    assert rung() == []


def test_an_alarm_ends_when_the_matter_is_over_and_rings_anew_when_it_comes_back(customer):
    withdrawal = arrange.confirmed(customer)
    late(Withdrawal.objects.all(), "state_since", 24 * 3600)
    assert len(rung()) == 1
    arrange.take_back(customer, withdrawal)
    assert (rung(), standing()) == ([], set())
    assert Alarm.objects.get().ended_at is not None
    alarms.keep(AlarmKind.WITHDRAWAL_STUCK, {f"withdrawal {withdrawal.public_id}": Matter(now())})
    assert (Alarm.objects.count(), len(standing())) == (2, 1)


def test_what_keeps_a_withdrawal_from_going_on_stands_in_its_alarm(customer):
    withdrawal = arrange.approved(customer)
    Withdrawal.objects.update(blocked_because="the coin is stopped")
    late(Withdrawal.objects.all(), "state_since", 600)
    ages.ring()
    assert Alarm.objects.get().detail == "approved: the coin is stopped"
    assert str(withdrawal.public_id) in Alarm.objects.get().subject


def test_a_transfer_that_waits_for_an_officer_rings_after_a_day(customer):
    transfer = transfers.reviewed(customer, arrange.customer(funds="0"))
    assert rung() == []
    late(Transfer.objects.all(), "state_since", 24 * 3600)
    assert rung() == [("transfer_stuck", f"transfer {transfer.public_id}")]


def test_a_fiat_withdrawal_rings_after_a_day_without_an_officer(db):
    fiat.open_bank()
    asker = fiat.customer()
    fiat.bank_account(asker)
    waiting = fiat.confirmed(asker)
    assert rung() == []
    late(FiatWithdrawal.objects.all(), "state_since", 24 * 3600)
    assert rung() == [("fiat_stuck", f"fiat withdrawal {waiting.public_id}")]


def test_a_deposit_rings_while_it_gets_no_confirmations_and_while_nobody_decides_about_it(customer):
    pending, held = deposits.deposit(customer, state=DepositState.PENDING), deposits.deposit(customer)
    assert rung() == []
    late(Deposit.objects.all(), "seen_at", ages.DEPOSIT_PENDING_SECONDS)
    since = now() - timedelta(seconds=ages.DEPOSIT_HELD_SECONDS + 1)
    DepositEvent.objects.create(deposit=held, state_after="held", reason="closed", created_at=since)
    assert set(rung()) == {
        ("deposit_pending", f"deposit {pending.public_id}"),
        ("deposit_unmatched", f"deposit {held.public_id}"),
    }


def test_a_network_rings_that_is_halted_or_shows_no_block(customer):
    deposits.read_to(deposits.deposit(customer))
    assert rung() == []
    late(WatcherCursor.objects.all(), "read_at", 15 * 60)
    assert rung() == [("watcher_silent", "network ETHEREUM")]
    WatcherCursor.objects.update(read_at=now())
    assert (rung(), standing()) == ([], set())
    WatcherCursor.objects.update(halted_because="a deep reorganisation")
    assert rung() == [("watcher_silent", "network ETHEREUM")]
    assert alarms.open_ones().get().detail == "halted: a deep reorganisation"


def test_an_alarm_is_told_to_the_log_once(customer, caplog, django_capture_on_commit_callbacks):
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            alarms.keep(AlarmKind.BOOKS_DIFFER, {"ETH": Matter(now(), "balance is its entries")})
    told = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "wallet.services.alarms"]
    assert told == [("CRITICAL", "The books do not hold: ETH")]


def test_the_database_lets_one_open_alarm_stand_for_a_subject(db):
    words = {"kind": "books_differ", "subject": "ETH", "since": now(), "raised_at": now(), "seen_at": now()}
    Alarm.objects.create(**words)
    with pytest.raises(IntegrityError, match="alarm_open_once"), transaction.atomic():
        Alarm.objects.create(**words)


def test_alarms_of_one_kind_are_counted_up_to_a_bound_the_oldest_first(db, monkeypatch):
    monkeypatch.setattr(alarms, "ALARMS_MAX", 2)
    matters = {f"withdrawal {number}": Matter(now() - timedelta(hours=number)) for number in range(4)}
    assert {alarm.subject for alarm in alarms.keep(AlarmKind.WITHDRAWAL_STUCK, matters)} == {"withdrawal 3", "withdrawal 2"}


def test_the_command_ends_with_one_where_somebody_has_to_look(customer):
    told = StringIO()
    call_command("check_wallet", stdout=told)
    assert "nothing is stopped" in told.getvalue()
    stops.stop("ETH", reason="the books differ")
    alarms.keep(AlarmKind.WALLETS_SHORT, {"ETH": Matter(now(), "9 of 10 found")})
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_wallet", "--json", stdout=told)
    found = json.loads(told.getvalue())
    assert (found["ok"], found["stopped"]) == (False, {"ETH": "the books differ"})
    assert [(row["kind"], row["subject"], row["detail"]) for row in found["alarms"]] == [
        ("wallets_short", "ETH", "9 of 10 found")
    ]


def test_officers_of_the_treasury_see_them_at_the_desk_and_others_do_not(client):
    alarms.keep(AlarmKind.WALLETS_SHORT, {"ETH": Matter(now(), "9 of 10 found")})
    for role, status in (("treasury", 200), ("compliance", 403)):
        client.force_login(arrange.officer(role=role))
        session = client.session
        session[SIGNED_IN_AT] = int(time.time())
        session.save()
        page = client.get("/admin/wallet/alarm/?open=1&kind=wallets_short")
        assert page.status_code == status
        assert ("9 of 10 found" in page.content.decode()) == (status == 200)
