"""Codes and limits under a crowd: real threads, real commits."""

from __future__ import annotations

from config.kit.clock import now
from messaging.errors import TooManyAttempts, TooManyCodes, WrongCode
from messaging.models import Allowance, Budget, Code, Message
from messaging.services import codes
from messaging.services.codes import CodeTerms, Purpose
from messaging.services.limits import HOUR_SECONDS, Exhausted, Limit, limit_key, take
from tests.factories_messaging import read_code
from tests.messaging.conftest import at_once, crowd
from tests.messaging.test_codes import other, send, verify

ADA = "ada@example.com"


def test_two_hundred_right_submissions_of_one_code_succeed_once(real_db: None) -> None:
    send()
    code = read_code(ADA)
    answers = crowd(200, lambda: verify(code))
    assert len(answers) == 200
    assert answers.count(None) == 1
    assert {type(answer) for answer in answers if answer is not None} == {WrongCode}


def test_two_hundred_right_submissions_with_attempts_for_ten_succeed_once_and_leave_no_mark(real_db: None) -> None:
    send(terms=CodeTerms(lifetime_seconds=300, attempts=10))
    code = read_code(ADA)
    answers = crowd(200, lambda: verify(code))
    assert answers.count(None) == 1
    assert {type(answer) for answer in answers if answer is not None} <= {WrongCode, TooManyAttempts}
    assert Code.objects.get().consumed_at is not None


def test_with_attempts_enough_for_many_the_conditional_update_still_lets_one_through(real_db: None) -> None:
    send(terms=CodeTerms(lifetime_seconds=300, attempts=10))
    code = read_code(ADA)
    answers = at_once(30, lambda _: verify(code))
    assert answers.count(None) == 1


def test_wrong_submissions_at_once_use_no_more_than_three_attempts(real_db: None) -> None:
    send()
    code = read_code(ADA)
    answers = at_once(40, lambda number: verify(other(code, number + 1)))
    assert sorted(answer.attempts_left for answer in answers)[-2:] == [1, 2]
    assert all(isinstance(answer, WrongCode) for answer in answers)
    assert Code.objects.get().attempts_left == 0
    counted = Allowance.objects.get(key=limit_key("attempts", ADA, "email", ""))
    assert len(counted.moments) == 3


def test_the_limit_of_wrong_codes_holds_over_many_codes_at_once(real_db: None) -> None:
    from tests.messaging.conftest import customer

    user = customer()
    by_email = [purpose for purpose in Purpose if purpose is not Purpose.KYC_PHONE][:8]
    for purpose in by_email:
        Allowance.objects.all().delete()
        facts = {"amount": "1", "coin": "ETH", "address_tail": "abc123"}
        send(purpose, user=user, facts=facts)
    answers = at_once(24, lambda n: verify("x", by_email[n % 8], user=user))
    assert sum(isinstance(answer, WrongCode) for answer in answers) == 10
    assert sum(isinstance(answer, TooManyAttempts) for answer in answers) == 14


def test_of_sendings_at_once_to_one_destination_one_is_sent(real_db: None) -> None:
    answers = at_once(24, lambda number: send(ip=f"127.0.0.{number + 1}"))
    assert sum(isinstance(answer, codes.SentCode) for answer in answers) == 1
    assert sum(isinstance(answer, TooManyCodes) for answer in answers) == 23
    assert Message.objects.count() == 1
    assert Budget.objects.get(name="email in all").spent == 1


def test_of_sendings_at_once_from_one_network_twenty_are_sent(real_db: None) -> None:
    answers = at_once(32, lambda number: send(destination=f"user{number}@example.com", ip=f"203.0.113.{number + 1}"))
    assert sum(isinstance(answer, codes.SentCode) for answer in answers) == 20
    assert sum(isinstance(answer, TooManyCodes) for answer in answers) == 12
    assert Message.objects.count() == 20


def test_the_global_budget_is_never_overspent(real_db: None, settings: object) -> None:
    settings.MESSAGING_SENDS_IN_ALL_PER_HOUR = 5  # type: ignore[attr-defined]  # pytest-django's fixture
    answers = at_once(16, lambda number: send(destination=f"user{number}@example.com", ip=f"127.0.0.{number + 1}"))
    assert sum(isinstance(answer, codes.SentCode) for answer in answers) == 5
    assert Budget.objects.get(name="email in all").spent == 5


def test_one_allowance_taken_by_a_crowd_is_exact(real_db: None) -> None:
    key = limit_key("test", "crowd")
    answers = at_once(40, lambda _: take(key, (Limit(7, HOUR_SECONDS), Limit(9, 24 * HOUR_SECONDS)), at=now()))
    assert answers.count(None) == 7
    assert sum(isinstance(answer, Exhausted) for answer in answers) == 33
