"""The key of the indexes of destinations is exchanged while everything runs, and nobody's address is needed for it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError
from django.db import IntegrityError, transaction

from accounts.models import AttemptCounter, PasswordRecovery
from accounts.services import legal_holds
from accounts.services.officers import Act
from config.kit.clock import now
from kyc.services import index_rotation
from messaging.admin import found
from messaging.models import Message
from messaging.services import destination_indexes, erasure, housekeeping
from tests import factories_kyc as make
from tests.accounts.changing import settled
from tests.accounts.recovering import begin, first_code, step
from tests.client import Api
from tests.factories_accounts import customer
from tests.factories_messaging import read_code
from tests.kyc.test_index_rotation import rotate
from tests.messaging.test_codes import send

pytestmark = pytest.mark.django_db
ADA, BOB = "ada@example.com", "bob@example.com"
NEW, NEXT = secrets.token_bytes(32), secrets.token_bytes(32)
FIRST, SECOND = "destination_hash", "second_destination_hash"


@pytest.fixture
def stages(settings: LazySettings) -> list[dict[str, bytes]]:
    """The keys in use, step by step: the hash key is exchanged, then its successor."""
    old = settings.HASH_KEY
    return [{"1": old}, {"1": old, "2": NEW}, {"2": NEW}, {"2": NEW, "1": NEXT}, {"1": NEXT}]


def of_yesterday() -> None:
    """All rows as a release wrote them that knew neither tags nor a second column."""
    for model, purpose in ((Message, destination_indexes.MESSAGES), (PasswordRecovery, "accounts.password-recovery")):
        for row in model.objects.all():
            tag = destination_indexes.tag_of(row)
            assert destination_indexes.meets(row, tag, purpose=purpose)
            model.objects.filter(pk=row.pk).update(**{FIRST: tag, SECOND: None, "sealed_destination_tag": None})


def columns(row: Any) -> list[bytes | None]:
    """What stands in the two columns."""
    row.refresh_from_db()
    return [bytes(value) if value is not None else None for value in (getattr(row, FIRST), getattr(row, SECOND))]


@pytest.mark.parametrize("is_old", [True, False], ids=["of yesterday", "of today"])
def test_messages_are_found_before_while_and_after_each_exchange_of_the_key(
    is_old: bool, settings: LazySettings, stages: list[dict[str, bytes]]
) -> None:
    send()
    message = Message.objects.get()
    Message.objects.update(state="accepted", sealed=None, ended_at=now())  # nothing in the row tells the address any more
    if is_old:
        of_yesterday()
    seen = []
    for place, keys in enumerate(stages):
        settings.BLIND_INDEX_KEYS = keys
        for done in (False, True):
            assert not done or rotate()["ok"], place
            assert list(Message.objects.filter(found(" Ada@Example.com "))) == [message], (place, done)
            assert not Message.objects.filter(found(BOB)).exists()
        seen.append(columns(message))
        assert [value is not None for value in seen[-1]] == ["1" in keys, "2" in keys], place
        assert rotate()["tables"]["messaging.Message"]["seen"] == 0
    tag = destination_indexes.tag("email", ADA)
    assert seen[0] == [tag, None]
    assert all(tag not in kept for kept in seen[2:])  # under another key it can't be guessed with the first one
    assert len({value for kept in seen for value in kept if value is not None}) == 3


def test_while_keys_are_exchanged_a_recovery_goes_on_and_its_failures_are_counted_under_one_name(
    api: Api, settings: LazySettings, stages: list[dict[str, bytes]]
) -> None:
    settled(customer(email=ADA))
    first = begin(api, email=ADA)
    code = read_code(ADA)
    assert first_code(api, first, code=other(code), email=ADA).status_code == 422
    of_name = AttemptCounter.objects.filter(scope="recovery")
    assert of_name.get().failures == 1
    for keys in stages[1:]:
        settings.BLIND_INDEX_KEYS = keys
        assert rotate()["ok"]
        assert step(api, "code", first, email=BOB, code=code).json()["slug"] == "accounts.recovery_invalid"
    assert first_code(api, first, code=other(code), email=ADA).status_code == 422
    assert of_name.get().failures == 2
    assert first_code(api, first, code=code, email=ADA).json()["state"] == "proven"


def other(code: str) -> str:
    """A wrong code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def test_a_recovery_of_one_key_is_ended_by_one_of_the_next(
    api: Api, settings: LazySettings, stages: list[dict[str, bytes]]
) -> None:
    settled(customer(email=ADA))
    with time_machine.travel(now(), tick=False) as clock:
        begin(api, email=ADA)
        of_yesterday()
        for keys in stages[1:]:
            settings.BLIND_INDEX_KEYS = keys
            assert rotate()["ok"]
            clock.shift(timedelta(minutes=20))
            begin(api, email=ADA)
            assert PasswordRecovery.objects.filter(state="started").count() == 1
    row = PasswordRecovery.objects.latest("pk")
    assert columns(row)[1] is None
    assert destination_indexes.tag_of(row) != columns(row)[0]


def test_what_was_sent_to_who_is_held_stays_under_each_key(settings: LazySettings, stages: list[dict[str, bytes]]) -> None:
    settings.MESSAGING_EVIDENCE_DAYS = 30
    held = customer(email=ADA)
    legal_holds.place(customer=held, act=Act(reason="court order 7", officer=make.officer()))
    with time_machine.travel(now() - timedelta(days=31), tick=False):
        send()
        send(destination=BOB, ip="127.0.0.2")
    Message.objects.update(state="accepted", sealed=None, ended_at=now(), user=None)
    sent = Message.objects.filter(found(ADA), template="code_registration").count()
    for keys in stages:
        settings.BLIND_INDEX_KEYS = keys
        if len(keys) == 1:
            assert rotate()["ok"]
        housekeeping.purge(held=legal_holds.held())
        assert Message.objects.filter(found(ADA), template="code_registration").count() == sent, keys.keys()
    assert not Message.objects.filter(found(BOB)).exists()


def test_messages_of_which_only_the_second_column_is_filled_go_when_they_are_old(settings: LazySettings) -> None:
    settings.MESSAGING_EVIDENCE_DAYS, settings.BLIND_INDEX_KEYS = 30, {"2": NEW}
    legal_holds.place(customer=customer(email=BOB), act=Act(reason="court order 7", officer=make.officer()))
    with time_machine.travel(now() - timedelta(days=31), tick=False):
        send()
    Message.objects.update(state="accepted", sealed=None, ended_at=now())
    housekeeping.purge(held=legal_holds.held())
    assert not Message.objects.filter(found(ADA)).exists()


@pytest.mark.parametrize("is_old", [True, False], ids=["of yesterday", "of today"])
def test_who_is_erased_is_not_found_again_by_any_exchange_of_the_key(
    is_old: bool, settings: LazySettings, stages: list[dict[str, bytes]]
) -> None:
    user = customer(email=ADA)
    send()
    if is_old:
        of_yesterday()
    settings.BLIND_INDEX_KEYS = stages[1]
    assert Message.objects.filter(found(ADA)).exists()
    erasure.forget(user)
    for keys in stages[1:]:
        settings.BLIND_INDEX_KEYS = keys
        assert rotate()["ok"]
        assert not Message.objects.filter(found(ADA)).exists()
    assert Message.objects.exists()


def test_a_message_that_is_forgotten_meanwhile_is_not_indexed_again(
    settings: LazySettings, stages: list[dict[str, bytes]]
) -> None:
    user = customer(email=ADA)
    send()
    of_yesterday()
    settings.BLIND_INDEX_KEYS = stages[1]
    (table,) = [one for one in index_rotation.TABLES if one.model is Message]

    def read(row: Message) -> dict[str, Any]:
        """What is to be written; behind it the customer is forgotten."""
        found_anew = table.columns(row)
        erasure.forget(user)
        return found_anew

    list(index_rotation.turn(replace(table, columns=read), dry=False))
    assert not Message.objects.filter(found(ADA)).exists()


def test_a_column_of_destinations_is_not_filled_under_a_second_key_before_it_was_emptied(settings: LazySettings) -> None:
    send()
    settings.BLIND_INDEX_KEYS = {"1": NEW}
    with pytest.raises(CommandError, match=r"messaging\.Message\.destination_hash is filled under another key"):
        rotate()
    of_yesterday_alone(settings)


def of_yesterday_alone(settings: LazySettings) -> None:
    """Rows without a tag are under the hash key, whatever key 1 is by now: they are indexed, not complained of."""
    settings.BLIND_INDEX_KEYS = {"1": settings.HASH_KEY}
    of_yesterday()
    settings.BLIND_INDEX_KEYS = {"1": NEW}
    assert Message.objects.filter(found(ADA)).exists()
    assert rotate()["ok"]
    message = Message.objects.get(found(ADA))
    assert columns(message)[0] != destination_indexes.tag("email", ADA)


def test_a_tag_moved_to_another_row_tells_nothing_and_is_told(settings: LazySettings, stages: list[dict[str, bytes]]) -> None:
    send()
    send(destination=BOB, ip="127.0.0.2")
    ada, bob = Message.objects.filter(found(ADA)).get(), Message.objects.filter(found(BOB)).get()
    Message.objects.filter(pk=bob.pk).update(sealed_destination_tag=ada.sealed_destination_tag)
    settings.BLIND_INDEX_KEYS = stages[1]
    report = rotate()
    assert (report["ok"], report["tables"]["messaging.Message"]["unreadable"]) == (False, 1)


@pytest.mark.parametrize("model", [Message, PasswordRecovery])
def test_no_row_stands_in_neither_column(api: Api, model: Any) -> None:
    settled(customer(email=ADA))
    begin(api, email=ADA)
    with pytest.raises(IntegrityError, match="_destination_indexed"), transaction.atomic():
        model.objects.update(destination_hash=None)
