"""How long bhex's codes live, how many tries they take, and that it stays with bhex's."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.api.bhex.code_inputs import PURPOSES
from accounts.models import Session, User
from messaging.errors import WrongCode
from messaging.models import Code
from messaging.services import codes
from tests.dialects.bhex import given_security, people
from tests.dialects.bhex.people import DIGEST, Browser
from tests.factories_messaging import pass_time_for_resend, read_code

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


@pytest.mark.parametrize(("kind", "receiver", "number"), [(1, 1, 30003), (3, 1, 30003), (22, 1, 30003), (7, 2, 31100)])
def test_a_signed_in_customer_asks_for_what_is_sent_here_to_what_is_bound(kind: int, receiver: int, number: int) -> None:
    person = people.signed_up()
    pass_time_for_resend()
    answer = person.browser.post("/api/user/send_verify_code", {"receiver_type": receiver, "type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, number)


def test_every_type_that_a_signed_in_customer_may_ask_for_is_sent_and_an_authenticator_takes_the_place_of_all() -> None:
    person = people.signed_up()
    kinds = [kind for kind in PURPOSES if kind not in {1, 3, 21, 22, 25}]
    for kind in kinds:
        assert len(people.own_code(person, kind)["order_id"]) == 16, kind
    told = read_code(person.phone)
    app = given_security.seed(person)
    code = people.own_code(person, 7)
    assert person.browser.post("/api/user/bind_ga", {"ga_code": app.code(), **code}).json() == {"success": True}
    assert told != code["verify_code"]
    for kind in (8, 7):
        answer = person.browser.post("/api/user/send_verify_code", {"receiver_type": 1, "type": kind})
        assert (answer.status_code, answer.json()["code"]) == (400, 31010)


def test_a_code_for_what_moves_money_is_the_sessions_and_confirms_nothing_that_is_named(api: Any) -> None:
    person = people.signed_up()
    user = User.objects.get(phone=person.phone)
    session = Session.objects.get(user=user)
    for kind, purpose in ((8, "trusted_address"), (9, "trusted_address_remove"), (14, "withdrawal"), (20, "payment")):
        sent = people.own_code(person, kind)
        shown = {"purpose": purpose, "channel": "sms", "destination": person.phone, "code": sent["verify_code"], "user": user}
        for bound in ({}, {"context": "withdrawal:1:1:T:"}, {"session": str(uuid.uuid4())}):
            with pytest.raises(WrongCode):
                codes.verify(**shown, **bound)
        codes.verify(**shown, session=str(session.public_id), order=sent["order_id"])
    stranger = Browser().post("/api/common/send_sms_verify_code", {"national_code": "86", "mobile": person.mobile, "type": 8})
    assert stranger.json()["code"] == 30000


def test_cookies_of_a_session_that_is_over_keep_nobody_from_asking_for_a_public_code() -> None:
    person = people.somebody()
    person.browser.client.cookies.load({"au_token": "x" * 43, "user_id": "1"})
    people.sms_code(person, 1)
    path, named = "/api/common/send_sms_verify_code", {"national_code": "86", "mobile": person.mobile}
    answer = person.browser.post(path, {**named, "type": 5})
    assert (answer.json()["code"], answer.cookies["au_token"]["max-age"]) == (30000, 0)


def test_who_has_no_phone_is_told_to_bind_one_where_a_code_should_go_there() -> None:
    person = people.signed_up("email")
    assert person.browser.post("/api/user/send_sms_verify_code", {"type": 7}).json()["code"] == 31101


def test_a_second_code_within_a_minute_is_refused_with_429() -> None:
    person = people.somebody()
    people.sms_code(person, 1)
    answer = person.browser.post(
        "/api/common/send_sms_verify_code", {"national_code": "86", "mobile": person.mobile, "type": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, 30016)
    assert int(answer.headers["Retry-After"]) > 0
