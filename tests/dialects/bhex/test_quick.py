"""Signing up and in by a code on bhex: the password is due where there is one, and nothing that is on is passed by."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError

from accounts.models import AttemptCounter, LoginRecord, PasswordForm, Session, User
from tests.client import Api
from tests.dialects.bhex import people
from tests.dialects.bhex.given_signing import by_code, quickly_signed_up, waiting_for_password
from tests.dialects.bhex.people import DIGEST, Browser, Person, md5
from tests.factories_accounts import bind_totp

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_UP, FIRST, SECOND = (f"/api/user/{name}" for name in ("quick_sign_up", "quick_authorize", "quick_authorize_advance"))
ADVANCE = "/api/user/authorize_advance"


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def user_of(person: Person) -> User:
    return User.objects.get(phone=person.phone)


def whole(person: Person) -> int:
    """How many whole sessions the customer has that a code began."""
    return Session.objects.filter(user=user_of(person), level="full", signed_in_by="code").count()


def without_password() -> Person:
    person = quickly_signed_up()
    person.browser = Browser()
    return person


def show(person: Person, request_id: str, password: str = DIGEST) -> Any:
    return person.browser.post(SECOND, {"request_id": request_id, "password": password})


def test_who_signs_up_by_code_has_no_password_and_is_signed_in() -> None:
    person = quickly_signed_up()
    assert person.browser.get("/api/user/get_base_info").json()["bindPassword"] is False
    assert not PasswordForm.objects.filter(user=user_of(person)).exists()


@pytest.mark.parametrize("way", ["mobile", "email"])
def test_both_ways_sign_up_and_in_and_what_belongs_to_the_other_is_not_looked_at(way: str) -> None:
    person = people.somebody()
    mine = {"mobile": {"national_code": "86", "mobile": person.mobile}, "email": {"email": person.email}}[way]
    rest = {"mobile": {"email": "-"}, "email": {"national_code": "x", "mobile": ""}}[way]
    code = people.sms_code if way == "mobile" else people.email_code
    assert person.browser.post(SIGN_UP, {"register_type": way, **mine, **rest, **code(person, 21)}).status_code == 200
    answer = Browser().post(FIRST, {"login_type": way, **mine, **rest, **code(person, 22)})
    assert (answer.json()["needCheckPassword"], answer.json()["user"]["registerType"]) == (
        False,
        {"mobile": 1, "email": 2}[way],
    )
    assert answer.cookies["au_token"].value


def test_without_a_password_the_code_signs_in_at_once() -> None:
    person = without_password()
    told = person.browser.post(FIRST, by_code(person)).json()
    assert (told["needCheckPassword"], told["need2FA"], told["requestId"]) == (False, False, "")
    assert person.browser.get("/api/user/get_base_info").json()["userId"] == told["user"]["userId"]


def test_with_a_password_the_code_opens_nothing_until_the_password_is_shown() -> None:
    person = people.signed_up()
    told = waiting_for_password(person)
    assert (told["needCheckPassword"], told["need2FA"], told["user"], len(told["requestId"])) == (True, False, None, 32)
    assert "au_token" not in person.browser.client.cookies
    assert whole(person) == 0
    answer = show(person, told["requestId"])
    assert answer.json()["bindPassword"] is True
    assert answer.cookies["au_token"]["httponly"]
    assert whole(person) == 1
    assert show(person, told["requestId"]).json()["code"] == 30010


def test_an_authenticator_is_due_after_code_and_password_both() -> None:
    person = people.signed_up()
    app = bind_totp(user_of(person), password=people.PASSWORD)
    first = waiting_for_password(person)
    assert (first["needCheckPassword"], first["need2FA"], first["authType"], first["bindGA"]) == (True, True, "GA", True)
    early = person.browser.post(ADVANCE, {"request_id": first["requestId"], "auth_type": 3, "verify_code": app.code()})
    assert early.json()["code"] == 31102
    second = show(person, first["requestId"])
    told = second.json()
    assert (told["need2FA"], told["authType"], told["user"], len(told["requestId"])) == (True, "GA", None, 32)
    assert "au_token" not in second.cookies
    assert whole(person) == 0
    shown = {"request_id": told["requestId"], "auth_type": 3, "verify_code": app.code()}
    assert person.browser.post(ADVANCE, shown).status_code == 200
    assert whole(person) == 1


def test_without_a_password_an_authenticator_is_due_after_the_code() -> None:
    person = people.signed_up()
    app = bind_totp(user_of(person), password=people.PASSWORD)
    PasswordForm.objects.filter(user=user_of(person)).delete()
    first = waiting_for_password(person)
    assert (first["needCheckPassword"], first["need2FA"], first["authType"], first["user"]) == (False, True, "GA", None)
    assert show(person, first["requestId"]).json()["code"] == 30020
    shown = {"request_id": first["requestId"], "auth_type": 3, "verify_code": app.code()}
    assert person.browser.post(ADVANCE, shown).status_code == 200
    assert whole(person) == 1


@pytest.mark.parametrize(("channel", "due"), [("phone", False), ("email", True)])
def test_a_code_that_the_customer_turned_on_is_due_unless_it_was_the_first_proof(channel: str, due: bool) -> None:
    person = people.signed_up()
    User.objects.filter(phone=person.phone).update(second_factor_channel=channel, email=person.email)
    first = waiting_for_password(person)
    assert (first["needCheckPassword"], first["need2FA"]) == (True, due)
    told = show(person, first["requestId"]).json()
    assert told.get("authType", "") == ("EMAIL" if due else "")
    assert whole(person) == (0 if due else 1)
    if due:
        assert person.browser.post(ADVANCE, people.login_code(person, told["requestId"], 2)).status_code == 200
        assert whole(person) == 1


def test_wrong_passwords_after_a_code_count_with_all_others_of_the_name_and_lock_it() -> None:
    person = people.signed_up()
    names = {"national_code": "86", "mobile": person.mobile}
    for number in (31019, 31048):
        assert Browser().post("/api/user/mobile_authorize", {**names, "password": md5("x")}).json()["code"] == number
    first = waiting_for_password(person)
    assert AttemptCounter.objects.get(scope="name").failures == 2, "the code alone forgets nothing"
    for number in (31049, 31050, 31051, 31052):
        assert show(person, first["requestId"], md5("x")).json()["code"] == number
    assert show(person, first["requestId"]).json()["code"] == 31052
    assert Browser().post("/api/user/mobile_authorize", {**names, "password": DIGEST}).json()["code"] == 31052
    code = people.sms_code(person, 22)
    assert Browser().post(FIRST, {"login_type": "mobile", **names, **code}).json()["code"] == 31052
    assert whole(person) == 0
    assert LoginRecord.objects.filter(user=user_of(person), act="login_failed").count() == 5


def test_the_second_step_takes_the_password_as_text_too() -> None:
    person = people.signed_up()
    assert show(person, waiting_for_password(person)["requestId"], people.PASSWORD).status_code == 200
    assert whole(person) == 1


def test_the_right_password_forgets_the_failures() -> None:
    person = people.signed_up()
    first = waiting_for_password(person)
    assert show(person, first["requestId"], md5("x")).json()["code"] == 31019
    assert show(person, first["requestId"]).status_code == 200
    assert not AttemptCounter.objects.filter(scope="name").exists()


def test_a_log_in_by_password_takes_no_password_again_and_one_by_code_sends_no_second_code() -> None:
    person = people.signed_up()
    by_password = people.waiting(person)["requestId"]
    assert show(person, by_password).json()["code"] == 30020
    request_id = waiting_for_password(person)["requestId"]
    fields = {"receiver_type": 1, "request_id": request_id}
    assert person.browser.post("/api/user/send_verify_code/authorize_advance", fields).json()["code"] == 31102


def test_a_password_changed_meanwhile_ends_the_log_in_that_waits() -> None:
    person = people.signed_up()
    request_id = waiting_for_password(person)["requestId"]
    Session.objects.filter(user=user_of(person), due="password").update(
        ended_at="2026-01-01T00:00Z", end_cause="password_changed"
    )
    assert show(person, request_id).json()["code"] == 30010


def test_a_log_in_that_waits_for_the_password_opens_nothing_natively(api: Api) -> None:
    person = people.signed_up()
    request_id = waiting_for_password(person)["requestId"]
    assert api.post("/api/v1/sessions/second-factor", {"code": "000000"}, token=request_id).status_code == 401
    assert api.get("/api/v1/me", token=request_id).status_code == 401


def test_a_code_of_another_sending_or_type_signs_nobody_in() -> None:
    person, other = without_password(), people.somebody()
    foreign = people.sms_code(other, 21)["order_id"]
    fields = by_code(person)
    assert person.browser.post(FIRST, {**fields, "order_id": foreign}).json()["code"] == 31015
    assert person.browser.post(SIGN_UP, {**fields, "register_type": "mobile"}).json()["code"] == 31015
    assert whole(person) == 0
    assert person.browser.post(FIRST, fields).status_code == 200
    assert person.browser.post(FIRST, fields).json()["code"] == 31015, "a code is good once"


def test_known_and_unknown_numbers_fail_alike() -> None:
    known, unknown = without_password(), people.somebody()
    told = []
    for person in (known, unknown):
        fields = {"login_type": "mobile", "national_code": "86", "mobile": person.mobile, "order_id": "1" * 16}
        told.append([Browser().post(FIRST, {**fields, "verify_code": "000000"}).json()["code"] for _ in range(6)])
    assert told[0] == told[1] == [31015] * 5 + [31052]


@pytest.mark.parametrize("way", ["register_type", "login_type"])
@pytest.mark.parametrize(
    ("change", "number"),
    [({"way": "pigeon"}, 30003), ({"mobile": "1" * 25}, 31002), ({"way": "email"}, 31004),
     ({"way": "email", "email": "x@"}, 31005), ({"verify_code": "000000"}, 31015), ({"is_oauth": "maybe"}, 30003)],
)  # fmt: skip
def test_what_is_wrong_in_any_part_is_told_which_and_opens_nothing(way: str, change: dict[str, Any], number: int) -> None:
    person = people.somebody() if way == "register_type" else without_password()
    kind, path = (21, SIGN_UP) if way == "register_type" else (22, FIRST)
    named = {way if name == "way" else name: value for name, value in change.items()}
    fields = {way: "mobile", "national_code": "86", "mobile": person.mobile, **people.sms_code(person, kind), **named}
    answer = person.browser.post(path, {name: value for name, value in fields.items() if value is not None})
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not Session.objects.exclude(signed_in_by="registration").exists()
    assert not User.objects.filter(phone=person.phone).exists() or way == "login_type"


@pytest.mark.parametrize(
    ("change", "number"),
    [({"request_id": "é"}, 30010), ({"request_id": "x" * 32}, 30010), ({"password": "x" * 1025}, 31013),
     ({"password": "x"}, 31019)],
)  # fmt: skip
def test_a_second_step_that_is_wrong_in_any_part_opens_nothing(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    fields = {"request_id": waiting_for_password(person)["requestId"], "password": DIGEST, **change}
    answer = person.browser.post(SECOND, {name: value for name, value in fields.items() if value is not None})
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert whole(person) == 0


@pytest.mark.parametrize(
    ("raw", "number"),
    [("[]", 30003), ('"x"', 30003), ('{"login_type": ["mobile"]}', 31014), ('{"login_type": "mobile", "mobile": {}}', 31002)],
)
def test_a_body_of_another_form_is_refused(raw: str, number: int) -> None:
    answer = Browser().call("POST", FIRST, raw.encode(), "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, number)


def test_no_session_waits_for_a_password_without_saying_by_which_way_the_code_came() -> None:
    person = people.signed_up()
    waiting_for_password(person)
    with pytest.raises(IntegrityError, match="accounts_session_password_after_code"):
        Session.objects.filter(due="password").update(shown="")
