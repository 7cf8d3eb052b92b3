"""What tests of other apps need of captchas: a solved one."""

from __future__ import annotations

from typing import Any

import altcha

from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer, Challenge


def solved_picture(ip: str = "127.0.0.1") -> CaptchaAnswer:
    """A fresh picture and what it shows."""
    drawn = captchas.draw("picture", ip=ip)
    return CaptchaAnswer("picture", id=drawn.id, answer=captchas.read_answer(drawn.id))


def solved_work(drawn: Challenge | None = None) -> CaptchaAnswer:
    """A proof of work, really worked."""
    drawn = drawn or captchas.draw("proof_of_work", ip="127.0.0.1")
    return CaptchaAnswer("proof_of_work", answer=worked(drawn.work))


def worked(challenge: Any) -> str:
    """The payload that the ALTCHA widget would send for this challenge."""
    read = altcha.Challenge.from_dict(dict(challenge))
    solution = altcha.solve_challenge(read)
    assert solution is not None
    return altcha.Payload(read, solution).to_base64()


def captcha_input(ip: str = "127.0.0.1") -> dict[str, str]:
    """A solved picture as the field `captcha` of a native request."""
    solved = solved_picture(ip)
    return {"kind": "picture", "id": solved.id, "answer": solved.answer}
