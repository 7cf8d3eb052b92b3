"""The outbox is the queue: nothing is lost, nothing goes twice, nothing goes late."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction

from config.kit.clock import now
from messaging import tasks
from messaging.models import CaughtMessage, Message, MessageState
from messaging.providers.base import Outgoing, ProviderRefused, ProviderUnavailable, Receipt
from messaging.services import delivery, notices, outbox
from tests.factories_messaging import read_code
from tests.messaging.conftest import at_once, customer
from tests.messaging.test_codes import send

ADA = "ada@example.com"


class Carrier:
    """A provider that remembers what it was given."""

    name = "carrier"
    longest_seconds = 1.0

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.taken: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        self.taken.append(outgoing)
        if self.troubles:
            raise self.troubles.pop(0)
        return Receipt(reference="r-1")


def carried_by(monkeypatch: pytest.MonkeyPatch, carrier: Carrier) -> Carrier:
    monkeypatch.setattr(delivery, "providers", lambda _: (carrier,))
    return carrier


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    return carried_by(monkeypatch, Carrier())


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rung: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **more: rung.append((args, more)))
    monkeypatch.setattr(outbox.bell, "silent_until", 0.0)
    return rung


def test_a_code_travels_by_real_smtp_to_the_outbox(post_office: None) -> None:
    send()
    code = read_code(ADA)
    message = Message.objects.get()
    tasks.deliver(message.pk)
    caught = CaughtMessage.objects.get()
    assert (caught.destination, caught.code, caught.channel) == (ADA, code, "email")
    assert "registration" in caught.subject
    assert code in caught.text
    assert code in caught.html
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED
    assert message.sealed is None
    assert message.provider_reference == caught.message_reference
    assert str(message.public_id) in caught.message_reference
    assert (message.tries, message.provider, len(message.template_version)) == (1, "smtp", 12)


def test_a_code_travels_by_real_http_to_the_outbox(post_office: None) -> None:
    send(destination="+886 912-345-678", language="zh-TW")
    code = read_code("+886912345678")
    tasks.sweep()
    caught = CaughtMessage.objects.get()
    assert (caught.destination, caught.code, caught.channel) == ("+886912345678", code, "sms")
    assert "您的註冊驗證碼" in caught.text
    assert Message.objects.get().provider_reference == f"caught-{caught.pk}"


def test_the_bell_rings_after_commit_and_names_the_id_only(real_db: None, bell: list[Any]) -> None:
    with transaction.atomic():
        notices.notify(user=customer(), template="totp_bound")
        assert bell == []
    message = Message.objects.get()
    assert [args for args, _ in bell] == [("messaging.deliver", (message.pk,))]


def test_a_rolled_back_transaction_sends_nothing(real_db: None, bell: list[Any]) -> None:
    user = customer()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        notices.notify(user=user, template="totp_bound")
        raise ZeroDivisionError
    assert bell == []
    assert not Message.objects.exists()


def test_a_dead_broker_neither_fails_the_request_nor_loses_the_message(
    real_db: None, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def refuse(*_: object, **__: object) -> None:
        calls.append(1)
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", refuse)
    monkeypatch.setattr(outbox.bell, "silent_until", 0.0)
    send()
    send(destination="bob@example.com", ip="127.0.0.2")
    assert len(calls) == 1  # the second request is not made to wait for a broker that is known to be away
    monkeypatch.setattr(outbox.bell, "silent_until", 0.0)
    tasks.sweep()
    assert [outgoing.destination for outgoing in carrier.taken] == [ADA, "bob@example.com"]


def test_an_expired_code_is_dropped_and_never_sent(db: None, carrier: Carrier) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        send()
        clock.shift(timedelta(minutes=5))
        assert delivery.sweep() == 0
    message = Message.objects.get()
    assert (message.state, message.sealed, carrier.taken) == (MessageState.EXPIRED, None, [])


def test_crowding_workers_send_each_message_once(real_db: None, carrier: Carrier) -> None:
    user = customer()
    for _ in range(30):
        notices.notify(user=user, template="totp_bound")
    at_once(12, lambda _: delivery.sweep())
    ids = [outgoing.public_id for outgoing in carrier.taken]
    assert len(ids) == len(set(ids)) == 30
    assert set(Message.objects.values_list("state", "tries")) == {(MessageState.ACCEPTED, 1)}


def test_one_bell_rung_for_many_workers_sends_once(real_db: None, carrier: Carrier) -> None:
    notices.notify(user=customer(), template="totp_bound")
    message_id = Message.objects.get().pk
    at_once(16, lambda _: tasks.deliver(message_id))
    tasks.deliver(message_id)
    tasks.deliver(message_id + 1000)
    assert len(carrier.taken) == 1


def test_the_message_of_a_killed_worker_is_sent_by_the_sweeper_when_the_lease_ends(real_db: None, carrier: Carrier) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        notices.notify(user=customer(), template="totp_bound")
        assert delivery.claim_next() is not None  # and here the worker dies
        assert Message.objects.get().state == MessageState.HANDED_OVER
        clock.shift(timedelta(seconds=delivery.LEASE_SECONDS - 1))
        assert delivery.sweep() == 0
        clock.shift(timedelta(seconds=1))
        assert delivery.sweep() == 1
    message = Message.objects.get()
    assert (message.state, message.tries, len(carrier.taken)) == (MessageState.ACCEPTED, 2, 1)


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(real_db: None, carrier: Carrier) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        notices.notify(user=customer(), template="totp_bound")
        late = delivery.claim_next()
        assert late is not None
        clock.shift(timedelta(seconds=delivery.LEASE_SECONDS))
        second = delivery.claim_next()
        assert second is not None
        carrier.troubles = [ProviderRefused("no")]
        delivery.hand_over(late)
        held = Message.objects.get()
        assert (held.state, held.tries, carrier.taken) == (MessageState.HANDED_OVER, 2, [])
        carrier.troubles = []
        delivery.hand_over(second)
    assert Message.objects.get().state == MessageState.ACCEPTED


def test_a_provider_that_is_away_is_asked_again_later_and_later(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MESSAGING_BREAKER_FAILURES", 100)
    carrier = carried_by(monkeypatch, Carrier(*(ProviderUnavailable("away") for _ in range(3))))
    with time_machine.travel(now(), tick=False) as clock:
        notices.notify(user=customer(), template="totp_bound")
        waits = []
        for _ in range(3):
            assert delivery.sweep() == 1
            message = Message.objects.get()
            assert (message.state, message.last_error) == (MessageState.QUEUED, "ProviderUnavailable: away")
            waits.append((message.due_at - now()).total_seconds())
            assert delivery.sweep() == 0
            clock.move_to(message.due_at)
        assert delivery.sweep() == 1
    assert 1 <= waits[0] <= 3
    assert 2 <= waits[1] <= 6
    assert 4 <= waits[2] <= 12
    assert (Message.objects.get().state, len(carrier.taken)) == (MessageState.ACCEPTED, 4)
    assert len({outgoing.public_id for outgoing in carrier.taken}) == 1


def test_pauses_are_spread_so_that_a_crowd_does_not_come_back_at_once() -> None:
    pauses = {delivery.backoff_seconds(3) for _ in range(50)}
    assert len(pauses) > 20
    assert all(4 <= pause <= 12 for pause in pauses)
    assert max(delivery.backoff_seconds(30) for _ in range(50)) <= delivery.BACKOFF_MAX_SECONDS * 1.5


def test_a_sweep_leaves_a_provider_that_hangs_to_the_next_one(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MESSAGING_BREAKER_FAILURES", 100)
    carrier = carried_by(monkeypatch, Carrier(*(ProviderUnavailable("away") for _ in range(9))))
    user = customer()
    for _ in range(7):
        notices.notify(user=user, template="totp_bound")
    assert [delivery.sweep(), delivery.sweep(), delivery.sweep(), delivery.sweep()] == [3, 3, 1, 0]
    assert len({outgoing.public_id for outgoing in carrier.taken}) == 7


def test_a_refused_message_fails_at_once_and_is_wiped(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    carried_by(monkeypatch, Carrier(ProviderRefused("the mail server answered 550")))
    send()
    delivery.sweep()
    message = Message.objects.get()
    assert (message.state, message.sealed, message.last_error) == (
        MessageState.FAILED, None, "the mail server answered 550",
    )  # fmt: skip


def test_a_message_is_given_up_after_eight_tries(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MESSAGING_BREAKER_FAILURES", 100)
    carrier = carried_by(monkeypatch, Carrier(*(OSError("a defect") for _ in range(20))))
    with time_machine.travel(now(), tick=False) as clock:
        notices.notify(user=customer(), template="totp_bound")
        for _ in range(12):
            delivery.sweep()
            clock.shift(timedelta(hours=1))
    message = Message.objects.get()
    assert (message.state, message.tries, len(carrier.taken)) == (MessageState.FAILED, 8, 8)
    assert message.sealed is None


def test_the_database_refuses_an_ended_message_that_still_holds_its_contents(db: None) -> None:
    send()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(state=MessageState.ACCEPTED, ended_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(sealed=None)


def test_sealed_contents_do_not_open_in_another_row(db: None) -> None:
    send()
    send(destination="bob@example.com", ip="127.0.0.2")
    first, second = Message.objects.order_by("id")
    second.sealed = first.sealed
    with pytest.raises(Exception, match="does not fit"):
        outbox.open_contents(second)


def test_contents_show_nothing_when_printed(db: None) -> None:
    send()
    code = read_code(ADA)
    message = Message.objects.get()
    shown = f"{outbox.open_contents(message)!r} {message!r} {message}"
    assert code not in shown
    assert ADA not in shown


def test_a_customer_is_told_in_their_language_with_their_phrase_by_the_best_or_every_way(db: None, carrier: Carrier) -> None:
    user = customer(phone="+886912345678", language="zh-TW", anti_phishing_phrase="blue <heron>")
    notices.notify(user=user, template="deposit_credited", facts={"amount": "1.5", "coin": "ETH"})
    notices.notify(user=user, template="totp_unbound")
    notices.notify(user=user, template="totp_bound", channels=("sms",))
    delivery.sweep()
    assert [(o.channel, o.language) for o in carrier.taken] == [
        ("email", "zh-TW"), ("email", "zh-TW"), ("sms", "zh-TW"), ("sms", "zh-TW"),
    ]  # fmt: skip
    assert carrier.taken[0].subject == "充幣已入帳：1.5 ETH"
    assert "blue &lt;heron&gt;" in carrier.taken[0].html
    assert "blue <heron>" in carrier.taken[0].text
    assert set(Message.objects.values_list("phrase_present", flat=True)) == {True}


def test_a_notice_with_a_missing_fact_or_an_unknown_name_is_a_defect_of_the_caller(db: None) -> None:
    with pytest.raises(ValueError, match="amount"):
        notices.notify(user=customer(), template="deposit_credited", facts={"coin": "ETH"})
    with pytest.raises(ValueError, match="no notice"):
        notices.notify(user=customer("bob@example.com"), template="love_letter")


def test_what_travels_through_the_broker_is_json_of_an_id(real_db: None, bell: list[Any]) -> None:
    send()
    (args, more) = bell[0]
    assert json.dumps(args[1]) == json.dumps([Message.objects.get().pk])
    assert more == {"retry": False, "ignore_result": True}
