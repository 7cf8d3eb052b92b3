"""Sending limits: per destination, network, country and in all; each holds alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings

from config.kit.clock import now
from messaging.errors import TooManyCodes
from messaging.models import Allowance, Budget, Message
from messaging.services.codes import Purpose
from messaging.services.limits import Exhausted, Limit, give_back, limit_key, take
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send

ADA = "ada@example.com"


def refusal(**named: object) -> int:
    with pytest.raises(TooManyCodes) as refused:
        send(**named)
    return refused.value.retry_after


def test_a_destination_gets_one_in_sixty_seconds_whatever_the_purpose(db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        send()
        clock.shift(timedelta(seconds=20))
        assert refusal() == 40
        assert refusal(purpose=Purpose.LOGIN) == 40
        assert refusal(destination="Ada+tag@Example.com") == 40
        send(destination="bob@example.com")
        clock.shift(timedelta(seconds=40))
        send()
    assert Message.objects.count() == 3


def test_a_destination_gets_five_in_an_hour_and_ten_in_a_day(db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for number in range(5):
            send(ip=f"127.0.1.{number}")
            clock.shift(timedelta(minutes=2))
        assert refusal() == 3600 - 10 * 60
        clock.shift(timedelta(minutes=50))
        for number in range(5):
            send(ip=f"127.0.2.{number}")
            clock.shift(timedelta(minutes=12))
        assert refusal() == 24 * 3600 - 2 * 3600
        clock.shift(timedelta(hours=22))
        send()


def test_strangers_use_up_nothing_of_the_codes_that_the_owner_asks_for(db: None) -> None:
    owner, mallory = customer(ADA), customer("mallory@example.com")
    with time_machine.travel(now(), tick=False) as clock:
        for number in range(5):
            send(ip=f"127.0.1.{number}", **({"user": mallory, "purpose": Purpose.SECOND_FACTOR} if number % 2 else {}))
            clock.shift(timedelta(minutes=1))
        refusal()
        refusal(user=mallory, purpose=Purpose.SECOND_FACTOR)
        for number in range(5):
            send(user=owner, purpose=Purpose.SECOND_FACTOR, ip=f"127.0.2.{number}")
            clock.shift(timedelta(minutes=1))
            assert refusal(ip="127.0.3.1") > 60
        refusal(user=owner, purpose=Purpose.SECOND_FACTOR)


def test_the_pause_between_two_codes_is_common_to_the_owner_and_strangers(db: None) -> None:
    owner = customer(ADA)
    with time_machine.travel(now(), tick=False) as clock:
        send()
        assert refusal(user=owner, purpose=Purpose.SECOND_FACTOR) == 60
        clock.shift(timedelta(minutes=1))
        send(user=owner, purpose=Purpose.SECOND_FACTOR)
        assert refusal() == 60


@pytest.mark.parametrize(
    ("ips", "stranger"),
    [
        ([f"203.0.113.{number}" for number in range(1, 21)], "203.0.114.1"),
        ([f"2001:db8:1:ff00::{number:x}" for number in range(1, 21)], "2001:db8:2::1"),
    ],
    ids=["/24", "/56"],
)
def test_a_network_asks_for_twenty_in_an_hour(db: None, ips: list[str], stranger: str) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for number, ip in enumerate(ips):
            send(destination=f"user{number}@example.com", ip=ip)
        assert refusal(destination="late@example.com", ip=ips[3]) == 3600
        send(destination="late@example.com", ip=stranger)
        clock.shift(timedelta(hours=1))
        send(destination="later@example.com", ip=ips[3])


def test_loopback_peers_count_as_different_addresses(db: None) -> None:
    for number in range(1, 26):
        send(destination=f"user{number}@example.com", ip=f"127.0.0.{number}")
    assert Message.objects.count() == 25


def test_a_refused_sending_counts_nowhere(db: None) -> None:
    send()
    before = list(Allowance.objects.order_by("key").values_list("key", "moments"))
    for number in range(3):
        refusal(ip=f"127.0.0.{number + 9}")
    assert list(Allowance.objects.order_by("key").values_list("key", "moments")) == before
    assert Budget.objects.get().spent == 1


def test_the_budget_of_a_country_is_its_own(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_SENDS_PER_PREFIX_PER_HOUR = 2
    with time_machine.travel(now().replace(minute=15, second=0, microsecond=0), tick=False) as clock:
        send(destination="+886912345678", ip="127.0.0.1")
        send(destination="+886912345679", ip="127.0.0.2")
        assert refusal(destination="+886912345670", ip="127.0.0.3") == 45 * 60
        send(destination="+8613800138000", ip="127.0.0.3")
        clock.shift(timedelta(minutes=45))
        send(destination="+886912345670", ip="127.0.0.3")
    assert sorted(Budget.objects.values_list("name", "spent")) == [
        ("sms +86", 1), ("sms +886", 1), ("sms +886", 2), ("sms in all", 1), ("sms in all", 3),
    ]  # fmt: skip


def test_the_budget_in_all_stops_everybody(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_SENDS_IN_ALL_PER_HOUR = 1
    send()
    assert 0 < refusal(destination="bob@example.com", ip="127.0.0.2") <= 3600


def test_a_window_slides_and_keeps_no_more_moments_than_its_limit(db: None) -> None:
    key, limits = limit_key("test", "window"), (Limit(3, 60),)
    start = now()
    for second in (0, 10, 50):
        take(key, limits, at=start + timedelta(seconds=second))
    with pytest.raises(Exhausted) as refused:
        take(key, limits, at=start + timedelta(seconds=55))
    assert refused.value.retry_after == 5
    take(key, limits, at=start + timedelta(seconds=60))
    with pytest.raises(Exhausted):
        take(key, limits, at=start + timedelta(seconds=61))
    assert len(Allowance.objects.get().moments) == 3
    give_back(key, at=start + timedelta(seconds=60))
    take(key, limits, at=start + timedelta(seconds=61))
