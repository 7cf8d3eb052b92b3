"""A code's life: made, kept as a hash, tried, taken once, void."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from config.kit.clock import now
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode
from messaging.models import Code, Message, MessageState
from messaging.services import codes
from messaging.services.codes import CodeTerms, Purpose
from tests.factories_messaging import pass_time_for_resend, read_code, unsent_messages
from tests.messaging.conftest import customer

ADA = "ada@example.com"


def send(purpose: Purpose = Purpose.REGISTRATION, destination: str = ADA, **more: Any) -> codes.SentCode:
    channel = "email" if "@" in destination else "sms"
    return codes.send(purpose=purpose, channel=channel, destination=destination, **{"language": "en", "ip": "127.0.0.1"} | more)


def verify(code: str, purpose: Purpose = Purpose.REGISTRATION, destination: str = ADA, **more: Any) -> None:
    channel = "email" if "@" in destination else "sms"
    codes.verify(purpose=purpose, channel=channel, destination=destination, code=code, **more)


def other(code: str, step: int = 1) -> str:
    """A wrong code of the same length."""
    return f"{(int(code) + step) % 10 ** len(code):0{len(code)}d}"


def test_a_sent_code_is_taken_once_and_refused_the_second_time(db: None) -> None:
    sent = send()
    code = read_code(ADA)
    assert len(code) == 6
    assert sent.destination_masked == "a***a@example.com"
    assert sent.resend_at - now() < timedelta(seconds=60)
    verify(code)
    with pytest.raises(WrongCode) as refused:
        verify(code)
    assert refused.value.facts == {"attempts_left": 0, "channel": "email"}


def test_a_recovery_code_by_email_has_eight_digits_and_by_sms_six(db: None) -> None:
    send(Purpose.RECOVERY)
    assert len(read_code(ADA)) == 8
    send(Purpose.RECOVERY, "+886912345678", ip="127.0.0.2")
    assert len(read_code("+886912345678")) == 6


def test_the_database_holds_no_code_in_the_clear(db: None) -> None:
    send()
    code = read_code(ADA)
    with connection.cursor() as cursor:
        for table in ("messaging_code", "messaging_message", "messaging_allowance", "messaging_budget"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = "".join(row[0] for row in cursor.fetchall())
            assert code not in rows.replace("\\x", "") or table == "messaging_message"
            assert code.encode().hex() not in rows
            assert ADA not in rows


def test_three_wrong_codes_use_it_up_and_the_right_one_comes_too_late(db: None) -> None:
    send()
    code = read_code(ADA)
    left = []
    for step in (1, 2, 3):
        with pytest.raises(WrongCode) as refused:
            verify(other(code, step))
        left.append(refused.value.attempts_left)
    assert left == [2, 1, 0]
    with pytest.raises(WrongCode):
        verify(code)


def test_an_attempt_is_committed_before_it_is_compared(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    send()

    def die(*_: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(codes, "equal", die)
    with pytest.raises(SystemExit):
        verify("000000")
    assert Code.objects.get().attempts_left == 2


def test_a_code_is_not_verified_inside_a_transaction(real_db: None) -> None:
    send()
    code = read_code(ADA)
    with pytest.raises(RuntimeError), transaction.atomic():
        verify(code)
    assert Code.objects.get().attempts_left == 3


def test_a_code_dies_after_five_minutes(db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        send()
        code = read_code(ADA)
        clock.shift(timedelta(seconds=299))
        with pytest.raises(WrongCode):
            verify(other(code))
        clock.shift(timedelta(seconds=1))
        with pytest.raises(CodeExpired):
            verify(code)


def test_a_resend_voids_the_former_code_and_its_waiting_message(db: None) -> None:
    send()
    first = read_code(ADA)
    pass_time_for_resend()
    send()
    second = read_code(ADA)
    if first != second:
        with pytest.raises(WrongCode):
            verify(first)
    verify(second)
    states = list(Message.objects.order_by("id").values_list("state", flat=True))
    assert states == [MessageState.EXPIRED, MessageState.QUEUED]
    assert len(unsent_messages(ADA)) == 1
    assert Code.objects.count() == 1


def test_a_resend_does_not_reset_the_counter_of_wrong_codes(db: None) -> None:
    user = customer()
    wrong, code = 0, ""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(4):
            send(Purpose.WITHDRAWAL, user=user, facts=WITHDRAWAL)
            code = read_code(ADA)
            for step in (1, 2, 3):
                if wrong == 10:
                    break
                with pytest.raises(WrongCode):
                    verify(other(code, step), Purpose.WITHDRAWAL, user=user)
                wrong += 1
            clock.shift(timedelta(seconds=61))
        with pytest.raises(TooManyAttempts) as refused:
            verify(code, Purpose.WITHDRAWAL, user=user)
        assert 3300 < refused.value.retry_after <= 3600
        assert Code.objects.get().attempts_left == 2
        clock.shift(timedelta(hours=1))
        with pytest.raises(CodeExpired):
            verify(code, Purpose.WITHDRAWAL, user=user)


def test_right_codes_are_not_counted_as_wrong_ones(db: None) -> None:
    user = customer()
    for _ in range(12):
        pass_only_sending_limits(user)
        send(Purpose.LOGIN, user=user)
        verify(read_code(ADA), Purpose.LOGIN, user=user)


def test_twenty_wrong_codes_close_the_day(db: None) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(20):
            clock.shift(timedelta(minutes=10))
            pass_only_sending_limits(user)
            send(Purpose.LOGIN, user=user)
            with pytest.raises(WrongCode):
                verify(other(read_code(ADA)), Purpose.LOGIN, user=user)
        clock.shift(timedelta(minutes=70))
        pass_only_sending_limits(user)
        send(Purpose.LOGIN, user=user)
        with pytest.raises(TooManyAttempts):
            verify(read_code(ADA), Purpose.LOGIN, user=user)


@pytest.mark.parametrize("text", ["", " ", "12345", "1234567", "abcdef", "１２３４５６", "123456\0", "\ud800", "9" * 10_000])
def test_what_is_no_code_is_a_wrong_code(db: None, text: str) -> None:
    send()
    with pytest.raises(WrongCode):
        verify(text)
    verify(read_code(ADA))


def test_a_code_that_was_never_sent_is_wrong_and_leaves_nothing(db: None) -> None:
    with pytest.raises(WrongCode) as refused:
        verify("123456", destination="nobody@example.com")
    assert refused.value.attempts_left == 0
    assert not Code.objects.exists()


def test_a_dialect_may_name_other_terms_within_ours(db: None) -> None:
    send(terms=CodeTerms(lifetime_seconds=600, attempts=5))
    row = Code.objects.get()
    assert (row.attempts_left, row.expires_at - row.sent_at) == (5, timedelta(minutes=10))
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.update(expires_at=row.sent_at + timedelta(minutes=11))
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.update(attempts_left=-1)


def test_an_update_of_a_code_stays_on_its_page(real_db: None) -> None:
    indexed = {name for _, _, names in _indexes("messaging_code") for name in names}
    assert indexed == {"id", "holder", "purpose"}
    assert "fillfactor=70" in _options("messaging_code")


WITHDRAWAL = {"amount": "1.5", "coin": "ETH", "address_tail": "a1b2c3"}


def pass_only_sending_limits(user: Any) -> None:
    """Forget the sendings, keep the count of wrong codes."""
    from messaging.models import Allowance
    from messaging.services.limits import limit_key

    keys = [limit_key(kind, "email", ADA) for kind in ("destination", "destination of its owner")]
    keys.append(limit_key("network", "127.0.0.1"))
    Allowance.objects.filter(key__in=keys).delete()


def _indexes(table: str) -> list[tuple[str, bool, list[str]]]:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    return [(name, c["index"], c["columns"]) for name, c in constraints.items() if c["index"] or c["unique"]]


def _options(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [table])
        return list(cursor.fetchone()[0] or [])
