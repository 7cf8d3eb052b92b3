"""How long bhex's codes live, how many tries they take, and that it stays with bhex's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from messaging.models import Code
from tests.dialects.bhex import people
from tests.dialects.bhex.people import DIGEST
from tests.factories_messaging import pass_time_for_resend

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_code_lives_ten_minutes_and_takes_five_tries_where_bhex_asked_and_as_ours_elsewhere(api: Any) -> None:
    person = people.somebody()
    shown = people.sms_code(person, 1)
    code = Code.objects.get()
    assert (code.attempts_left, code.expires_at - code.sent_at) == (5, timedelta(minutes=10))
    fields = {"national_code": "86", "mobile": person.mobile, "password1": DIGEST, "password2": DIGEST, **shown}
    for _ in range(5):
        answer = person.browser.post("/api/user/mobile_sign_up", {**fields, "verify_code": "000000"})
        assert answer.json()["code"] == 31015
    assert person.browser.post("/api/user/mobile_sign_up", fields).json()["code"] == 31015
    pass_time_for_resend()
    assert api.post("/api/v1/codes", {"purpose": "registration", "phone": person.phone}).status_code in {200, 201, 202}
    code.refresh_from_db()
    assert (code.attempts_left, code.expires_at - code.sent_at) == (3, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("path", "fields", "number"),
    [("/api/common/send_sms_verify_code", {"national_code": "86", "mobile": "{mobile}"}, 30003),
     ("/api/common/send_sms_verify_code", {"national_code": "86", "mobile": "{mobile}", "type": 99}, 30003),
     ("/api/common/send_sms_verify_code", {"national_code": "86", "mobile": "{mobile}", "type": 7}, 30000),
     ("/api/common/send_sms_verify_code", {"national_code": "86", "mobile": "", "type": 1}, 31001),
     ("/api/common/send_email_verify_code", {"email": "", "type": 1}, 31004),
     ("/api/common/send_email_verify_code", {"email": "x@", "type": 1}, 31005),
     ("/api/common/send_email_verify_code", {"email": "a" * 260 + "@example.com", "type": 1}, 31005),
     ("/api/common/send_verify_code", {"receiver_type": 2, "type": 1}, 31004),
     ("/api/common/send_verify_code", {"receiver_type": 3, "type": 1}, 30003),
     ("/api/user/send_verify_code", {"receiver_type": 1, "type": 7}, 30000),
     ("/api/user/send_verify_code/authorize_advance", {"receiver_type": 1, "request_id": "x" * 32}, 30010),
     ("/api/user/send_verify_code/authorize_advance", {"receiver_type": 1}, 30003)],
)  # fmt: skip
def test_what_asks_for_a_code_in_a_wrong_way_is_told_which_and_nothing_is_sent(
    path: str, fields: dict[str, Any], number: int
) -> None:
    person = people.somebody()
    filled = {name: person.mobile if value == "{mobile}" else value for name, value in fields.items()}
    answer = person.browser.post(path, filled)
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not Code.objects.exists()


@pytest.mark.parametrize(("kind", "receiver", "number"), [(1, 1, 30003), (8, 1, 30003), (14, 1, 30003), (7, 2, 31010)])
def test_a_signed_in_customer_asks_for_what_is_sent_here_to_what_is_bound(kind: int, receiver: int, number: int) -> None:
    person = people.signed_up()
    pass_time_for_resend()
    answer = person.browser.post("/api/user/send_verify_code", {"receiver_type": receiver, "type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, number)


def test_a_second_code_within_a_minute_is_refused_with_429() -> None:
    person = people.somebody()
    people.sms_code(person, 1)
    answer = person.browser.post(
        "/api/common/send_sms_verify_code", {"national_code": "86", "mobile": person.mobile, "type": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, 30016)
    assert int(answer.headers["Retry-After"]) > 0
