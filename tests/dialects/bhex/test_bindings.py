"""Binding an authenticator, a phone and an email on bhex, and all that must not bind them."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.services import totp
from config.kit.clock import now
from tests.dialects.bhex import people
from tests.dialects.bhex.given_security import email_fields, mobile_fields, seed, with_authenticator, with_both
from tests.dialects.bhex.people import Person

pytestmark = pytest.mark.django_db
CODE_LIFETIME = timedelta(seconds=601)
OVERLONG, WRONG_ORDER = "9" * 41, "1000000000000001"


def user_of(person: Person) -> User:
    return User.objects.get(phone=person.phone)


def refused(person: Person, path: str, fields: dict[str, Any]) -> int:
    answer = person.browser.post(path, fields)
    assert answer.status_code == 400, answer.content
    return int(answer.json()["code"])


def changed(fields: dict[str, Any], name: str, value: str | None) -> dict[str, Any]:
    """The fields with one of another value, or without it."""
    kept = {key: held for key, held in fields.items() if key != name}
    return kept if value is None else {**kept, name: value}


def test_the_picture_is_a_png_of_the_seed_and_a_second_seed_voids_the_first() -> None:
    person = people.signed_up()
    first = person.browser.post("/api/user/before_bind_ga").json()
    assert base64.b64decode(first["qrcode"]).startswith(b"\x89PNG")
    label, _, rest = first["authUrl"].removeprefix("otpauth://totp/").partition("?")
    assert (label, rest) == (f"Quaestor%3A186****{person.mobile[-4:]}", f"secret={first['secretKey']}&issuer=Quaestor")
    app, void = seed(person), totp.current_code(base64.b32decode(first["secretKey"]))
    assert refused(person, "/api/user/bind_ga", {"ga_code": void, **people.own_code(person, 7)}) == 31024
    fields = {"ga_code": app.code(), **people.own_code(person, 7)}
    assert person.browser.post("/api/user/bind_ga", fields).json() == {"success": True}


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("ga_code", "000000", 31024), ("order_id", "12a", 30003), ("order_id", "0", 31015), ("order_id", WRONG_ORDER, 31015),
     ("verify_code", "000000", 31015)],
)  # fmt: skip
def test_an_authenticator_is_bound_by_everything_that_is_asked_for(name: str, value: str | None, number: int) -> None:
    person = people.signed_up()
    fields = {"ga_code": seed(person).code(), **people.own_code(person, 7)}
    assert refused(person, "/api/user/bind_ga", changed(fields, name, value)) == number
    assert totp.bound(user_of(person)) is None


def test_the_steps_to_an_authenticator_are_gone_in_order_and_once() -> None:
    person = people.signed_up()
    code = people.own_code(person, 7)
    assert refused(person, "/api/user/bind_ga", {"ga_code": "123456", **code}) == 30019
    bound, app = with_authenticator()
    assert refused(bound, "/api/user/before_bind_ga", {}) == 31025
    assert refused(bound, "/api/user/bind_ga", {"ga_code": app.code(), **code}) == 31025
    assert refused(bound, "/api/user/send_verify_code", {"receiver_type": 1, "type": 7}) == 31010


def test_a_code_of_another_type_or_another_customer_binds_no_authenticator() -> None:
    person, other = people.signed_up(), people.signed_up()
    ga_code = seed(person).code()
    for code in (people.own_code(person, 15), people.own_code(other, 7)):
        assert refused(person, "/api/user/bind_ga", {"ga_code": ga_code, **code}) == 31015
    assert totp.bound(user_of(person)) is None


def test_a_code_that_is_too_old_is_refused_in_the_name_of_its_own_channel() -> None:
    person = people.signed_up()
    code = people.own_code(person, 7)
    with time_machine.travel(now() + CODE_LIFETIME, tick=False):
        assert refused(person, "/api/user/bind_ga", {"ga_code": seed(person).code(), **code}) == 31015


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("national_code", OVERLONG, 31027), ("mobile", "12ab", 31002), ("mobile", "18600009999", 31015),
     ("mobile_order_id", WRONG_ORDER, 31015), ("mobile_verify_code", "000000", 31015), ("order_id", "0", 30003),
     ("order_id", WRONG_ORDER, 31016), ("verify_code", "000000", 31016)],
)  # fmt: skip
def test_a_phone_is_bound_by_everything_that_is_asked_for(name: str, value: str | None, number: int) -> None:
    person = people.signed_up("email")
    fields = changed(mobile_fields(person), name, value)
    assert refused(person, "/api/user/bind_mobile", fields) == number
    assert User.objects.get(email=person.email).phone is None


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("email", "x@", 31005), ("email", "other@example.com", 31016), ("email_order_id", WRONG_ORDER, 31016),
     ("email_verify_code", "000000", 31016), ("order_id", WRONG_ORDER, 31015), ("verify_code", "000000", 31015)],
)  # fmt: skip
def test_an_email_is_bound_by_everything_that_is_asked_for(name: str, value: str | None, number: int) -> None:
    person = people.signed_up()
    fields = changed(email_fields(person), name, value)
    assert refused(person, "/api/user/bind_email", fields) == number
    assert user_of(person).email is None


def test_an_email_is_bound_once_and_the_answer_repeats_the_order_of_its_code() -> None:
    person = people.signed_up()
    fields = email_fields(person)
    answer = person.browser.post("/api/user/bind_email", fields)
    assert answer.json() == {"success": True, "orderId": fields["email_order_id"]}
    assert user_of(person).email == person.email
    assert refused(person, "/api/user/bind_email", fields) == 30020
    assert refused(person, "/api/user/bind_email", {**fields, "email": "second@example.com"}) == 30020


def test_an_email_that_another_has_is_answered_like_one_with_a_wrong_code() -> None:
    owner, person = with_both(), people.signed_up()
    made = people.order(person.browser, "/api/common/send_email_verify_code", {"email": owner.email, "type": 6})
    fields = {"email": owner.email, "email_order_id": made, "email_verify_code": "123456", **people.own_code(person, 6)}
    assert refused(person, "/api/user/bind_email", fields) == 31016
    assert user_of(person).email is None


def test_who_has_an_authenticator_binds_with_its_code_and_no_order() -> None:
    person, app = with_authenticator()
    new = people.email_code(person, 6)
    fields = {"email": person.email, "email_order_id": new["order_id"], "email_verify_code": new["verify_code"]}
    assert refused(person, "/api/user/bind_email", {**fields, "order_id": "0", "verify_code": "000000"}) == 31024
    answer = person.browser.post("/api/user/bind_email", {**fields, "order_id": "0", "verify_code": app.code()})
    assert answer.json()["success"] is True
