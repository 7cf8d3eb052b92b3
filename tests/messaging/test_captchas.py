"""Captchas of our own: drawn, answered once, and never twice."""

from __future__ import annotations

import base64
import dataclasses
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from PIL import Image

from accounts import tasks
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.errors import CaptchaKindUnknown, CaptchaRequired, CaptchaWrong, TooManyCaptchas
from messaging.models import Captcha
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer, pictures
from tests.factories_captchas import solved_picture, solved_work
from tests.messaging.conftest import at_once, crowd

ADDRESS = "198.51.100.7"


@pytest.fixture(autouse=True)
def quick_work(settings: LazySettings) -> None:
    """Proofs of work that a test solves in milliseconds."""
    settings.CAPTCHA_WORK_ITERATIONS, settings.CAPTCHA_WORK_TRIES_MAX = 10, 50


def require(answer: CaptchaAnswer | None, **more: Any) -> None:
    captchas.require(answer, **{"purpose": "login", "ip": ADDRESS} | more)


def test_a_picture_is_a_small_jpeg_of_five_characters_that_is_taken_once(db: None) -> None:
    drawn = captchas.draw("picture", ip=ADDRESS)
    image = Image.open(io.BytesIO(base64.b64decode(drawn.image, validate=True)))
    assert (image.format, image.size, drawn.kind) == ("JPEG", (160, 60), "picture")
    answer = captchas.read_answer(drawn.id)
    assert len(answer) == 5
    assert set(answer) <= set(pictures.ALPHABET)
    require(CaptchaAnswer("picture", id=drawn.id, answer=answer))
    with pytest.raises(CaptchaWrong):
        require(CaptchaAnswer("picture", id=drawn.id, answer=answer))
    assert Captcha.objects.get().spent_for == "login"


def test_a_long_word_for_the_act_is_cut_and_breaks_nothing(db: None) -> None:
    for solved in (solved_picture(), solved_work()):
        require(solved, purpose="an act with a very long name indeed, and more")
    assert set(Captcha.objects.values_list("spent_for", flat=True)) == {"an act with a very long name ind"}


def test_small_letters_and_spaces_around_are_as_good(db: None) -> None:
    solved = solved_picture()
    require(dataclasses.replace(solved, answer=f" {solved.answer.lower()} "))


def test_no_picture_shows_a_character_that_looks_like_another() -> None:
    for group in ("O0QD", "1ILJ7", "2Z", "5S", "8B", "6G", "UV", "MN", "A4"):
        assert len(set(group) & set(pictures.ALPHABET)) <= 1, group
    assert len(pictures.ALPHABET) == len(set(pictures.ALPHABET.upper())) == 15


def test_a_wrong_answer_spends_the_picture(db: None) -> None:
    solved = solved_picture()
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved, answer="22222"))
    with pytest.raises(CaptchaWrong):
        require(solved)


def test_a_picture_lives_five_minutes(db: None) -> None:
    solved = solved_picture()
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)), pytest.raises(CaptchaWrong):
        require(solved)
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)), pytest.raises(Absent):
        captchas.read_answer(solved.id)
    require(solved)


def test_of_fifty_right_answers_at_once_one_is_taken(real_db: None) -> None:
    solved = solved_picture()
    answers = crowd(50, lambda: require(solved))
    assert answers.count(None) == 1
    assert {type(answer) for answer in answers if answer is not None} == {CaptchaWrong}


def test_a_captcha_inside_a_transaction_is_a_defect_of_the_caller(real_db: None) -> None:
    for solved in (solved_picture(), solved_work()):
        with pytest.raises(RuntimeError), transaction.atomic():
            require(solved)


def test_a_wrong_answer_is_spent_though_the_request_fails_afterwards(real_db: None) -> None:
    solved = solved_picture()
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved, answer="22222"))
    assert Captcha.objects.get().spent_at is not None


def test_without_a_captcha_the_refusal_says_which_would_do(db: None, settings: LazySettings) -> None:
    settings.CAPTCHA_KINDS = ["picture", "proof_of_work"]
    for nothing in (None, CaptchaAnswer("picture"), CaptchaAnswer("geetest", id="a", answer="b"), CaptchaAnswer("", id="a")):
        with pytest.raises(CaptchaRequired) as refused:
            require(nothing)
        assert refused.value.facts == {"kinds": ["picture", "proof_of_work"]}


def test_a_kind_that_is_not_offered_is_neither_drawn_nor_taken(db: None, settings: LazySettings) -> None:
    solved = solved_picture()
    settings.CAPTCHA_KINDS = ["proof_of_work"]
    with pytest.raises(CaptchaRequired):
        require(solved)
    with pytest.raises(CaptchaKindUnknown) as refused:
        captchas.draw("picture", ip=ADDRESS)
    assert refused.value.facts == {"kinds": ["proof_of_work"]}
    require(solved, kinds=["picture"])  # a dialect whose contract knows pictures only


def test_a_picture_is_no_answer_to_a_question_of_another_kind(db: None) -> None:
    solved = solved_picture()
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved, kind="proof_of_work"))
    require(solved)


def test_drawing_is_limited_for_each_address_and_refused_drawing_leaves_nothing(db: None, settings: LazySettings) -> None:
    settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_MINUTE = 3
    for _ in range(3):
        captchas.draw("picture", ip=ADDRESS)
    with pytest.raises(TooManyCaptchas) as refused:
        captchas.draw("proof_of_work", ip=ADDRESS)
    assert 1 <= refused.value.retry_after <= 60
    assert Captcha.objects.count() == 3
    captchas.draw("picture", ip="198.51.100.8")


def test_the_limit_of_drawing_counts_an_ipv6_subscriber_as_one(db: None, settings: LazySettings) -> None:
    settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_HOUR = 1
    captchas.draw("picture", ip="2001:db8:1:100::1")
    with pytest.raises(TooManyCaptchas):
        captchas.draw("picture", ip="2001:db8:1:1ff::2")
    captchas.draw("picture", ip="2001:db8:1:200::1")


def test_of_drawings_at_once_from_one_address_no_more_than_the_limit_are_drawn(real_db: None, settings: LazySettings) -> None:
    settings.CAPTCHA_DRAWS_PER_ADDRESS_PER_MINUTE = 5
    answers = at_once(20, lambda _: captchas.draw("picture", ip=ADDRESS))
    assert sum(isinstance(answer, TooManyCaptchas) for answer in answers) == 15
    assert Captcha.objects.count() == 5


def test_in_production_no_answer_is_kept_and_none_is_shown(db: None, settings: LazySettings) -> None:
    open_in_development = captchas.draw("picture", ip=ADDRESS)
    settings.PRODUCTION = True
    drawn = captchas.draw("picture", ip=ADDRESS)
    assert Captcha.objects.latest("id").sealed_answer is None
    for challenge in (drawn, open_in_development):
        with pytest.raises(Absent):
            captchas.read_answer(challenge.id)


def test_neither_the_id_nor_the_answer_stands_in_the_table_or_in_a_repr(db: None) -> None:
    solved = solved_picture()
    row = Captcha.objects.values().get()
    stored = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
    assert solved.id.encode() not in stored
    assert bytes.fromhex(solved.id) not in stored
    assert solved.answer.encode() not in stored
    assert solved.answer not in repr(solved)


@pytest.mark.parametrize(
    "unreadable",
    [
        {"id": "x" * 513}, {"id": "a\0b"}, {"id": "\ud800"}, {"id": "图"}, {"answer": "x" * 8193}, {"answer": "\0"},
        {"answer": "\ud83d"}, {"answer": "ＡＣＥＦＨ"}, {"answer": "x" * 10_000_000}, {"extra": {"a": "\0"}},
        {"extra": {str(n): "x" for n in range(9)}}, {"extra": {"a": "x" * 8193}},
    ],
    ids=lambda value: str(value)[:20].encode("ascii", "replace").decode(),
)  # fmt: skip
@pytest.mark.parametrize("kind", ["picture", "proof_of_work", "geetest", "geetest_v3", "aliyun"])
def test_an_unreadable_answer_is_wrong_and_changes_nothing(db: None, kind: str, unreadable: dict[str, Any]) -> None:
    solved = solved_picture()
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved, kind=kind, **unreadable), kinds=[kind])
    assert Captcha.objects.get().spent_at is None


@pytest.mark.parametrize("id", ["", "0" * 32, "' OR 1=1 --", "%00", "x" * 512])
def test_an_unknown_id_is_wrong(db: None, id: str) -> None:
    solved = solved_picture()
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved, id=id))
    assert Captcha.objects.get().spent_at is None


def test_old_rows_go_and_young_ones_stay(db: None) -> None:
    with time_machine.travel(now() - timedelta(days=1, minutes=20)):
        captchas.draw("picture", ip=ADDRESS)
        require(solved_work())
    solved_picture()
    tasks.purge_messages()
    assert Captcha.objects.count() == 1


DRAWN_AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"kind": "riddle"}, "captcha_kind_known"),
        ({"expires_at": DRAWN_AT + timedelta(minutes=11)}, "captcha_lifetime_in_range"),
        ({"expires_at": DRAWN_AT - timedelta(minutes=1)}, "captcha_lifetime_in_range"),
        ({"answer_hash": None}, "captcha_waits_only_as_picture"),
        ({"kind": "aliyun", "answer_hash": None}, "captcha_waits_only_as_picture"),
        ({"kind": "aliyun", "spent_at": DRAWN_AT}, "captcha_waits_only_as_picture"),
        ({"key": b"1" * 32}, "captcha_once"),
    ],
)
def test_the_table_refuses_what_no_service_writes(db: None, broken: dict[str, Any], constraint: str) -> None:
    whole = {"kind": "picture", "answer_hash": b"h" * 32, "drawn_at": DRAWN_AT, "expires_at": DRAWN_AT + timedelta(minutes=5)}
    Captcha.objects.create(key=b"1" * 32, **whole)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Captcha.objects.create(**{"key": b"2" * 32} | whole | broken)
