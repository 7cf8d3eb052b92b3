"""Fail-over: a provider that is killed in mid-flight costs the customer nothing, and the next ones nothing either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from config.carriers import email_carriers, sms_carriers
from config.kit.clock import now
from messaging.models import Message, MessageState, MessageTry, Outcome, ProviderState
from messaging.providers.base import ProviderRefused, ProviderUnavailable
from messaging.providers.registry import providers
from messaging.services import breakers, delivery, notices, trials
from tests.factories_messaging import read_code
from tests.messaging.conftest import at_once, customer
from tests.messaging.gateways import Gateway, gateway
from tests.messaging.test_codes import send
from tests.messaging.test_delivery import Carrier
from tests.messaging.test_providers import silent_port

PHONE = "+886912345678"


@contextmanager
def two_sms_providers(settings: LazySettings) -> Iterator[tuple[Gateway, Gateway]]:
    """Our own kind of gateway first, Twilio's kind second, both on this machine."""
    with gateway((200, {"reference": "first"})) as first, gateway((201, {"sid": "SM-second"})) as second:
        settings.SMS_CARRIERS = sms_carriers(
            f"http://127.0.0.1:{first.port}/sms twilio://AC1:token@127.0.0.1:{second.port}/?from=%2B15550001&tls=0"
        )
        yield first, second


def tries() -> list[tuple[str, str, str]]:
    return list(MessageTry.objects.order_by("id").values_list("provider", "outcome", "reference"))


def code_to(phone: str = PHONE, ip: str = "127.0.0.1") -> str:
    send(destination=phone, ip=ip)
    return read_code(phone)


def test_a_code_is_delivered_once_by_the_second_when_the_first_is_killed_in_mid_flight(
    real_db: None, settings: LazySettings
) -> None:
    with two_sms_providers(settings) as (first, second):
        first.dies = True
        code = code_to()
        assert delivery.sweep() == 1
        assert delivery.sweep() == 0
    message = Message.objects.get()
    assert (len(first.seen), len(second.seen)) == (1, 1)
    assert code in second.seen[0].form["Body"]
    assert first.seen[0].json["id"] == str(message.public_id)
    assert (message.state, message.tries, message.provider, message.provider_reference) == (
        MessageState.ACCEPTED, 1, "twilio", "SM-second",
    )  # fmt: skip
    assert tries() == [("sms-http", Outcome.UNKNOWN, ""), ("twilio", Outcome.ACCEPTED, "SM-second")]
    assert message.sealed is None


def test_a_first_provider_that_never_answers_is_overtaken_in_the_same_hand_over(real_db: None, settings: LazySettings) -> None:
    settings.MESSAGING_PROVIDER_TIMEOUT_SECONDS = 1
    with two_sms_providers(settings) as (_, second), silent_port() as port:
        settings.SMS_CARRIERS = (sms_carriers(f"http://127.0.0.1:{port}/sms")[0], settings.SMS_CARRIERS[1])
        code_to()
        delivery.sweep()
        assert len(second.seen) == 1
    assert [outcome for _, outcome, _ in tries()] == [Outcome.UNKNOWN, Outcome.ACCEPTED]


def test_the_breaker_opens_other_workers_pass_it_over_and_one_probe_closes_it(real_db: None, settings: LazySettings) -> None:
    with time_machine.travel(now(), tick=False) as clock, two_sms_providers(settings) as (first, second):
        first.dies = True
        for number in range(3):
            code_to(f"+88691234567{number}", ip=f"127.0.1.{number}")
        delivery.sweep()
        assert len(first.seen) == 3  # three failures in a row: passed over from here on
        phones = [f"+88691234560{number}" for number in range(4)]
        for number, phone in enumerate(phones):
            code_to(phone, ip=f"127.0.2.{number}")
        ids = list(Message.objects.filter(state=MessageState.QUEUED).values_list("id", flat=True))
        at_once(4, lambda number: delivery.deliver(ids[number]))  # workers of their own, who never saw it fail
        assert (len(first.seen), len(second.seen)) == (3, 7)
        clock.shift(timedelta(seconds=settings.MESSAGING_BREAKER_PAUSE_SECONDS))
        code_to("+886912345690", ip="127.0.3.1")
        delivery.sweep()
        assert (len(first.seen), len(second.seen)) == (4, 8)  # the probe failed, and cost nobody the message
        clock.shift(timedelta(seconds=settings.MESSAGING_BREAKER_PAUSE_SECONDS))
        code_to("+886912345691", ip="127.0.3.2")
        delivery.sweep()
        assert len(first.seen) == 4  # the second pause is twice as long
        first.dies = False
        clock.shift(timedelta(seconds=settings.MESSAGING_BREAKER_PAUSE_SECONDS))
        code_to("+886912345692", ip="127.0.3.3")
        delivery.sweep()
        assert len(first.seen) == 5
        state = ProviderState.objects.get(name="sms-http")
        assert (state.failures, state.passed_over_until) == (0, None)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.ACCEPTED}
    assert {seen.form["To"] for seen in second.seen} >= set(phones)


def test_after_the_pause_one_of_many_workers_asks_and_the_others_do_not(real_db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            breakers.note_failure(channel="sms", name="one")
        clock.shift(timedelta(seconds=30))
        told = at_once(12, lambda _: breakers.admits(channel="sms", name="one", probe_seconds=40))
        assert told.count(True) == 1
        clock.shift(timedelta(seconds=40))  # the prober died: somebody else may ask
        told = at_once(12, lambda _: breakers.admits(channel="sms", name="one", probe_seconds=40))
        assert told.count(True) == 1


def test_failures_that_are_not_in_a_row_open_nothing_and_the_pause_has_an_end(db: None, settings: LazySettings) -> None:
    for _ in range(5):
        breakers.note_failure(channel="sms", name="one")
        breakers.note_failure(channel="sms", name="one")
        breakers.note_answer(channel="sms", name="one")
    assert breakers.open_now() == []
    with time_machine.travel(now(), tick=False):
        for _ in range(40):
            breakers.note_failure(channel="sms", name="one")
        [state] = breakers.open_now()
        assert state.passed_over_until is not None
        assert state.passed_over_until - now() == timedelta(seconds=10 * settings.MESSAGING_BREAKER_PAUSE_SECONDS)
    assert breakers.admits(channel="email", name="one", probe_seconds=1)  # another channel's is another provider


def test_when_both_are_dead_messages_wait_their_tries_are_not_used_up_and_they_arrive_later(
    real_db: None, settings: LazySettings
) -> None:
    user = customer(None, phone=PHONE)
    with time_machine.travel(now(), tick=False) as clock, two_sms_providers(settings) as (first, second):
        first.dies = second.dies = True
        notices.notify(user=user, template="totp_bound")
        for _ in range(600):  # five hours of sweeps
            delivery.sweep()
            clock.shift(timedelta(seconds=30))
        message = Message.objects.get()
        assert message.state == MessageState.QUEUED
        assert message.passes > 0
        assert len(first.seen) < 100
        assert message.tries - message.passes < delivery.TRIES_MAX
        first.dies = second.dies = False
        for _ in range(12):
            clock.shift(timedelta(seconds=60))
            delivery.sweep()
        message.refresh_from_db()
        assert message.state == MessageState.ACCEPTED
        assert {seen.json["id"] for seen in first.seen} == {str(message.public_id)}


def test_a_message_that_nobody_could_carry_for_a_day_is_given_up_and_wiped(db: None, settings: LazySettings) -> None:
    settings.SMS_CARRIERS = sms_carriers("http://127.0.0.1:9/sms")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            breakers.note_failure(channel="sms", name="sms-http")
        notices.notify(user=customer(None, phone=PHONE), template="totp_bound")
        delivery.sweep()
        assert MessageTry.objects.count() == 0
        clock.shift(delivery.GIVE_UP_AFTER)
        delivery.sweep()
    message = Message.objects.get()
    assert (message.state, message.sealed, message.last_error) == (MessageState.FAILED, None, "every provider is passed over")


def two_carriers(monkeypatch: pytest.MonkeyPatch, *troubles: tuple[Exception, ...]) -> list[Carrier]:
    made = []
    for number, each in enumerate(troubles):
        made.append(Carrier(*each))
        made[-1].name = f"carrier-{number}"
    monkeypatch.setattr(delivery, "providers", lambda _: made)
    return made


def test_a_refusal_is_final_only_when_every_provider_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _, second = two_carriers(monkeypatch, (ProviderRefused("no"),), ())
    send()
    delivery.sweep()
    assert Message.objects.get().state == MessageState.ACCEPTED
    assert len(second.taken) == 1
    two_carriers(monkeypatch, (ProviderRefused("no"),), (ProviderRefused("never"),))
    send(destination="bob@example.com", ip="127.0.0.2")
    delivery.sweep()
    message = Message.objects.latest("id")
    assert (message.state, message.last_error, message.tries) == (MessageState.FAILED, "never", 1)
    assert ProviderState.objects.filter(failures__gt=0).count() == 0  # a refusal is an answer


def test_a_provider_that_refused_a_message_is_not_asked_for_it_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two_carriers(monkeypatch, (ProviderRefused("no"),), (ProviderUnavailable("later"),))
    with time_machine.travel(now(), tick=False) as clock:
        send()
        delivery.sweep()
        clock.shift(timedelta(seconds=10))
        delivery.sweep()
    assert (len(first.taken), len(second.taken)) == (1, 2)
    assert len({outgoing.public_id for outgoing in second.taken}) == 1
    assert Message.objects.get().state == MessageState.ACCEPTED


def test_a_worker_whose_lease_has_passed_to_another_asks_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = two_carriers(monkeypatch, (), ())
    send()
    late = delivery.claim_next()
    assert late is not None
    Message.objects.update(tries=late.tries + 1)  # another worker's lease, whatever the clocks say
    delivery.hand_over(late)
    assert first.taken == []
    assert MessageTry.objects.count() == 0
    assert trials.begin(late.message, lease=late.tries + 1, provider="x") is not None


def test_no_provider_is_asked_when_the_lease_could_end_meanwhile(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two_carriers(monkeypatch, (ProviderUnavailable("slow"),), ())
    second.longest_seconds = 1000.0
    with time_machine.travel(now(), tick=False) as clock:
        monkeypatch.setattr(first, "send", lambda _: slow(clock))
        send()
        delivery.sweep()
    assert second.taken == []
    assert Message.objects.get().state == MessageState.QUEUED


def slow(clock: Any) -> None:
    clock.shift(timedelta(seconds=32))
    raise ProviderUnavailable("slow")


def test_a_code_that_expires_while_the_first_provider_keeps_us_waiting_is_not_sent_by_the_second(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_carriers(monkeypatch, (), ())
    with time_machine.travel(now(), tick=False) as clock:
        monkeypatch.setattr(first, "send", lambda _: slow(clock))
        send()
        clock.shift(timedelta(seconds=280))
        delivery.sweep()
        clock.shift(timedelta(seconds=5))
        delivery.sweep()
    assert second.taken == []
    assert Message.objects.get().state == MessageState.EXPIRED


def test_the_lease_is_longer_than_all_providers_take_together(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_PROVIDER_TIMEOUT_SECONDS = 20
    settings.EMAIL_CARRIERS = email_carriers(
        "smtp://one.example smtp://two.example anymail+postmark://token@?from=a@b.example anymail+resend://key@?from=a@b.example"
    )
    longest = sum(provider.longest_seconds for provider in providers("email"))
    assert longest == 20 * (9 + 9 + 3 + 3)
    with time_machine.travel(now(), tick=False):
        send()
        claim = delivery.claim_next()
        assert claim is not None
        assert claim.until - now() == timedelta(seconds=longest + delivery.LEASE_MARGIN_SECONDS)


def test_the_try_of_a_dead_worker_is_closed_as_abandoned(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    two_carriers(monkeypatch, ())
    with time_machine.travel(now(), tick=False) as clock:
        send(terms=None)
        claim = delivery.claim_next()
        assert claim is not None
        trial = trials.begin(claim.message, lease=1, provider="carrier-0")
        assert trial is not None
        clock.shift(timedelta(seconds=delivery.LEASE_SECONDS))
        delivery.sweep()
        trials.end(trial, Outcome.REFUSED)  # the dead one comes back: too late
    assert tries() == [("carrier-0", Outcome.ABANDONED, ""), ("carrier-0", Outcome.ACCEPTED, "r-1")]


def test_the_database_holds_tries_and_breakers_to_their_shape(db: None) -> None:
    send()
    message = Message.objects.get()
    moment = now()
    for wrong in (
        {"outcome": Outcome.ACCEPTED},
        {"ended_at": moment},
        {"outcome": "lost", "ended_at": moment},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageTry.objects.create(message=message, number=1, provider="p", started_at=moment, **wrong)
    MessageTry.objects.create(message=message, number=1, provider="p", started_at=moment)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageTry.objects.create(message=message, number=1, provider="p", started_at=moment)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderState.objects.create(channel="sms", name="p", passed_over_until=moment)
