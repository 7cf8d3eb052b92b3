"""Budgets: shared calling codes, notices by SMS, and the alarm before the money is gone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import transaction

from config.kit.clock import now
from messaging.models import Allowance, Budget, BudgetAlarm, Message, MessageState
from messaging.services import breakers, delivery, limits, notices
from messaging.services.destinations import shared_country
from messaging.services.limits import Exhausted
from tests.messaging.conftest import at_once, customer
from tests.messaging.test_codes import send
from tests.messaging.test_delivery import Carrier, carried_by
from tests.messaging.test_sending_limits import refusal

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "country"),
    [("+12125550123", "US"), ("+14165550123", "CA"), ("+18765550123", "JM"), ("+886912345678", ""), ("+447400123456", "GB")],
)
def test_countries_of_a_shared_calling_code_are_told_apart(phone: str, country: str) -> None:
    assert shared_country(phone) == country


def test_one_country_of_a_shared_code_cannot_use_up_the_others(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_SENDS_PER_COUNTRY_PER_HOUR = 2
    with time_machine.travel(NOON, tick=False):
        send(destination="+18762101234", ip="127.0.0.1")
        send(destination="+18762101235", ip="127.0.0.2")
        assert refusal(destination="+18762101236", ip="127.0.0.3") == 3600
        send(destination="+12125550123", ip="127.0.0.4")
    assert dict(Budget.objects.filter(name__startswith="sms").values_list("name", "spent")) == {
        "sms +1": 3, "sms JM": 2, "sms US": 1, "sms in all": 3,
    }  # fmt: skip


def test_a_budget_of_nothing_is_closed(db: None) -> None:
    with pytest.raises(Exhausted):
        limits.spend("closed", 0, at=NOON)
    assert not Budget.objects.exists()


def test_the_alarm_is_raised_once_at_four_fifths_and_once_at_the_end_of_each_hour(
    real_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(10):
        limits.spend("sms +886", 10, at=NOON + timedelta(minutes=number))
        assert BudgetAlarm.objects.count() == (0 if number < 7 else 1 if number < 9 else 2)
    with pytest.raises(Exhausted):
        limits.spend("sms +886", 10, at=NOON + timedelta(minutes=30))
    assert list(BudgetAlarm.objects.order_by("id").values_list("name", "percent", "spent", "spent_max")) == [
        ("sms +886", 80, 8, 10), ("sms +886", 100, 10, 10),
    ]  # fmt: skip
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(told) == 2
    assert "'sms +886' of this hour is spent to 80 %: 8 of 10" in told[0]
    limits.spend("sms +886", 1, at=NOON + timedelta(hours=1))
    assert BudgetAlarm.objects.count() == 4  # another hour; a single step may reach both marks


def test_a_crowd_at_the_mark_raises_one_alarm(real_db: None, caplog: pytest.LogCaptureFixture) -> None:
    at_once(20, lambda _: limits.spend("sms in all", 20, at=NOON))
    assert list(BudgetAlarm.objects.order_by("percent").values_list("percent", flat=True)) == [80, 100]
    assert len([record for record in caplog.records if record.levelno == logging.CRITICAL]) == 2


def test_an_alarm_of_a_transaction_that_is_rolled_back_is_not_told(real_db: None, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        limits.spend("sms in all", 1, at=NOON)
        raise ZeroDivisionError
    assert not BudgetAlarm.objects.exists()
    assert not [record for record in caplog.records if record.levelno == logging.CRITICAL]


def test_notices_by_sms_wait_for_the_next_hour_when_their_budget_is_spent_and_go_by_email_at_once(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.MESSAGING_SMS_NOTICES_IN_ALL_PER_HOUR = 2
    carrier = carried_by(monkeypatch, Carrier())
    with time_machine.travel(NOON + timedelta(minutes=10), tick=False) as clock:
        for number in range(3):
            user = customer(f"user{number}@example.com", phone=f"+88691234567{number}")
            notices.notify(user=user, template="password_changed")
        delivery.sweep()
        assert [outgoing.channel for outgoing in carrier.taken].count("email") == 3
        assert [outgoing.channel for outgoing in carrier.taken].count("sms") == 2
        waiting = Message.objects.get(state=MessageState.QUEUED)
        assert (waiting.last_error, waiting.due_at) == ("the budget of SMS notices is spent", NOON + timedelta(hours=1))
        send(destination="+886912345600", ip="127.0.0.9")  # a code has budgets of its own
        delivery.sweep()
        assert len(carrier.taken) == 6
        clock.move_to(NOON + timedelta(hours=1))
        delivery.sweep()
    assert len(carrier.taken) == 7
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.ACCEPTED}


def test_a_thief_who_provokes_notices_costs_ten_sms_an_hour(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    carrier = carried_by(monkeypatch, Carrier())
    user = customer(phone="+886912345678")
    with time_machine.travel(now(), tick=False):
        for _ in range(15):
            notices.notify(user=user, template="password_changed")
        delivery.sweep()
    channels = [outgoing.channel for outgoing in carrier.taken]
    assert (channels.count("sms"), channels.count("email")) == (10, 15)


def test_a_notice_that_nobody_is_asked_to_carry_costs_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.MESSAGING_SMS_NOTICES_PER_PHONE_PER_HOUR = 1
    carrier = carried_by(monkeypatch, Carrier())
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(settings.MESSAGING_BREAKER_FAILURES):
            breakers.note_failure(channel="sms", name=carrier.name)
        notices.notify(user=customer(None, phone="+886912345678"), template="totp_bound")
        for _ in range(2):  # its breaker is open; looked at twice
            delivery.sweep()
            clock.shift(timedelta(seconds=10))
            Message.objects.filter(state=MessageState.QUEUED).update(due_at=now())
        assert carrier.taken == []
        clock.shift(timedelta(seconds=settings.MESSAGING_BREAKER_PAUSE_SECONDS))
        delivery.sweep()
    assert len(carrier.taken) == 1


def test_a_message_that_waited_through_a_long_outage_is_tried_again_soon(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = carried_by(monkeypatch, Carrier(OSError("away")))
    notices.notify(user=customer(None, phone="+886912345678"), template="totp_bound")
    Message.objects.update(tries=2_000, passes=2_000)
    with time_machine.travel(now(), tick=False) as clock:
        delivery.sweep()
        waiting = Message.objects.get()
        assert (waiting.state, waiting.due_at <= now() + timedelta(seconds=3)) == (MessageState.QUEUED, True)
        clock.shift(timedelta(seconds=3))
        delivery.sweep()
    assert (len(carrier.taken), Message.objects.get().state) == (2, MessageState.ACCEPTED)


def test_a_notice_that_is_tried_again_is_paid_for_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = carried_by(monkeypatch, Carrier(OSError("away"), OSError("away")))
    with time_machine.travel(NOON, tick=False) as clock:
        notices.notify(user=customer(None, phone="+886912345678"), template="totp_bound")
        for _ in range(3):
            delivery.sweep()
            clock.shift(timedelta(seconds=20))
    assert len(carrier.taken) == 3
    assert Budget.objects.get(name="sms notices in all").spent == 1


def test_what_one_limit_refuses_counts_in_no_other(db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    settings.MESSAGING_SMS_NOTICES_IN_ALL_PER_HOUR = 0
    carried_by(monkeypatch, Carrier())
    notices.notify(user=customer(None, phone="+886912345678"), template="totp_bound")
    delivery.sweep()
    assert not Budget.objects.exists()
    assert not Allowance.objects.exists()
