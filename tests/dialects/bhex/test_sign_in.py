"""Signing up and in on bhex, and all that must not open the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import override_settings

from accounts.models import AttemptCounter, Session, User
from config.kit.clock import now
from tests.dialects.bhex import people
from tests.dialects.bhex.given_security import with_both
from tests.dialects.bhex.people import DIGEST, Browser, md5
from tests.factories_accounts import bind_totp, customer
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db(transaction=True)
SEQUENCE = [31019, 31048, 31049, 31050, 31051, 31052, 31052]


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("door", ["mobile_authorize", "email_authorize", "authorize"])
def test_wrong_passwords_are_numbered_the_same_for_known_and_unknown_names(known: bool, door: str) -> None:
    person = people.signed_up("email" if door == "email_authorize" else "mobile") if known else people.somebody()
    names = {
        "mobile_authorize": {"national_code": "86", "mobile": person.mobile},
        "email_authorize": {"email": person.email},
        "authorize": {"username": person.mobile},
    }[door]
    browser = Browser()
    told = [browser.post(f"/api/user/{door}", {**names, "password": md5(f"wrong {n}")}) for n in range(7)]
    assert [answer.json()["code"] for answer in told] == SEQUENCE
    assert {answer.status_code for answer in told} == {400}
    right = browser.post(f"/api/user/{door}", {**names, "password": DIGEST})
    assert right.json()["code"] == 31052
    counter = AttemptCounter.objects.get(scope="name", failures=5)
    assert counter.locked_until is not None
    assert (counter.locked_until - counter.last_at).total_seconds() > 23 * 3_600


def test_who_signs_up_is_signed_in_and_signs_in_natively_with_the_same_password(api: Any) -> None:
    person = people.signed_up()
    user = User.objects.get(phone=person.phone)
    assert set(person.browser.client.cookies) >= {"au_token", "user_id", "account_id", "c_token"}
    assert person.browser.client.cookies["au_token"]["httponly"]
    answer = api.post("/api/v1/sessions", {"login": person.phone, "password": people.PASSWORD})
    assert (answer.status_code, answer.json()["level"]) == (201, "full")
    assert Session.objects.filter(user=user, level="full").count() == 2


def test_each_log_in_has_a_second_step_and_is_whole_after_it() -> None:
    person = people.signed_up()
    first = people.waiting(person)
    assert len(first["requestId"]) == 32
    assert (first["need2FA"], first["authType"], first["user"]) == (True, "MOBILE", None)
    assert "au_token" not in person.browser.client.cookies
    answer = person.browser.post("/api/user/authorize_advance", people.login_code(person, first["requestId"]))
    assert answer.status_code == 200, answer.content
    assert answer.json()["userId"] == str(User.objects.get(phone=person.phone).uid)
    again = person.browser.post(
        "/api/user/authorize_advance", {"request_id": first["requestId"], "auth_type": 3, "verify_code": 1}
    )
    assert again.json()["code"] == 30010


def test_the_second_step_goes_the_way_of_the_sign_up_until_an_authenticator_is_bound() -> None:
    by_mobile, by_email = with_both(), people.signed_up("email")
    first = people.waiting(by_mobile)
    assert (first["authType"], first["bindMobile"], first["bindEmail"], first["bindGA"]) == ("MOBILE", True, True, False)
    User.objects.filter(email=by_email.email).update(phone=by_email.phone)
    named = {"email": by_email.email, "password": DIGEST}
    first = Browser().post("/api/user/email_authorize", named).json()
    assert (first["authType"], first["bindMobile"], first["bindEmail"]) == ("EMAIL", True, True)
    bind_totp(User.objects.get(email=by_email.email), password=people.PASSWORD)
    first = Browser().post("/api/user/email_authorize", named).json()
    assert (first["authType"], first["bindGA"]) == ("GA", True)


def test_a_log_in_waits_two_hours_for_its_second_step() -> None:
    person = people.signed_up()
    fields = {"request_id": people.waiting(person)["requestId"], "auth_type": 3, "verify_code": "000000"}
    for minutes, number in ((119, 31024), (121, 30010)):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            assert person.browser.post("/api/user/authorize_advance", fields).json()["code"] == number


@pytest.mark.parametrize(
    ("change", "number"),
    [({"verify_code": "000000"}, 31015), ({"order_id": "1000000000000001"}, 31015), ({"order_id": ""}, 30003),
     ({"auth_type": 2}, 31016), ({"auth_type": 3}, 31024), ({"request_id": "x" * 32}, 30010), ({"request_id": "é"}, 30010)],
)  # fmt: skip
def test_a_second_step_that_is_wrong_in_any_part_opens_nothing(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    request_id = people.waiting(person)["requestId"]
    shown = {**people.login_code(person, request_id), **change}
    answer = person.browser.post("/api/user/authorize_advance", shown)
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not Session.objects.filter(level="full").exclude(signed_in_by="registration").exists()


def test_the_order_of_somebody_else_makes_a_right_code_wrong() -> None:
    other, person = people.somebody(), people.somebody()
    foreign, mine = people.sms_code(other, 1), people.sms_code(person, 1)
    fields = {"national_code": "86", "mobile": person.mobile, "password1": DIGEST, "password2": DIGEST,
              "verify_code": mine["verify_code"], "order_id": foreign["order_id"]}  # fmt: skip
    answer = person.browser.post("/api/user/mobile_sign_up", fields)
    assert answer.json()["code"] == 31015
    assert not User.objects.filter(phone=person.phone).exists()
    assert person.browser.post("/api/user/mobile_sign_up", {**fields, "order_id": mine["order_id"]}).status_code == 200


def test_a_number_without_its_country_is_found_where_it_is_one_accounts_alone(settings: Any) -> None:
    person = people.signed_up()
    for name in (person.mobile, f"86.{person.mobile}", f"+86{person.mobile}"):
        answer = Browser().post("/api/user/authorize", {"username": name, "password": DIGEST})
        assert answer.json().get("need2FA") is True, name
    User.objects.filter(phone=person.phone).update(phone=f"+1{person.mobile}")
    twin = people.signed_up()
    User.objects.filter(phone=twin.phone).update(phone=person.phone)
    assert Browser().post("/api/user/authorize", {"username": person.mobile, "password": DIGEST}).json()["code"] == 31019
    assert Browser().post("/api/user/authorize", {"username": f"86.{person.mobile}", "password": DIGEST}).json()["need2FA"]


def test_both_cookies_are_needed_and_must_be_of_one_customer() -> None:
    person, other = people.signed_up(), people.signed_up()
    path, fields = "/api/user/send_verify_code", {"receiver_type": 1, "type": 7}
    person.browser.client.cookies["user_id"] = other.browser.client.cookies["user_id"].value
    assert person.browser.post(path, fields).json()["code"] == 30000
    other.browser.client.cookies.pop("user_id")
    assert other.browser.post(path, fields).json()["code"] == 30000


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [({}, True), ({"Sec_Fetch_Site": "same-origin"}, True), ({"Sec_Fetch_Site": "cross-site"}, False),
     ({"Origin": "https://evil.example"}, False), ({"Sec_Fetch_Site": "same-site", "Origin": "https://evil.example"}, False)],
)  # fmt: skip
def test_a_page_of_another_site_moves_nothing_with_the_customers_cookies(headers: dict[str, str], allowed: bool) -> None:
    person = people.signed_up()
    pass_time_for_resend()
    answer = person.browser.post("/api/user/send_verify_code", {"receiver_type": 1, "type": 7}, **headers)
    assert answer.status_code == (200 if allowed else 400)


@override_settings(BHEX_C_TOKEN_REQUIRED=True)
def test_in_strict_mode_the_page_repeats_the_token_of_its_own_session() -> None:
    person, other = people.signed_up(), people.signed_up()
    pass_time_for_resend()
    path, fields = "/api/user/send_verify_code", {"receiver_type": 1, "type": 7}
    mine, foreign = (one.browser.client.cookies["c_token"].value for one in (person, other))
    for wrong in ("", "x", foreign):
        assert person.browser.post(f"{path}?c_token={wrong}", fields).json()["code"] == 30080
    assert person.browser.post(f"{path}?c_token={mine}", fields).status_code == 200
    for header in ({"X_C_TOKEN": mine}, {"C_TOKEN": mine}):
        pass_time_for_resend()
        assert person.browser.post(path, fields, **header).status_code == 200
    pass_time_for_resend()
    assert person.browser.post(path, {**fields, "c_token": foreign}).json()["code"] == 30080
    assert person.browser.post(path, {**fields, "c_token": mine}).status_code == 200
    assert person.browser.post("/api/user/api_keys", {"c_token": mine}).status_code == 200
    upload = {"upload_image_file": SimpleUploadedFile("x.png", b"x")}
    assert person.browser.upload("/api/user/upload_image", {**upload, "c_token": mine}).json()["code"] == 31053
    video = {"upload_video_file": SimpleUploadedFile("x.mp4", b"x")}
    assert person.browser.upload("/api/user/upload_video", {**video, "c_token": mine}).json()["code"] == 30080
    assert person.browser.upload(f"/api/user/upload_video?c_token={mine}", video).json()["code"] == 31053


def test_the_owners_own_device_is_locked_by_its_own_failures_and_by_no_strangers() -> None:
    person = people.signed_up()
    names = {"username": person.mobile}
    for n in range(5):
        Browser().post("/api/user/authorize", {**names, "password": md5(f"wrong {n}")})
    assert Browser().post("/api/user/authorize", {**names, "password": DIGEST}).json()["code"] == 31052
    assert person.browser.post("/api/user/authorize", {**names, "password": DIGEST}).json()["need2FA"] is True
    told = [person.browser.post("/api/user/authorize", {**names, "password": md5("wrong")}).json()["code"] for _ in range(6)]
    assert told == SEQUENCE[:6]
    assert person.browser.post("/api/user/authorize", {**names, "password": DIGEST}).json()["code"] == 31052


def test_the_door_for_emails_is_for_emails_alone() -> None:
    person = people.signed_up("email")
    user = User.objects.get(email=person.email)
    User.objects.filter(pk=user.pk).update(username="somebody")
    for name in ("somebody", str(user.uid), "nobody"):
        answer = Browser().post("/api/user/email_authorize", {"email": name, "password": DIGEST})
        assert (answer.status_code, answer.json()["code"]) == (400, 31005)
    assert not AttemptCounter.objects.filter(scope="name").exists()


@pytest.mark.parametrize("by", ["mobile", "email"])
def test_an_address_that_got_an_account_meanwhile_is_told_by_its_own_number(by: str) -> None:
    person = people.somebody()
    mine = {"national_code": "86", "mobile": person.mobile} if by == "mobile" else {"email": person.email}
    code = people.sms_code(person, 1) if by == "mobile" else people.email_code(person, 1)
    faster = person.phone if by == "mobile" else person.email
    User.objects.filter(pk=customer().pk).update(**{"phone" if by == "mobile" else "email": faster})
    answer = person.browser.post(f"/api/user/{by}_sign_up", {**mine, "password1": DIGEST, "password2": DIGEST, **code})
    assert (answer.status_code, answer.json()["code"]) == (400, 31003 if by == "mobile" else 31006)
    User.objects.filter(Q(phone=faster) | Q(email=faster)).update(phone="+8613000000000", email="faster@example.com")
    again = person.browser.post(f"/api/user/{by}_sign_up", {**mine, "password1": DIGEST, "password2": DIGEST, **code})
    assert again.json()["code"] == (31015 if by == "mobile" else 31016), "the code is spent"


@pytest.mark.parametrize(("status", "number"), [("locked", 31079), ("suspended", 31021)])
def test_a_frozen_account_and_a_disabled_one_are_told_apart_to_who_knows_the_password(status: str, number: int) -> None:
    person = people.signed_up()
    User.objects.filter(phone=person.phone).update(status=status)
    fields = {"national_code": "86", "mobile": person.mobile, "password": DIGEST}
    answer = Browser().post("/api/user/mobile_authorize", fields)
    assert (answer.status_code, answer.json()["code"]) == (400, number)


def test_where_captchas_are_due_at_every_door_the_code_alone_asks_for_one(settings: Any) -> None:
    """The document has a place for a captcha where a code is asked for and with a password, and nowhere else."""
    newcomer, quick = people.somebody(), people.somebody()
    both = {"password1": DIGEST, "password2": DIGEST}
    fields = {"national_code": "86", "mobile": newcomer.mobile, **both, **people.sms_code(newcomer, 1)}
    shown = {"register_type": "mobile", "national_code": "86", "mobile": quick.mobile, **people.sms_code(quick, 21)}
    settings.CAPTCHA_AT = settings.CAPTCHA_DOORS
    assert newcomer.browser.post("/api/user/mobile_sign_up", fields).status_code == 200
    assert quick.browser.post("/api/user/quick_sign_up", shown).status_code == 200
    named = {"national_code": "86", "mobile": newcomer.mobile}
    for kind in (1, 3, 21, 22):
        assert Browser().post("/api/common/send_sms_verify_code", {**named, "type": kind}).json()["code"] == 30005
    assert Browser().post("/api/user/mobile_authorize", {**named, "password": DIGEST}).json()["code"] == 30005
    shown = {"login_type": "mobile", **named, "order_id": "1" * 16, "verify_code": "000000"}
    assert Browser().post("/api/user/quick_authorize", shown).json()["code"] == 31015


def test_an_unescaped_plus_in_an_address_is_a_plus() -> None:
    person = people.somebody()
    address = f"plus+{person.number}@example.com"
    made = people.order(person.browser, "/api/common/send_email_verify_code", {"email": address, "type": 1})
    fields = {"email": address, "password1": DIGEST, "password2": DIGEST, "order_id": made, "verify_code": read_code(address)}
    assert person.browser.post("/api/user/email_sign_up", fields).status_code == 200
    assert User.objects.filter(email=address).exists()
    for door, name in (("email_authorize", "email"), ("authorize", "username")):
        assert Browser().post(f"/api/user/{door}", {name: address, "password": DIGEST}).json()["need2FA"] is True


@pytest.mark.parametrize(
    ("change", "number"),
    [({"mobile": "12ab"}, 31002), ({"mobile": "1"}, 31002), ({"national_code": "x"}, 31027), ({"national_code": "999"}, 31002),
     ({"password2": "0" * 32}, 31012), ({"password1": "short", "password2": "short"}, 31013),
     ({"verify_code": "1" * 40}, 30003), ({"order_id": "9" * 21}, 30003), ({"is_oauth": "maybe"}, 30003)],
)  # fmt: skip
def test_a_sign_up_that_is_wrong_in_any_part_says_which_and_opens_nothing(change: dict[str, str], number: int) -> None:
    person = people.somebody()
    fields = {"national_code": "86", "mobile": person.mobile, "password1": DIGEST, "password2": DIGEST,
              **people.sms_code(person, 1), **change}  # fmt: skip
    answer = person.browser.post("/api/user/mobile_sign_up", fields)
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not User.objects.filter(phone=person.phone).exists()
