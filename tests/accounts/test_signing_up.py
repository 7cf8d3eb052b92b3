"""Opening an account by code alone, by an address that is proven later, and with a referral code."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import AuditRecord, PasswordForm, Session, User
from accounts.services import activation, passwords, registration
from messaging.models import Message
from messaging.services import codes
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer
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


def unproven(api: Api, **more: str) -> Any:
    pass_time_for_resend()
    return api.post(URL, {"email": ALICE, "username": "alice", "password": PASSWORD, **more})


@pytest.mark.parametrize("where", [{"email": ALICE}, {"phone": PHONE}])
def test_a_code_alone_opens_an_account_and_its_first_session(api: Api, where: dict[str, str]) -> None:
    code = ask(api, "quick_registration", **where)
    answer = api.post(URL, {**where, "code": code})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"uid", "token", "level", "expires_at", "fresh_until", "device_token"}
    me = api.get("/api/v1/me", token=body["token"]).json()
    assert (me["uid"], me["has_password"], body["level"]) == (body["uid"], False, "full")
    assert not PasswordForm.objects.exists()
    assert Session.objects.get().signed_in_by == "registration"
    assert sorted(Message.objects.exclude(template__startswith="code").values_list("template", flat=True)) == [
        "registration_done"
    ]


def test_who_has_no_password_is_answered_at_the_password_door_like_nobody(api: Api) -> None:
    code = ask(api, "quick_registration", email=ALICE)
    api.post(URL, {"email": ALICE, "code": code})
    answers = [
        api.post(SESSIONS, {"login": name, "password": text})
        for name, text in ((ALICE, PASSWORD), ("nobody@example.com", PASSWORD))
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_a_registration_code_opens_the_door_of_its_own_purpose_only(api: Api) -> None:
    code = ask(api, "registration", email=ALICE)
    assert api.post(URL, {"email": ALICE, "code": code}).status_code == 422
    assert api.post(f"{SESSIONS}/by-code", {"email": ALICE, "code": code}).status_code == 422
    code = ask(api, "quick_registration", email=ALICE)
    assert api.post(URL, {"email": ALICE, "password": PASSWORD, "code": code}).status_code == 422
    assert api.post(URL, {"email": "bob@example.com", "code": code}).status_code == 422
    assert not User.objects.exists()


def test_a_quick_code_for_a_taken_address_goes_to_nobody(api: Api) -> None:
    customer(email=ALICE)
    pass_time_for_resend()
    taken = api.post(CODES, {"purpose": "quick_registration", "email": ALICE})
    free = api.post(CODES, {"purpose": "quick_registration", "email": "free@example.com"})
    assert (taken.status_code, set(taken.json())) == (free.status_code, set(free.json()))
    assert read_message(ALICE, "account_exists").code == ""


def test_a_name_a_password_and_an_address_open_an_account_that_waits_for_its_activation(api: Api) -> None:
    answer = unproven(api)
    assert answer.status_code == 202
    assert set(answer.json()) == {"destination", "expires_at", "resend_at"}
    code = read_code(ALICE)
    session = api.post(SESSIONS, {"username": "alice", "password": PASSWORD})
    assert (session.status_code, session.json()["level"]) == (201, "low")
    low = session.json()["token"]
    assert api.get("/api/v1/me", token=low).json()["status"] == "not_activated"
    assert api.get("/api/v1/me/logins", token=low).status_code == 403
    done = api.post("/api/v1/activation", {"code": code}, token=low)
    assert (done.status_code, done.json()["level"]) == (201, "full")
    full = done.json()["token"]
    assert api.get("/api/v1/me", token=full).json()["status"] == "normal"
    assert api.get("/api/v1/me", token=low).status_code == 401
    assert api.post("/api/v1/activation", {"code": code}, token=full).json()["slug"] == "accounts.already_activated"
    assert api.post(CODES, {"purpose": "activation"}, token=full).json()["slug"] == "accounts.already_activated"
    read_message(ALICE, "registration_done")


def test_the_activation_code_is_sent_again_to_who_signed_in_low(api: Api) -> None:
    unproven(api)
    low = api.post(SESSIONS, {"username": "alice", "password": PASSWORD}).json()["token"]
    first, second = read_code(ALICE), ask(api, "activation", token=low)
    if first != second:
        assert api.post("/api/v1/activation", {"code": first}, token=low).status_code == 422
    assert api.post("/api/v1/activation", {"code": second}, token=low).status_code == 201
    assert api.post(CODES, {"purpose": "activation"}).status_code == 401


def test_the_answer_for_a_taken_address_is_the_same_and_its_owner_is_told(api: Api) -> None:
    owner = customer(email="taken@example.com", username="taken")
    answers = [unproven(api, email=email, username=name) for email, name in (("taken@example.com", "x01"), (ALICE, "x02"))]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert set(answers[0].json()) == set(answers[1].json())
    assert read_message("taken@example.com", "account_exists").code == ""
    assert set(User.objects.exclude(pk=owner.pk).values_list("email", flat=True)) == {ALICE}
    assert api.post(SESSIONS, {"login": "taken@example.com", "password": PASSWORD}).status_code == 201, "the owner's own"
    assert AuditRecord.objects.filter(act="accounts.registered").count() == 2


def test_a_taken_user_name_is_left_out_in_silence(api: Api) -> None:
    customer(email="taken@example.com", username="Alice")
    assert unproven(api).status_code == 202
    assert User.objects.get(email=ALICE).username is None
    assert api.post(SESSIONS, {"login": ALICE, "password": PASSWORD}).json()["level"] == "low"


def test_an_unproven_account_gives_way_to_who_proves_the_address(api: Api) -> None:
    unproven(api)
    squatter = User.objects.get()
    token = api.post(SESSIONS, {"username": "alice", "password": PASSWORD}).json()["token"]
    code = ask(api, "registration", email=ALICE)
    body = {"email": ALICE, "username": "alice", "password": OTHER, "code": code}
    assert api.post(URL, body).status_code == 201
    squatter.refresh_from_db()
    assert (squatter.status, squatter.email, squatter.username) == ("deleted", None, None)
    assert api.get("/api/v1/me", token=token).status_code == 401
    assert api.post(SESSIONS, {"login": ALICE, "password": PASSWORD}).status_code == 401
    assert api.post(SESSIONS, {"username": "alice", "password": OTHER}).status_code == 201
    assert AuditRecord.objects.filter(act="accounts.unactivated_ended").count() == 1


def test_the_code_of_one_unproven_account_activates_no_other(api: Api) -> None:
    unproven(api)
    code = read_code(ALICE)
    unproven(api, username="mallory", password=OTHER)
    assert User.objects.get(email=ALICE).username == "mallory", "the newer one waits now"
    low = api.post(SESSIONS, {"username": "mallory", "password": OTHER}).json()["token"]
    if read_code(ALICE) != code:
        assert api.post("/api/v1/activation", {"code": code}, token=low).status_code == 422
    assert api.post(SESSIONS, {"username": "alice", "password": PASSWORD}).status_code == 401


def test_who_never_activates_loses_the_names_after_a_week(api: Api, settings: LazySettings) -> None:
    unproven(api)
    kept = customer(email="bob@example.com")
    assert activation.expire() == 0
    settings.UNACTIVATED_KEPT_DAYS = 0
    assert activation.expire() == 1
    assert set(User.objects.values_list("email", "status")) == {(None, "deleted"), ("bob@example.com", "normal")}
    assert User.objects.get(email="bob@example.com") == kept


def test_of_two_owners_at_once_one_gets_the_address(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "verify", lambda **_: None)  # as if each had a code of its own
    registration.register_unproven(email=ALICE, username="alice", password=PASSWORD, language="en", client=CLIENT)
    made = at_once(4, lambda _: registration.register_by_code(email=ALICE, code="1", language="en", client=CLIENT).token)
    assert sum(isinstance(one, str) for one in made) == 1
    assert sorted(User.objects.values_list("status", flat=True)) == ["deleted", "normal"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": ALICE}, "code"),
        ({"phone": PHONE, "password": PASSWORD}, "code"),
        ({"email": ALICE, "phone": PHONE, "code": "123456"}, "email"),
        ({"email": ALICE, "password": "short"}, "password"),
        ({"email": ALICE, "password": PASSWORD, "username": "pаypal"}, "username"),  # a Cyrillic а
        ({"email": ALICE, "password": PASSWORD, "referral_code": 7}, "referral_code"),
        ({"email": ALICE, "password": PASSWORD, "referral_code": "x" * 33}, "referral_code"),
        ({"email": ALICE, "password": PASSWORD, "captcha": "solved"}, "captcha"),
    ],
)
def test_bad_input_names_its_field_and_opens_nothing(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post(URL, body)
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["fields"]), answer.content
    assert not User.objects.exists()


def test_who_tries_codes_for_many_addresses_is_locked_out_by_address(api: Api) -> None:
    for number in range(50):
        api.post(URL, {"email": f"a{number}@example.com", "code": "123456"}, ip="203.0.113.7")
    answer = api.post(URL, {"email": ALICE, "code": "123456"}, ip="203.0.113.7")
    assert answer.json()["slug"] == "accounts.address_locked"


def test_an_unproven_registration_waits_for_the_pool_like_a_log_in(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_places", places)
    with places:
        answer = unproven(api)
    assert (answer.status_code, answer.json()["slug"]) == (503, "api.unavailable")
    assert not User.objects.exists()
