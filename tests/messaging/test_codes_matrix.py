"""Purpose × door: a code opens the door of its own purpose and channel, and nothing off that diagonal.

The matrix is generated from `Purpose` and `Channel`, so that a new purpose enters it by being declared. A door is
`codes.verify` for one purpose by one channel. It is tried with no code of its own and with a live one.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings

from messaging.errors import ChannelInvalid, WrongCode
from messaging.models import Allowance, Channel, Code
from messaging.services import codes
from messaging.services.catalogue import PURPOSE_CHANNELS
from messaging.services.codes import CodeTerms, Purpose
from messaging.services.limits import limit_key
from tests.factories_messaging import read_code
from tests.messaging.conftest import customer

DESTINATIONS = {Channel.EMAIL: "ada@example.com", Channel.SMS: "+886912345678"}
FACTS = {"amount": "1.5", "coin": "ETH", "address_tail": "a1b2c3", "bank": "Test Bank", "account_tail": "6789"}
ATTEMPTS = 10
DOORS = [(purpose, channel) for purpose in Purpose for channel in Channel]
BY = {channel: [purpose for purpose in Purpose if channel in PURPOSE_CHANNELS[purpose]] for channel in Channel}
CELLS = [(purpose, channel) for purpose, channel in DOORS if channel in PURPOSE_CHANNELS[purpose]]


@pytest.fixture
def ada(db: None) -> Any:
    return customer(DESTINATIONS[Channel.EMAIL], phone=DESTINATIONS[Channel.SMS])


def send(user: Any, purpose: Purpose, channel: Channel) -> str:
    """The code that was sent; limits have tests of their own."""
    Allowance.objects.all().delete()
    codes.send(
        purpose=purpose, channel=channel, destination=DESTINATIONS[channel], user=user, language="en", ip="127.0.0.1",
        facts=FACTS, context="c", session="s", terms=CodeTerms(lifetime_seconds=300, attempts=ATTEMPTS),
    )  # fmt: skip
    return read_code(DESTINATIONS[channel])


def opens(user: Any, door: tuple[Purpose, Channel], code: str) -> bool:
    purpose, channel = door
    try:
        codes.verify(
            purpose=purpose, channel=channel, destination=DESTINATIONS[channel], code=code, user=user, context="c", session="s"
        )
    except WrongCode:
        return False
    return True


@pytest.mark.parametrize(("purpose", "channel"), CELLS, ids=str)
def test_a_code_opens_no_door_that_waits_for_none(ada: Any, purpose: Purpose, channel: Channel) -> None:
    code = send(ada, purpose, channel)
    opened = [door for door in DOORS if door[0] is not purpose and door[1] is channel and opens(ada, door, code)]
    other_channel = [door for door in DOORS if door[0] is purpose and door[1] is not channel]
    opened += [door for door in other_channel if opens(ada, door, code)]
    assert opened == []
    assert Code.objects.get().attempts_left == ATTEMPTS - len(other_channel)
    assert opens(ada, (purpose, channel), code)
    assert not opens(ada, (purpose, channel), code)


@pytest.mark.parametrize("channel", Channel)
def test_a_code_opens_no_door_that_waits_for_another_code(ada: Any, settings: LazySettings, channel: Channel) -> None:
    """All purposes of a channel have a live code at the same time; each code is tried at each door, the own one last."""
    settings.MESSAGING_WRONG_CODES_PER_HOUR = settings.MESSAGING_WRONG_CODES_PER_DAY = 2 * len(DOORS)
    sent = {purpose: send(ada, purpose, channel) for purpose in BY[channel]}
    opened = []
    for number, (purpose, code) in enumerate(sent.items()):
        if number % (ATTEMPTS - 1) == 0:
            Code.objects.update(attempts_left=ATTEMPTS)
        Allowance.objects.all().delete()
        other_purposes = [(other, channel) for other in Purpose if other is not purpose and sent.get(other) != code]
        other_channels = [(purpose, other) for other in Channel if other is not channel]
        opened += [(purpose, door) for door in other_purposes + other_channels if opens(ada, door, code)]
    assert opened == []
    Code.objects.update(attempts_left=ATTEMPTS)
    Allowance.objects.all().delete()
    assert [purpose for purpose, code in sent.items() if not opens(ada, (purpose, channel), code)] == []
    assert not Code.objects.filter(consumed_at=None).exists()


def test_the_same_digits_mean_something_else_at_every_door(ada: Any) -> None:
    """The whole matrix, cells that differ in purpose and channel both included: no two doors accept one stored hash."""
    bindings = [codes._bind(purpose, channel, DESTINATIONS[channel], ada, "s", "c") for purpose, channel in DOORS]
    assert len({binding.hash_of("123456") for binding in bindings}) == len(DOORS) == len(Purpose) * len(Channel)


def test_every_attempt_at_a_wrong_door_that_waits_for_a_code_is_counted(ada: Any) -> None:
    mine = send(ada, Purpose.WITHDRAWAL, Channel.EMAIL)
    send(ada, Purpose.LOGIN, Channel.EMAIL)
    if not opens(ada, (Purpose.LOGIN, Channel.EMAIL), mine):
        assert Code.objects.get(purpose=Purpose.LOGIN).attempts_left == ATTEMPTS - 1
        assert len(Allowance.objects.get(key=limit_key("attempts", str(ada.pk), "email", "user")).moments) == 1
        assert Code.objects.get(purpose=Purpose.WITHDRAWAL).attempts_left == ATTEMPTS


def test_a_purpose_is_sent_by_the_channels_that_prove_it_and_by_no_other(ada: Any) -> None:
    closed = [cell for cell in DOORS if cell not in CELLS]
    assert closed == [
        (Purpose.EMAIL_BIND, Channel.SMS),
        (Purpose.PHONE_BIND, Channel.EMAIL),
        (Purpose.KYC_PHONE, Channel.EMAIL),
    ]
    for purpose, channel in closed:
        with pytest.raises(ChannelInvalid) as refused:
            send(ada, purpose, channel)
        assert refused.value.facts == {"channel": channel, "purpose": purpose}
    assert not Code.objects.exists()


def test_every_purpose_can_be_sent_and_its_word_fits_its_column() -> None:
    assert all(PURPOSE_CHANNELS[purpose] for purpose in Purpose)
    assert all(re.fullmatch(r"[a-z_]{2,24}", purpose) for purpose in Purpose)
