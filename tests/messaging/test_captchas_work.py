"""Proofs of work: drawn without a row, solved for real, spent once."""

from __future__ import annotations

import base64
import dataclasses
from datetime import timedelta
from typing import Any

import altcha
import pytest
import time_machine
from django.conf import LazySettings

from config.kit.clock import now
from messaging.errors import CaptchaRequired, CaptchaWrong
from messaging.models import Captcha
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer
from tests.factories_captchas import solved_work, worked
from tests.messaging.conftest import crowd

ADDRESS = "198.51.100.7"


@pytest.fixture(autouse=True)
def quick_work(settings: LazySettings) -> None:
    """Proofs of work that a test solves in milliseconds."""
    settings.CAPTCHA_WORK_ITERATIONS, settings.CAPTCHA_WORK_TRIES_MAX = 10, 50


def require(answer: CaptchaAnswer | None, **more: Any) -> None:
    captchas.require(answer, **{"purpose": "login", "ip": ADDRESS} | more)


def test_of_fifty_solutions_of_one_work_at_once_one_is_taken(real_db: None) -> None:
    solved = solved_work()
    answers = crowd(50, lambda: require(solved))
    assert answers.count(None) == 1
    assert {type(answer) for answer in answers if answer is not None} == {CaptchaWrong}


def test_a_proof_of_work_is_solved_and_taken_once(db: None) -> None:
    drawn = captchas.draw("proof_of_work", ip=ADDRESS)
    assert not Captcha.objects.exists()
    solved = solved_work(drawn)
    require(dataclasses.replace(solved, id=drawn.id))
    with pytest.raises(CaptchaWrong):
        require(solved)
    assert Captcha.objects.get().kind == "proof_of_work"


def test_the_work_asked_for_is_the_work_that_the_settings_name(db: None, settings: LazySettings) -> None:
    settings.CAPTCHA_WORK_ITERATIONS = 77
    drawn = captchas.draw("proof_of_work", ip=ADDRESS)
    assert drawn.work is not None
    assert drawn.work["parameters"]["cost"] == 77
    assert drawn.work["parameters"]["algorithm"] == "PBKDF2/SHA-256"
    require(solved_work(drawn))


def test_a_proof_of_work_that_is_late_is_not_taken(db: None) -> None:
    solved = solved_work()
    with time_machine.travel(now() + timedelta(minutes=5, seconds=2)), pytest.raises(CaptchaWrong):
        require(solved)


@pytest.mark.parametrize(
    "easier",
    [
        {}, {"cost": 1}, {"nonce": "00" * 16}, {"salt": "00" * 16}, {"expiresAt": 4102444800}, {"data": {"id": "x"}},
        {"data": None}, {"keySignature": None}, {"algorithm": "SHA-256"}, {"keyLength": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_challenge_that_the_client_made_easier_is_not_ours(db: None, easier: dict[str, Any]) -> None:
    drawn = captchas.draw("proof_of_work", ip=ADDRESS)
    assert drawn.work is not None
    changed = {**drawn.work, "parameters": {**drawn.work["parameters"], "keyPrefix": "", **easier}}
    with pytest.raises(CaptchaWrong):
        require(CaptchaAnswer("proof_of_work", answer=worked(changed)))
    assert not Captcha.objects.exists()


def test_a_solution_of_another_challenge_is_not_taken(db: None) -> None:
    mine, other = (captchas.draw("proof_of_work", ip=ADDRESS) for _ in range(2))
    solved = altcha.Payload.from_base64(worked(mine.work))
    mixed = altcha.Payload(altcha.Challenge.from_dict(dict(other.work or {})), solved.solution)
    with pytest.raises(CaptchaWrong):
        require(CaptchaAnswer("proof_of_work", answer=mixed.to_base64()))
    with pytest.raises(CaptchaWrong):
        require(dataclasses.replace(solved_work(mine), id=other.id))


STRANGE = b"""{"challenge": {"parameters": {"algorithm": 1, "nonce": 2, "salt": 3, "cost": 1e999, "expiresAt": NaN,
 "data": "x"}, "signature": 5}, "solution": {"counter": "x", "derivedKey": []}}"""


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[]", b"null", b'"text"', b"[" * 5000, b'{"challenge": 5, "solution": 5}', b"\xff\xfe", b'{"challenge": {}}',
     b'{"challenge": {"parameters": []}, "solution": {}}', b"1" * 5000, STRANGE],
)  # fmt: skip
def test_what_is_no_payload_is_wrong(db: None, payload: bytes) -> None:
    for text in (base64.b64encode(payload).decode(), payload.decode("latin-1")):
        with pytest.raises((CaptchaWrong, CaptchaRequired)):
            require(CaptchaAnswer("proof_of_work", answer=text))
