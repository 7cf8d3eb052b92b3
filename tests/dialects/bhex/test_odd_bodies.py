"""Bodies that no client sends: each is refused with a number, and nothing breaks or changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import AttemptCounter
from config.dialects.bhex import urls
from tests.dialects import odd
from tests.dialects.bhex import people
from tests.dialects.bhex.given_passwords import TRADE
from tests.dialects.bhex.people import DIGEST, Browser, md5
from tests.dialects.odd import LONG, MISSING

pytestmark = pytest.mark.django_db
ORDER = {"order_id": "1000000000000001", "verify_code": "123456"}
PROOF = {"auth_type": "1", **ORDER}
TWICE = {"password1": md5("another horse"), "password2": md5("another horse")}
PHONE, EMAIL = {"national_code": "86", "mobile": "18600009999"}, {"email": "somebody@example.com"}
OAUTH = {"is_oauth": "false", "oauth_request_id": ""}
CAPTCHA = {"captcha_id": "x", "captcha_response": "y"}
NEWCOMER = {**ORDER, "invite_code": "x", **OAUTH}
WAITING = {"request_id": "x" * 32}
CARD = {"nationality": "CN", "first_name": "张", "second_name": "三", "gender": "1", "card_type": "1", "card_no": "E12345678",
        "card_front_url": "/os/kyc_image/x.jpg", "card_hand_url": "/os/kyc_image/y.jpg"}  # fmt: skip
CLIENT = {"client_id": "x", "redirect_uri": "https://app.example/"}
PUBLIC: dict[str, dict[str, Any]] = {
    "/api/common/send_sms_verify_code": {**PHONE, "type": "1", **CAPTCHA},
    "/api/common/send_email_verify_code": {**EMAIL, "type": "1", **CAPTCHA},
    "/api/common/send_verify_code": {**PHONE, **EMAIL, "receiver_type": "1", "type": "1", **CAPTCHA},
    "/api/user/send_sms_verify_code/authorize_advance": WAITING,
    "/api/user/send_email_verify_code/authorize_advance": WAITING,
    "/api/user/send_verify_code/authorize_advance": {**WAITING, "receiver_type": "1"},
    "/api/user/mobile_sign_up": {**PHONE, **TWICE, **NEWCOMER},
    "/api/user/email_sign_up": {**EMAIL, **TWICE, **NEWCOMER},
    "/api/user/quick_sign_up": {"register_type": "mobile", **PHONE, **NEWCOMER},
    "/api/user/mobile_authorize": {**PHONE, "password": DIGEST, **CAPTCHA, **OAUTH},
    "/api/user/email_authorize": {**EMAIL, "password": DIGEST, **CAPTCHA, **OAUTH},
    "/api/user/authorize": {"username": "18600009999", "password": DIGEST, **CAPTCHA, **OAUTH},
    "/api/user/authorize_advance": {**WAITING, **PROOF, **OAUTH},
    "/api/user/quick_authorize": {"login_type": "mobile", **PHONE, **ORDER, **OAUTH},
    "/api/user/quick_authorize_advance": {**WAITING, "password": DIGEST, **OAUTH},
    "/api/user/mobile_find_pwd_check": {**PHONE, **ORDER},
    "/api/user/email_find_pwd_check": {**EMAIL, **ORDER},
    "/api/user/mobile_find_pwd_check1": {**PHONE, **ORDER},
    "/api/user/email_find_pwd_check1": {**EMAIL, **ORDER},
    "/api/user/send_verify_code/find_pwd": {"request_id": "x" * 43},
    "/api/user/find_pwd_check2": {"request_id": "x" * 43, **ORDER},
    "/api/user/find_pwd": {"request_id": "x" * 43, **TWICE},
    "/api/user/finger_print_authorize": {"token": "x" * 43, "device_id": "x" * 8},
    "/api/oauth2/authorize": {**CLIENT, "response_type": "code", "state": "x", "scope": "get_user_info"},
    "/api/oauth2/access_token": {**CLIENT, "client_secret": "x", "code": "x"},
}
OWN: dict[str, dict[str, Any]] = {
    "/api/user/send_sms_verify_code": {"type": "1", "captcha_response": "x"},
    "/api/user/send_email_verify_code": {"type": "1", "captcha_response": "x"},
    "/api/user/send_verify_code": {"receiver_type": "1", "type": "1", **CAPTCHA},
    "/api/user/favorite/create": {"exchange_id": "no exchange", "symbol_id": "no market"},
    "/api/user/favorite/cancel": {"exchange_id": "no exchange", "symbol_id": "no market"},
    "/api/user/verify": {**CARD, **PROOF},
    "/api/user/bind_ga": {"ga_code": "123456", **ORDER},
    "/api/user/bind_mobile": {**PHONE, "mobile_order_id": ORDER["order_id"], "mobile_verify_code": "123456", **ORDER},
    "/api/user/bind_email": {**EMAIL, "email_order_id": ORDER["order_id"], "email_verify_code": "123456", **ORDER},
    "/api/user/update_pwd": {"old_password": md5("wrong"), **TWICE},
    "/api/user/set_password": {**TWICE, **ORDER},
    "/api/user/api_key/create": {"account_type": "1", "account_index": "0", "type": "1", "tag": "x", **PROOF},
    "/api/user/api_key/update_ips": {"id": "1", "ip_white_list": "192.0.2.7", **PROOF},
    "/api/user/api_key/change_status": {"id": "1", "status": "1", **PROOF},
    "/api/user/api_key/delete": {"id": "1", **PROOF},
    "/api/user/trade_pwd/set": {"type": "1", "trade_pwd": TRADE, "trade_pwd2": TRADE, **ORDER},
    "/api/user/edit_anti_phishing_code": {"anti_phishing_code": "whale", **ORDER},
}
"""Each endpoint that takes a body, with one that is well-formed and refused for what it says."""
ODD: list[Any] = [None, True, -1, 1.5, 10**30, ["1"], {}, {"a": 1}, "\x00", "\ud800", "9" * 5000, "１２３", " "]
EACH = 2
"""So many odd values for each parameter beside those, others for the next one: all come to every kind of field."""
NUMBERS: dict[str, tuple[int, int]] = {
    "mobile": (31001, 31002), "email": (31004, 31005), "national_code": (31022, 31027), "password": (31011, 31013),
    "password1": (31011, 31013), "password2": (31011, 31013), "old_password": (31038, 31040), "verify_code": (31014, 30003),
    "ga_code": (31014, 30003), "mobile_verify_code": (31014, 30003), "email_verify_code": (31014, 30003),
    "response_type": (60030, 60030), "client_id": (60032, 60003), "redirect_uri": (60001, 60017), "state": (60001, 60002),
    "client_secret": (60033, 60002), "code": (60034, 60005), "tag": (31044, 30003), "ip_white_list": (31042, 31047),
    "nationality": (31028, 31029), "first_name": (31030, 31030), "second_name": (31031, 31031), "gender": (31032, 31032),
    "card_type": (31033, 31033), "card_no": (31034, 31035), "card_front_url": (31036, 31036), "card_hand_url": (31037, 31037),
    "trade_pwd": (31055, 31075), "trade_pwd2": (31055, 31012),
}  # fmt: skip
"""Parameter → its number where it is missing or empty, and where it is no good; 30003 for all others. Source: gaps.md, bhex."""
MAY_BE_NOTHING = {"captcha_id": 30003, "captcha_response": 30003, "is_oauth": 30003, "oauth_request_id": 60020,
                  "scope": 60002, "account_type": 30003, "account_index": 30003}  # fmt: skip
"""Parameters that may be left out or empty, each with its number where it is no good."""
PLAIN = 0
"""It is no fault: what the rest of the body says is refused."""
ELSEWHERE: dict[tuple[str, str], tuple[int, int, int]] = {
    ("/api/user/mobile_sign_up", "invite_code"): (31015, 31015, 31020),
    ("/api/user/email_sign_up", "invite_code"): (31016, 31016, 31020),
    ("/api/user/quick_sign_up", "invite_code"): (31015, 31015, 31020),
    ("/api/user/update_pwd", "password1"): (31039, 31039, 31013),
    ("/api/user/update_pwd", "password2"): (31039, 31039, 31013),
    ("/api/user/api_key/create", "type"): (PLAIN, PLAIN, 30003),
    ("/api/user/trade_pwd/set", "type"): (PLAIN, PLAIN, 30003),
    ("/api/common/send_verify_code", "email"): (PLAIN, PLAIN, 31005),
    ("/api/user/authorize_advance", "order_id"): (PLAIN, PLAIN, 30003),
    ("/api/user/find_pwd_check2", "order_id"): (PLAIN, PLAIN, 30003),
    ("/api/user/edit_anti_phishing_code", "anti_phishing_code"): (30003, PLAIN, 30003),
}
"""What one endpoint says otherwise of a parameter that is missing, empty, no good."""


def expected(path: str, name: str) -> tuple[int, int, int]:
    """The numbers of a parameter that is missing, empty, no good."""
    if (path, name) in ELSEWHERE:
        return ELSEWHERE[path, name]
    nothing, no_good = (PLAIN, MAY_BE_NOTHING[name]) if name in MAY_BE_NOTHING else NUMBERS.get(name, (30003, 30003))
    return nothing, nothing, no_good


def refused(browser: Browser, path: str, fields: dict[str, Any]) -> int:
    """The number that the body is refused with, whatever was asked for before."""
    cache.clear()
    AttemptCounter.objects.all().delete()
    answer = browser.call("POST", path, json.dumps(fields).encode(), "application/json")
    assert answer.status_code in {400, 429}, (path, fields, answer.content)
    told = answer.json()
    assert set(told) == {"code", "msg"}, path
    assert answer.headers["error_code"] == str(told["code"])
    return int(told["code"])


@pytest.mark.parametrize("bodies", [PUBLIC, OWN], ids=["public", "own"])
def test_each_parameter_that_is_no_good_has_its_number_and_changes_nothing(
    bodies: dict[str, dict[str, Any]], settings: Any
) -> None:
    browser = people.signed_up().browser if bodies is OWN else Browser()
    settings.CAPTCHA_AT = settings.CAPTCHA_DOORS  # the captcha is wrong: what else is in order stops there
    before, turn = odd.state(), 0
    for path, fields in bodies.items():
        plain = refused(browser, path, fields)
        for name in fields:
            missing, empty, no_good = expected(path, name)
            for value, number in ((MISSING, missing), ("", empty), ([], no_good), (LONG, no_good)):
                sent = {key: held for key, held in {**fields, name: value}.items() if held is not MISSING}
                assert refused(browser, path, sent) == (number or plain), (path, name, value)
            for value in (ODD[(turn + step) % len(ODD)] for step in range(EACH)):
                refused(browser, path, {**fields, name: value})
            turn += EACH
        for raw in (b"", b"[]", b"{"):
            assert browser.call("POST", path, raw, "application/json").status_code in {400, 429}, (path, raw)
    assert odd.state() == before


def test_every_endpoint_that_takes_a_body_stands_here() -> None:
    described = {
        f"/{pattern.pattern}"
        for pattern in urls.described
        for method, operation in pattern.callback.view_class.operations.items()  # type: ignore[attr-defined]  # each is a view's
        if method == "post" and operation.input is not None and operation.parsers != ("multipart",)
    }
    assert described - {"/api/user/authorize_log"} == {*PUBLIC, *OWN}
