"""Logging in by a code alone, and strict words at the code doors."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accounts.models import PasswordForm, Session, User
from tests.client import Api
from tests.factories_accounts import PASSWORD, customer, officer
from tests.factories_messaging import pass_time_for_resend, read_code, read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/registration"
CODES = "/api/v1/codes"
SESSIONS = "/api/v1/sessions"
ALICE = "alice@example.com"
PHONE = "+886912345678"
OTHER = "another horse, another battery"


def ask(api: Api, purpose: str, token: str | None = None, **where: str) -> str:
    """The code that comes."""
    pass_time_for_resend()
    answer = api.post(CODES, {"purpose": purpose, **where}, token=token)
    assert answer.status_code == 202, answer.content
    return read_code(where.get("email") or where.get("phone") or ALICE)


@pytest.mark.parametrize("where", [{"email": ALICE}, {"phone": PHONE}])
def test_a_log_in_code_signs_in_and_counts_once(api: Api, where: dict[str, str]) -> None:
    user = customer(**where)
    code = ask(api, "login", **where)
    answer = api.post(f"{SESSIONS}/by-code", {**where, "code": code})
    assert (answer.status_code, answer.json()["level"]) == (201, "full")
    assert Session.objects.get(user=user).signed_in_by == "code"
    assert api.post(f"{SESSIONS}/by-code", {**where, "code": code}).status_code == 422


def test_known_and_unknown_addresses_are_answered_alike_at_the_code_doors(api: Api) -> None:
    customer(email=ALICE)
    pass_time_for_resend()
    asked = [api.post(CODES, {"purpose": "login", "email": email}) for email in (ALICE, "blice@example.com")]
    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[0].json()["destination"] == asked[1].json()["destination"].replace("b", "a", 1)
    assert read_message("blice@example.com", "no_account").code == ""
    wrong = [
        [api.post(f"{SESSIONS}/by-code", {"email": email, "code": "000000"}) for _ in range(3)]
        for email in (ALICE, "blice@example.com")
    ]
    assert [answer.json() for answer in wrong[0]] == [answer.json() for answer in wrong[1]]
    assert [answer.json().get("attempts_left") for answer in wrong[0]] == [2, 1, 0]
    after = [api.post(f"{SESSIONS}/by-code", {"email": email, "code": "000000"}) for email in (ALICE, "blice@example.com")]
    assert after[0].json() == after[1].json()
    assert after[0].json()["slug"] == "messaging.captcha_required", "codes count with passwords"


def test_wrong_codes_and_wrong_passwords_count_together_and_lock_the_name(api: Api, settings: LazySettings) -> None:
    settings.LOGIN_CAPTCHA_AFTER_FAILURES = 0
    customer(email=ALICE)
    code = ask(api, "login", email=ALICE)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(2):
        assert api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": wrong}).status_code == 422
    for _ in range(3):
        assert api.post(SESSIONS, {"login": ALICE, "password": "wrong wrong"}).status_code == 401
    locked = api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": code})
    assert locked.json()["slug"] == "accounts.sign_in_locked"
    assert api.post(SESSIONS, {"login": ALICE, "password": PASSWORD}).status_code == 429


def test_a_code_is_no_second_factor_where_it_comes_by_the_same_way(api: Api) -> None:
    user = customer(email=ALICE)
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    code = ask(api, "login", email=ALICE)
    answer = api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": code})
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.password_due")
    PasswordForm.objects.all().delete()
    code = ask(api, "login", email=ALICE)
    assert api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": code}).status_code == 201


def test_the_other_way_is_due_after_a_log_in_code(api: Api) -> None:
    user = customer(email=ALICE)
    User.objects.filter(pk=user.pk).update(phone=PHONE, second_factor_channel="phone")
    code = ask(api, "login", email=ALICE)
    answer = api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": code})
    assert (answer.status_code, answer.json()["due"], answer.json()["methods"]) == (202, "second_factor", ["phone"])


@pytest.mark.parametrize("state", ["officer", "deleted", "not_activated"])
def test_officers_the_deleted_and_the_unproven_get_no_log_in_code(api: Api, state: str) -> None:
    email = officer()[0].email if state == "officer" else customer(email=ALICE).email
    if state != "officer":
        User.objects.update(status=state)
    pass_time_for_resend()
    assert api.post(CODES, {"purpose": "login", "email": email}).status_code == 202
    assert read_message(email or "", "no_account").code == ""


def test_strict_codes_say_what_is_taken_and_unknown_so_many_times_an_hour(api: Api, settings: LazySettings) -> None:
    settings.STRICT_CODES = True
    user = customer(email=ALICE, username="alice")
    User.objects.filter(pk=user.pk).update(phone=PHONE)
    pass_time_for_resend()
    said = [
        api.post(CODES, {"purpose": "registration", "email": ALICE}),
        api.post(CODES, {"purpose": "quick_registration", "phone": PHONE}),
        api.post(CODES, {"purpose": "login", "email": "nobody@example.com"}),
        api.post(URL, {"email": ALICE, "password": PASSWORD}),
        api.post(URL, {"email": "new@example.com", "password": PASSWORD, "username": "ALICE"}),
    ]
    assert [answer.json()["slug"].split(".")[1] for answer in said] == [
        "email_taken", "phone_taken", "account_unknown", "email_taken", "username_taken",
    ]  # fmt: skip
    for _ in range(5):
        api.post(CODES, {"purpose": "login", "email": "nobody@example.com"})
    assert api.post(CODES, {"purpose": "login", "email": "nobody2@example.com"}).status_code == 202, "neutral again"
