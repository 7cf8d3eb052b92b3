"""Captchas of Geetest and Aliyun: their servers are asked, over real HTTP, and only their yes is a yes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from config.kit.errors import Unavailable
from messaging.errors import CaptchaRequired, CaptchaUnavailable, CaptchaWrong, TooManyCaptchas
from messaging.models import Captcha
from messaging.services import captchas
from messaging.services.captchas import CaptchaAnswer, outside
from messaging.verifiers.aliyun import signature
from tests.messaging.conftest import at_once
from tests.messaging.vendors import KEY, NOT_OF_THIS_WORLD, SITE, Vendors, vendors_at

ADDRESS = "198.51.100.7"
V3_CHALLENGE = "c" * 34
GEETEST = CaptchaAnswer("geetest", id="lot-1", answer="o", extra={"pass_token": "p", "gen_time": "1700000000"})
GEETEST_V3 = CaptchaAnswer(
    "geetest_v3",
    id=V3_CHALLENGE,
    answer=hashlib.md5(f"{KEY}geetest{V3_CHALLENGE}".encode()).hexdigest(),
    extra={"seccode": "any|jordan"},
)
ALIYUN = CaptchaAnswer("aliyun", id="session-1", answer="s", extra={"token": "t +*/~", "scene": "ic_login"})
ALIYUN_APP = CaptchaAnswer("aliyun", id="session-1")
ALIYUN_SECOND = CaptchaAnswer("aliyun", answer='{"sceneId":"x","certifyId":"y"}')
ALL = [GEETEST, GEETEST_V3, ALIYUN, ALIYUN_APP, ALIYUN_SECOND]
EACH = pytest.mark.parametrize("answer", ALL, ids=["geetest 4", "geetest 3", "aliyun", "aliyun of an app", "aliyun 2"])


@pytest.fixture
def vendors(settings: LazySettings) -> Iterator[Vendors]:
    settings.CAPTCHA_VERIFIER_TIMEOUT_SECONDS = 30
    outside.breakers.clear()
    with vendors_at(settings) as started:
        started.solved = {GEETEST.id, GEETEST_V3.id, ALIYUN.id, ALIYUN_SECOND.answer}
        yield started
    outside.breakers.clear()


def require(answer: CaptchaAnswer | None, **more: Any) -> None:
    captchas.require(answer, **{"purpose": "login", "ip": ADDRESS} | more)


@EACH
def test_what_the_vendor_vouches_for_is_taken_once(db: None, vendors: Vendors, answer: CaptchaAnswer) -> None:
    require(answer)
    with pytest.raises(CaptchaWrong):
        require(answer)
    assert Captcha.objects.get().kind == answer.kind
    assert KEY not in str(vendors.asked)


@EACH
def test_what_the_vendor_refuses_is_refused(db: None, vendors: Vendors, answer: CaptchaAnswer) -> None:
    vendors.solved = set()
    with pytest.raises(CaptchaWrong):
        require(answer)
    assert len(vendors.asked) == 1
    assert not Captcha.objects.exists()


@pytest.mark.parametrize("behaviour", [*NOT_OF_THIS_WORLD, "hang", "trickle"])
@EACH
def test_when_the_vendor_fails_nobody_passes_and_the_other_kinds_are_named(
    db: None, vendors: Vendors, settings: LazySettings, answer: CaptchaAnswer, behaviour: str
) -> None:
    if never_answers := behaviour in {"hang", "trickle"}:
        settings.CAPTCHA_VERIFIER_TIMEOUT_SECONDS = 0.3
    vendors.behaviour = behaviour
    with pytest.raises(CaptchaUnavailable) as refused:
        require(answer)
    assert isinstance(refused.value, Unavailable)
    assert refused.value.kinds == [kind for kind in settings.CAPTCHA_KINDS if kind != answer.kind]
    assert len(vendors.asked) == 1 or never_answers
    assert not Captcha.objects.exists()
    vendors.behaviour, settings.CAPTCHA_VERIFIER_TIMEOUT_SECONDS = "honest", 30
    require(answer)  # it was not spent by our not knowing


@EACH
def test_a_vendor_that_is_not_there_lets_nobody_pass(
    db: None, vendors: Vendors, settings: LazySettings, answer: CaptchaAnswer
) -> None:
    for name in ("GEETEST_URL", "GEETEST_V3_URL", "ALIYUN_CAPTCHA_URL", "ALIYUN_CAPTCHA_INTELLIGENT_URL"):
        setattr(settings, name, "http://127.0.0.1:1")
    with pytest.raises(CaptchaUnavailable):
        require(answer)


@EACH
def test_with_a_wrong_key_of_ours_nobody_passes(
    db: None, vendors: Vendors, settings: LazySettings, answer: CaptchaAnswer
) -> None:
    settings.GEETEST_KEY = settings.GEETEST_V3_KEY = settings.ALIYUN_CAPTCHA_ACCESS_KEY_SECRET = "another"
    with pytest.raises((CaptchaWrong, CaptchaUnavailable)):
        require(answer)


@pytest.mark.parametrize(
    "worse",
    [
        dataclasses.replace(GEETEST, id="lot-2"),
        dataclasses.replace(GEETEST, answer="another"),
        dataclasses.replace(GEETEST, extra={"pass_token": "q", "gen_time": "1700000000"}),
        dataclasses.replace(GEETEST, extra={"pass_token": "p", "gen_time": "soon"}),
        dataclasses.replace(GEETEST_V3, id="d" * 34),
        dataclasses.replace(ALIYUN, id="session-2"),
        dataclasses.replace(ALIYUN, answer="another"),
        dataclasses.replace(ALIYUN_SECOND, answer="another"),
    ],
)
def test_an_answer_with_a_wrong_part_is_refused(db: None, vendors: Vendors, worse: CaptchaAnswer) -> None:
    with pytest.raises(CaptchaWrong):
        require(worse)
    assert not Captcha.objects.exists()


@pytest.mark.parametrize(
    "hopeless",
    [
        dataclasses.replace(GEETEST, answer=""),
        dataclasses.replace(GEETEST, extra={"pass_token": "p"}),
        dataclasses.replace(GEETEST, id=""),
        dataclasses.replace(GEETEST_V3, extra={}),
        dataclasses.replace(GEETEST_V3, answer="0" * 32),
        dataclasses.replace(ALIYUN, extra={"scene": "ic_login"}),
        dataclasses.replace(ALIYUN, extra={"token": "t", "scene": "ic_activity"}),
        dataclasses.replace(ALIYUN, extra={}),
    ],
)
def test_what_can_not_be_right_is_refused_without_asking(db: None, vendors: Vendors, hopeless: CaptchaAnswer) -> None:
    with pytest.raises(CaptchaWrong):
        require(hopeless)
    assert vendors.asked == []


def test_a_generation_of_aliyun_that_is_not_configured_is_refused(db: None, vendors: Vendors, settings: LazySettings) -> None:
    settings.ALIYUN_CAPTCHA_APP_KEY, settings.ALIYUN_CAPTCHA_SCENE_ID = "", SITE
    with pytest.raises(CaptchaWrong):
        require(ALIYUN)
    settings.ALIYUN_CAPTCHA_APP_KEY, settings.ALIYUN_CAPTCHA_SCENE_ID = SITE, ""
    with pytest.raises(CaptchaWrong):
        require(ALIYUN_SECOND)
    assert vendors.asked == []


def test_the_test_mode_of_aliyuns_console_opens_no_door(db: None, vendors: Vendors) -> None:
    vendors.verify_code = "T005"
    with pytest.raises(CaptchaWrong):
        require(ALIYUN_SECOND)


def test_aliyuns_published_signature_is_reproduced() -> None:
    """Their example of an RPC request, by the access key testid and the secret testsecret."""
    form = {
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "Format": "XML",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "SignatureVersion": "1.0",
        "Timestamp": "2016-02-23T12:46:24Z",
        "Version": "2014-05-26",
    }
    assert signature(form, secret="testsecret", method="GET") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


@pytest.mark.parametrize("answer", [GEETEST, ALIYUN], ids=["geetest", "aliyun"])
def test_of_thirty_answers_at_once_one_is_taken(real_db: None, vendors: Vendors, answer: CaptchaAnswer) -> None:
    answers = at_once(30, lambda _: require(answer))
    assert answers.count(None) == 1
    assert {type(refused) for refused in answers if refused is not None} == {CaptchaWrong}


@EACH
def test_inside_a_transaction_nobody_is_asked(real_db: None, vendors: Vendors, answer: CaptchaAnswer) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        require(answer)
    assert vendors.asked == []


def test_a_vendor_that_fails_three_times_is_left_alone_for_a_while(
    db: None, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendors.behaviour = "an error"
    for _ in range(5):
        with pytest.raises(CaptchaUnavailable):
            require(GEETEST)
    assert len(vendors.asked) == outside.FAILURES_MAX
    vendors.behaviour = "honest"
    require(ALIYUN)  # another vendor is another matter
    with pytest.raises(CaptchaUnavailable):
        require(GEETEST)
    outside.breakers["geetest"].left_alone_until = 0.0  # the seconds are over
    require(GEETEST)
    assert outside.breakers["geetest"].failures == 0


def test_wrong_captchas_of_one_address_are_limited_and_right_or_unchecked_ones_do_not_count(
    db: None, vendors: Vendors, settings: LazySettings
) -> None:
    settings.CAPTCHA_REFUSALS_PER_ADDRESS_PER_HOUR = 2
    require(GEETEST)
    vendors.behaviour = "no JSON"
    with pytest.raises(CaptchaUnavailable):
        require(ALIYUN)
    vendors.behaviour = "honest"
    for _ in range(2):
        with pytest.raises(CaptchaWrong):
            require(dataclasses.replace(GEETEST, id="lot-2"))
    asked = len(vendors.asked)
    with pytest.raises(TooManyCaptchas):
        require(ALIYUN)
    assert len(vendors.asked) == asked
    require(ALIYUN, ip="198.51.100.8")


def test_apps_which_bring_a_session_id_alone_have_a_smaller_budget(db: None, vendors: Vendors, settings: LazySettings) -> None:
    settings.CAPTCHA_APP_CHECKS_PER_ADDRESS_PER_HOUR = 2
    vendors.solved |= {"a", "b", "c"}
    for session in ("a", "b"):
        require(dataclasses.replace(ALIYUN_APP, id=session))
    with pytest.raises(TooManyCaptchas):
        require(dataclasses.replace(ALIYUN_APP, id="c"))
    require(ALIYUN)


def test_what_calls_itself_one_device_has_a_budget_wherever_it_asks(db: None, vendors: Vendors, settings: LazySettings) -> None:
    settings.CAPTCHA_APP_CHECKS_PER_DEVICE_PER_HOUR = 2
    vendors.solved |= {"a", "b", "c", "d"}
    for session, ip in (("a", "198.51.100.8"), ("b", "198.51.100.9")):
        require(dataclasses.replace(ALIYUN_APP, id=session, device="one"), ip=ip)
    with pytest.raises(TooManyCaptchas):
        require(dataclasses.replace(ALIYUN_APP, id="c", device="one"), ip="198.51.100.10")
    require(dataclasses.replace(ALIYUN_APP, id="c", device="another"))
    require(dataclasses.replace(ALIYUN_APP, id="d"))


@pytest.mark.parametrize(
    ("kind", "site"),
    [
        ("geetest", {"captcha_id": SITE}),
        ("aliyun", {"app_key": SITE, "scene": "ic_message", "scene_id": SITE}),
        (
            "geetest_v3",
            {
                "gt": SITE,
                "challenge": hashlib.md5((hashlib.md5(ADDRESS.encode()).hexdigest() + KEY).encode()).hexdigest(),
                "success": 1,
                "new_captcha": True,
            },
        ),
    ],
)
def test_to_draw_a_vendors_captcha_is_to_say_what_its_script_wants(
    db: None, vendors: Vendors, kind: str, site: dict[str, Any]
) -> None:
    drawn = captchas.draw(kind, ip=ADDRESS)
    assert (drawn.kind, drawn.site, drawn.id, drawn.image, drawn.work) == (kind, site, "", "", None)


def test_a_captcha_that_geetest_does_not_register_is_not_drawn(db: None, vendors: Vendors, settings: LazySettings) -> None:
    settings.GEETEST_V3_ID = "another"
    with pytest.raises(CaptchaUnavailable) as refused:
        captchas.draw("geetest_v3", ip=ADDRESS)
    assert refused.value.kinds == ["picture", "geetest", "aliyun"]


@pytest.mark.parametrize("kind", ["geetest", "geetest_v3", "aliyun"])
def test_in_development_without_keys_the_word_pass_passes_and_nothing_else(db: None, kind: str) -> None:
    for _ in range(2):
        require(CaptchaAnswer(kind, answer="pass"), kinds=[kind])
        require(CaptchaAnswer(kind, id="pass"), kinds=[kind])
    for wrong in ("", "Pass", "pass ", "passs", "1"):
        with pytest.raises((CaptchaWrong, CaptchaRequired)):
            require(CaptchaAnswer(kind, id=wrong and "x", answer=wrong), kinds=[kind])


@pytest.mark.parametrize("kind", ["geetest", "geetest_v3", "aliyun"])
def test_in_production_without_keys_nobody_passes(db: None, settings: LazySettings, kind: str) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CaptchaUnavailable):
        require(CaptchaAnswer(kind, id="pass", answer="pass"), kinds=[kind])
    with pytest.raises(CaptchaUnavailable):
        captchas.draw(kind, ip=ADDRESS, kinds=[kind])


@pytest.mark.parametrize("answer", ALL)
def test_where_the_vendors_keys_are_set_pass_is_no_answer(db: None, vendors: Vendors, answer: CaptchaAnswer) -> None:
    with pytest.raises(CaptchaWrong):
        require(CaptchaAnswer(answer.kind, id="pass" if answer.id else "", answer="pass"))
