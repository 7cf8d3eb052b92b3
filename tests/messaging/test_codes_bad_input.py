"""Codes that are no codes, too late, somebody else's, or tried too often: a clear answer, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from config.kit.clock import now
from config.kit.crypto import keyed_hash
from messaging.errors import CodeExpired, TooManyAttempts, TooManyCodes, WrongCode
from messaging.models import Allowance, Code, Message
from messaging.services import codes
from messaging.services.codes import Purpose
from messaging.services.limits import limit_key
from tests.client import Api
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.messaging.conftest import customer
from tests.messaging.test_codes import other, pass_only_sending_limits, send, verify

ADA, BOB = "ada@example.com", "bob@example.com"
TEN_MB = 10 * 1024 * 1024


def from_zero(zero: str) -> Callable[[str], str]:
    """The same digits in another script or style, beginning with that zero."""
    return lambda code: "".join(chr(ord(zero) + int(digit)) for digit in code)


LOOKALIKES: dict[str, Callable[[str], str]] = {
    "fullwidth": from_zero("０"),
    "Arabic-Indic": from_zero("٠"),
    "Persian": from_zero("۰"),
    "Devanagari": from_zero("०"),
    "mathematical bold": from_zero("𝟎"),
    "mathematical double-struck": from_zero("𝟘"),
    "segmented": from_zero("🯰"),
    "superscript": lambda code: code.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")),
    "circled": lambda code: code.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")),
    "Chinese": lambda code: code.translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
    "one digit only": lambda code: from_zero("０")(code[0]) + code[1:],
    "with a sign": lambda code: f"+{code}",
    "with a point": lambda code: f"{code}.0",
    "with a space within": lambda code: f"{code[:3]} {code[3:]}",
    "with a zero-width space": lambda code: f"{code[:3]}\u200b{code[3:]}",
    "with a direction mark": lambda code: f"\u202e{code[::-1]}",
    "with a NUL": lambda code: f"{code}\0",
    "with a line end": lambda code: f"{code}\n",
    "with an underscore": lambda code: f"{code[:3]}_{code[3:]}",
    "in hexadecimal": lambda code: hex(int(code)),
    "with leading zeros": lambda code: f"00{code}",
    "twice": lambda code: code * 2,
}


@pytest.mark.parametrize("disguise", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_the_right_code_in_other_characters_is_wrong_and_costs_an_attempt(db: None, disguise: Callable[[str], str]) -> None:
    send()
    code = read_code(ADA)
    with pytest.raises(WrongCode) as refused:
        verify(disguise(code))
    assert refused.value.attempts_left == 2
    verify(code)


def test_a_code_of_ten_megabytes_is_wrong_and_is_not_even_hashed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    send()
    code = read_code(ADA)
    hashed: list[int] = []

    def noting(*parts: str) -> bytes:
        hashed.append(max(map(len, parts)))
        return keyed_hash(*parts)

    monkeypatch.setattr(codes, "keyed_hash", noting)
    for text in ("9" * TEN_MB, code * (TEN_MB // 6), "\0" * TEN_MB, "９" * TEN_MB):
        Code.objects.update(attempts_left=3)
        with pytest.raises(WrongCode):
            verify(text)
    assert max(hashed) < 100
    verify(code)


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(db: None, api: Api) -> None:
    body = b'{"purpose": "login", "email": "' + b"a" * TEN_MB + b'"}'
    refused = api.post("/api/v1/codes", raw=body)
    assert (refused.status_code, refused.json()["slug"]) == (413, "api.too_large")
    assert not Message.objects.exists()


def spent(code: str) -> str:
    verify(code)
    return code


def used_up(code: str) -> str:
    for step in (1, 2, 3):
        with pytest.raises(WrongCode):
            verify(other(code, step))
    return code


def voided(code: str) -> str:
    pass_time_for_resend()
    send()
    return code if read_code(ADA) != code else other(code)


def foreign(code: str) -> str:
    send(destination=BOB, ip="127.0.0.2")
    return read_code(BOB) if read_code(BOB) != code else other(code)


@pytest.mark.parametrize("fate", [spent, used_up, voided, foreign])
def test_a_code_that_is_not_good_any_more_or_never_was_answers_like_any_wrong_one(db: None, fate: Callable[[str], str]) -> None:
    send()
    bad = fate(read_code(ADA))
    before = list(Code.objects.order_by("pk").values_list("code_hash", "consumed_at", "generation", "expires_at"))
    with pytest.raises(WrongCode) as refused:
        verify(bad)
    assert set(refused.value.facts) == {"attempts_left", "channel"}
    after = list(Code.objects.order_by("pk").values_list("code_hash", "consumed_at", "generation", "expires_at"))
    assert after == before


def test_an_expired_code_says_so_and_takes_no_attempt(db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        send()
        clock.shift(timedelta(minutes=5))
        for text in (read_code(ADA), "000000"):
            with pytest.raises(CodeExpired):
                verify(text)
        assert Code.objects.get().attempts_left == 3
        assert not Allowance.objects.filter(key=limit_key("attempts", ADA, "email", "")).exists()


def test_nobody_resets_the_count_of_wrong_codes_by_resending_or_by_another_purpose(db: None) -> None:
    """The code's own three attempts are new with each code; the hour's ten wrong ones are the customer's, whatever is sent."""
    user = customer()
    wrong = 0
    purposes = [Purpose.LOGIN, Purpose.WITHDRAWAL, Purpose.LOGIN, Purpose.API_KEY]
    for purpose in purposes:
        pass_only_sending_limits(user)
        send(purpose, user=user, facts={"amount": "1", "coin": "ETH", "address_tail": "abc"})
        code = read_code(ADA)
        for step in (1, 2, 3):
            if wrong < 10:
                with pytest.raises(WrongCode):
                    verify(other(code, step), purpose, user=user)
                wrong += 1
    for purpose in set(purposes):
        with pytest.raises((TooManyAttempts, WrongCode)):
            verify(read_code(ADA), purpose, user=user)
    with pytest.raises(TooManyAttempts):
        verify(read_code(ADA), Purpose.API_KEY, user=user)
    assert not Code.objects.exclude(consumed_at=None).exists()


def test_a_right_code_between_two_wrong_ones_gives_back_nothing_but_itself(db: None) -> None:
    user = customer()
    key = limit_key("attempts", str(user.pk), "email", "user")
    for expected in (1, 2, 3):
        pass_only_sending_limits(user)
        send(Purpose.LOGIN, user=user)
        code = read_code(ADA)
        with pytest.raises(WrongCode):
            verify(other(code), Purpose.LOGIN, user=user)
        verify(code, Purpose.LOGIN, user=user)
        assert len(Allowance.objects.get(key=key).moments) == expected


def test_neither_a_right_code_nor_a_refused_resend_gives_sendings_back(db: None) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for number in range(5):
            send()
            verify(read_code(ADA))
            with pytest.raises(TooManyCodes):
                send()
            clock.shift(timedelta(seconds=61))
            assert Code.objects.get().generation == number + 1
        with pytest.raises(TooManyCodes) as refused:
            send(Purpose.LOGIN)
        assert refused.value.retry_after > 3000
    assert Message.objects.count() == 5
