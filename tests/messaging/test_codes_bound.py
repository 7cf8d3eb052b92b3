"""A code is bound to everything it was made for; test_codes_matrix tries each purpose at each door."""

from __future__ import annotations

from typing import Any

import pytest

from messaging.errors import TooManyCodes, WrongCode
from messaging.models import Code
from messaging.services import codes
from messaging.services.codes import Purpose
from tests.factories_messaging import pass_time_for_resend, read_code, read_message, unsent_messages
from tests.messaging.conftest import customer
from tests.messaging.test_codes import other

ADA, BOB = "ada@example.com", "bob@example.com"
FACTS = {"amount": "1.5", "coin": "ETH", "address_tail": "a1b2c3"}


def send(**named: Any) -> None:
    codes.send(**{"channel": "email", "destination": ADA, "language": "en", "ip": "127.0.0.1", "facts": FACTS} | named)


def verify(**named: Any) -> None:
    codes.verify(**{"channel": "email", "destination": ADA} | named)


@pytest.mark.parametrize(
    "foreign",
    [
        {"context": "withdrawal:2"},
        {"context": ""},
        {"session": "other"},
        {"destination": BOB},
        {"user": None},
        {"user": "other"},
        {"channel": "sms", "destination": "+886912345678"},
    ],
    ids=["other context", "no context", "other session", "other address", "nobody", "other user", "other channel"],
)
def test_a_code_is_bound_to_context_session_destination_user_and_channel(db: None, foreign: dict[str, Any]) -> None:
    user = customer()
    bound = {"purpose": Purpose.WITHDRAWAL, "user": user, "context": "withdrawal:1", "session": "mine"}
    send(**bound)
    code = read_code(ADA)
    if foreign.get("user") == "other":
        foreign = {"user": customer(BOB)}
    with pytest.raises(WrongCode):
        verify(code=code, **bound | foreign)
    verify(code=code, **bound)


def test_every_way_of_writing_a_destination_is_the_same_destination(db: None) -> None:
    send(purpose=Purpose.REGISTRATION, destination=" Ada@EXAMPLE.com ")
    verify(purpose=Purpose.REGISTRATION, destination="ADA@example.COM", code=read_code(ADA))


@pytest.mark.parametrize(
    ("purpose", "account_exists", "template"),
    [
        (Purpose.REGISTRATION, True, "account_exists"),
        (Purpose.LOGIN, False, "no_account"),
        (Purpose.RECOVERY, False, "no_account"),
    ],
)
def test_the_answer_never_says_whether_the_account_exists(
    db: None, purpose: Purpose, account_exists: bool, template: str
) -> None:
    user = None if purpose is Purpose.REGISTRATION else customer(BOB)
    real = codes.send(
        purpose=purpose, channel="email", destination=BOB, user=user, language="en", ip="127.0.0.2",
        account_exists=not account_exists,
    )  # fmt: skip
    decoy = codes.send(
        purpose=purpose, channel="email", destination=ADA, language="en", ip="127.0.0.1", account_exists=account_exists
    )
    assert (decoy.destination_masked, real.destination_masked) == ("a***a@example.com", "b***b@example.com")
    assert abs((decoy.expires_at - real.expires_at).total_seconds()) < 5
    assert [message.template for message in unsent_messages(ADA)] == [template]
    assert [message.template for message in unsent_messages(BOB)] == [f"code_{purpose}"]
    assert read_message(ADA).code == ""

    right = read_code(BOB)
    answers = []
    for step in (1, 2, 3, 4):
        tried = other(right, step)
        pair = []
        for destination, owner in ((ADA, None), (BOB, user)):
            with pytest.raises(WrongCode) as refused:
                verify(purpose=purpose, destination=destination, user=owner, code=tried)
            pair.append(refused.value.facts)
        answers.append(pair)
    assert answers == [[{"attempts_left": n, "channel": "email"}] * 2 for n in (2, 1, 0, 0)]


def test_a_decoy_counts_against_the_same_limits(db: None) -> None:
    send(purpose=Purpose.LOGIN, account_exists=False)
    with pytest.raises(TooManyCodes):
        send(purpose=Purpose.LOGIN, account_exists=False)
    assert Code.objects.count() == 1


def test_a_hash_that_somebody_copied_into_another_row_opens_nothing(db: None) -> None:
    """The purpose is in the hash and not only in the row, so that who writes to the table can't make a code travel."""
    user = customer()
    send(purpose=Purpose.LOGIN, user=user)
    code = read_code(ADA)
    pass_time_for_resend()
    send(purpose=Purpose.WITHDRAWAL, user=user)
    copied = Code.objects.get(purpose=Purpose.LOGIN).code_hash
    Code.objects.filter(purpose=Purpose.WITHDRAWAL).update(code_hash=copied)
    with pytest.raises(WrongCode):
        verify(purpose=Purpose.WITHDRAWAL, user=user, code=code)


def test_what_a_stranger_asks_for_at_the_same_address_does_not_void_a_customers_code(db: None) -> None:
    user = customer()
    send(purpose=Purpose.LOGIN, user=user)
    code = read_code(ADA)
    pass_time_for_resend()
    send(purpose=Purpose.LOGIN, account_exists=False)
    verify(purpose=Purpose.LOGIN, user=user, code=code)
