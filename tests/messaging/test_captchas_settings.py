"""Which captchas are offered is checked at the start; in development a picture's answer can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from config.kit.clock import now
from config.production import complaints
from messaging.errors import CaptchaWrong
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer
from tests.kit.test_environment import load_settings

ADDRESS = "198.51.100.7"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"CAPTCHA_KINDS": "picture,riddle"}, "CAPTCHA_KINDS names riddle"),
        ({"CAPTCHA_KINDS": "geetest"}, "CAPTCHA_KINDS must name picture or proof_of_work"),
        ({"CAPTCHA_KINDS": "picture,picture"}, "CAPTCHA_KINDS names a kind twice"),
        ({"CAPTCHA_LIFETIME_SECONDS": "601"}, "CAPTCHA_LIFETIME_SECONDS must be between"),
        ({"CAPTCHA_WORK_TRIES_MAX": "0"}, "CAPTCHA_WORK_TRIES_MAX must be between"),
        ({"CAPTCHA_VERIFIER_TIMEOUT_SECONDS": "0"}, "CAPTCHA_VERIFIER_TIMEOUT_SECONDS must be between"),
    ],
)
def test_settings_with_which_no_captcha_works_stop_the_start_in_every_mode(values: dict[str, str], complaint: str) -> None:
    refused = load_settings(**values)
    assert refused.returncode != 0
    assert complaint in refused.stderr


def test_development_starts_with_vendors_whose_keys_are_not_set() -> None:
    assert load_settings(CAPTCHA_KINDS="picture,geetest,geetest_v3,aliyun").returncode == 0


def test_production_needs_the_keys_of_the_vendors_that_it_offers_and_asks_them_over_tls() -> None:
    refused = load_settings(
        QUAESTOR_MODE="production",
        CAPTCHA_KINDS="picture,geetest,geetest_v3,aliyun",
        GEETEST_ID="given",
        GEETEST_URL="http://127.0.0.1:9",
    )
    for name in ("GEETEST_KEY", "GEETEST_V3_ID", "GEETEST_V3_KEY", "ALIYUN_CAPTCHA_ACCESS_KEY_ID", "ALIYUN_CAPTCHA_APP_KEY"):
        assert f"{name} is not set" in refused.stderr or f"{name} or" in refused.stderr, name
    assert "GEETEST_ID is not set" not in refused.stderr
    assert "GEETEST_URL asks without TLS" in refused.stderr


def test_production_says_nothing_of_vendors_that_it_does_not_offer(settings: LazySettings) -> None:
    from config import settings as read

    assert not [complaint for complaint in complaints(vars(read)) if "CAPTCHA" in complaint or "GEETEST" in complaint]


def test_the_answer_of_an_open_picture_is_read_in_the_post_office(db: None, client: Client) -> None:
    drawn = captchas.draw("picture", ip=ADDRESS)
    page = client.get("/outbox/captcha.json", {"id": drawn.id})
    assert page.headers["Cache-Control"] == "no-store"
    answer = page.json()
    assert set(answer) == {"id", "answer"}
    captchas.require(CaptchaAnswer("picture", id=answer["id"], answer=answer["answer"]), purpose="login", ip=ADDRESS)
    assert client.get("/outbox/captcha.json", {"id": drawn.id}).status_code == 404


def test_a_spent_or_expired_picture_shows_nothing_any_more(db: None, client: Client) -> None:
    drawn, other = (captchas.draw("picture", ip=ADDRESS) for _ in range(2))
    with pytest.raises(CaptchaWrong):
        captchas.require(CaptchaAnswer("picture", id=drawn.id, answer="2"), purpose="login", ip=ADDRESS)
    assert client.get("/outbox/captcha.json", {"id": drawn.id}).status_code == 404
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert client.get("/outbox/captcha.json", {"id": other.id}).status_code == 404


@pytest.mark.parametrize("text", ["", "0", "\0", "图", "x" * 5000, "' OR 1=1"])
def test_an_id_that_names_no_picture_is_not_found(db: None, client: Client, text: str) -> None:
    captchas.draw("picture", ip=ADDRESS)
    assert client.get("/outbox/captcha.json", {"id": text}).status_code == 404
    assert client.get("/outbox/captcha.json").status_code == 404


def test_production_shows_no_answer(db: None, client: Client, settings: LazySettings) -> None:
    drawn = captchas.draw("picture", ip=ADDRESS)
    settings.PRODUCTION = True
    assert client.get("/outbox/captcha.json", {"id": drawn.id}, secure=True).status_code == 404
