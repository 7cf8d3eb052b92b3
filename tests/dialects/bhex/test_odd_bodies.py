"""Bodies that no client sends: each is refused with a number, and nothing breaks or changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import PasswordForm, User
from tests.dialects.bhex import people
from tests.dialects.bhex.given_passwords import TRADE
from tests.dialects.bhex.people import DIGEST, md5

pytestmark = pytest.mark.django_db
ORDER = {"order_id": "1000000000000001", "verify_code": "123456"}
TWICE = {"password1": md5("another"), "password2": md5("another")}
PHONE, EMAIL = {"national_code": "86", "mobile": "18600009999"}, {"email": "somebody@example.com"}
BODIES: dict[str, dict[str, Any]] = {
    "bind_ga": {"ga_code": "123456", **ORDER},
    "bind_mobile": {**PHONE, "mobile_order_id": ORDER["order_id"], "mobile_verify_code": "123456", **ORDER},
    "bind_email": {**EMAIL, "email_order_id": ORDER["order_id"], "email_verify_code": "123456", **ORDER},
    "mobile_find_pwd_check": {**PHONE, **ORDER},
    "email_find_pwd_check": {**EMAIL, **ORDER},
    "mobile_find_pwd_check1": {**PHONE, **ORDER},
    "email_find_pwd_check1": {**EMAIL, **ORDER},
    "send_verify_code/find_pwd": {"request_id": "x" * 43},
    "find_pwd_check2": {"request_id": "x" * 43, **ORDER},
    "find_pwd": {"request_id": "x" * 43, **TWICE},
    "update_pwd": {"old_password": DIGEST, **TWICE},
    "set_password": {**TWICE, **ORDER},
    "trade_pwd/set": {"type": "1", "trade_pwd": TRADE, "trade_pwd2": TRADE, **ORDER},
    "edit_anti_phishing_code": {"anti_phishing_code": "whale", **ORDER},
}
ODD: list[Any] = [None, True, -1, 1.5, 10**30, [], ["1"], {}, {"a": 1}, "\x00", "\ud800", "x" * 2000, "１２３", " "]


@pytest.mark.parametrize("path", BODIES)
def test_no_odd_value_breaks_anything(path: str) -> None:
    person = people.signed_up()
    user = User.objects.get(phone=person.phone)
    before = set(PasswordForm.objects.values_list("encoded", flat=True))
    for name in BODIES[path]:
        for odd in ODD:
            raw = json.dumps({**BODIES[path], name: odd}).encode()
            answer = person.browser.call("POST", f"/api/user/{path}", raw, "application/json")
            assert answer.status_code in {400, 429}, (name, odd, answer.content)
            assert set(answer.json()) == {"code", "msg"}, (name, odd)
    for raw in (b"", b"[]", b"{", b"null"):
        assert person.browser.call("POST", f"/api/user/{path}", raw, "application/json").status_code == 400
    assert set(PasswordForm.objects.values_list("encoded", flat=True)) == before
    user.refresh_from_db()
    assert (user.email, user.anti_phishing_phrase) == (None, "")
