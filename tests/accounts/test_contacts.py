"""Binding, changing and removing email and phone; the user name."""

from __future__ import annotations

import pytest

from accounts.models import Country, PasswordRecovery, Session, User
from accounts.models.recovery import PasswordRecoveryState
from accounts.models.sessions import Level
from accounts.services import contacts, sessions
from messaging.models import Message, Purpose
from messaging.services import codes
from tests.accounts.changing import (
    OTHER_PHONE,
    PHONE,
    acts_of,
    code_of,
    holds_of,
    reachable,
    settled,
    told,
)
from tests.accounts.recovering import begin
from tests.client import Api
from tests.factories_accounts import CLIENT, bind_totp, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code, read_message

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"
NEW_EMAIL = "alice.new@example.com"
EMAIL_URL, PHONE_URL = "/api/v1/me/email", "/api/v1/me/phone"


def change_email(api: Api, token: str, **proof: str) -> dict[str, str]:
    """A body that changes the email, with the codes that really came."""
    return {
        "email": NEW_EMAIL,
        "email_code": code_of(api, "email_bind", NEW_EMAIL, token, email=NEW_EMAIL),
        "old_code": code_of(api, "email_change", EMAIL, token),
        **proof,
    }


def phone_code(user: User) -> str:
    """The code that proves the phone, as it came."""
    pass_time_for_resend()
    contacts.send_code(user=user, purpose=Purpose.PHONE_BIND, destination=PHONE, language="en", ip="127.0.0.1")
    return read_code(PHONE)


def security_code(user: User) -> str:
    """The proof of an account that has an email alone."""
    pass_time_for_resend()
    codes.send(
        purpose=Purpose.SECURITY_SETTINGS,
        channel="email",
        destination=user.email or "",
        user=user,
        language="en",
        ip="127.0.0.1",
    )
    return read_code(user.email or "")


def test_a_first_phone_is_bound_with_its_code_and_a_proof(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    token, other = token_of(user), token_of(user)
    body = {
        "phone": "+886 912-345-678",
        "phone_code": code_of(api, "phone_bind", PHONE, token, phone=PHONE),
        "code": code_of(api, "security_settings", EMAIL, token),
    }
    answer = api.put(PHONE_URL, body, token=token)
    assert (answer.status_code, answer.json()["phone"]) == (200, PHONE)
    assert holds_of(user) == [("phone", 24)]
    assert acts_of(user)[-1] == "phone_bound"
    assert told("phone_bound") == {"a***e@example.com", "+886******678"}
    assert read_message(EMAIL, "phone_bound").facts["phone"] == "+886******678"
    assert api.get("/api/v1/me", token=other).status_code == 200


def test_a_first_contact_of_a_new_account_holds_nothing(api: Api) -> None:
    user = customer(email=EMAIL)
    token = token_of(user)
    body = {
        "phone": PHONE,
        "phone_code": code_of(api, "phone_bind", PHONE, token, phone=PHONE),
        "code": code_of(api, "security_settings", EMAIL, token),
    }
    assert api.put(PHONE_URL, body, token=token).status_code == 200
    assert holds_of(user) == []


def test_a_first_email_is_bound_to_an_account_opened_by_phone(api: Api) -> None:
    user = settled(customer(phone=PHONE))
    token = token_of(user)
    body = {
        "email": NEW_EMAIL,
        "email_code": code_of(api, "email_bind", NEW_EMAIL, token, email=NEW_EMAIL),
        "code": code_of(api, "security_settings", PHONE, token),
    }
    assert api.put(EMAIL_URL, {**body, "code": ""}, token=token).json()["slug"] == "accounts.second_factor_required"
    assert api.put(EMAIL_URL, body, token=token).json()["email"] == NEW_EMAIL
    assert api.post("/api/v1/sessions", {"email": NEW_EMAIL, "password": "wrong wrong"}).status_code == 401


def test_a_change_is_proven_by_the_old_and_the_new_address(api: Api) -> None:
    user = reachable()
    token, other = token_of(user), token_of(user)
    begin(api, email=EMAIL)
    body = change_email(api, token)
    answer = api.put(EMAIL_URL, body, token=token)
    assert (answer.status_code, answer.json()["email"]) == (200, NEW_EMAIL)
    assert holds_of(user) == [("email", 24)]
    assert acts_of(user)[-1] == "email_changed"
    assert PasswordRecovery.objects.get().state == PasswordRecoveryState.ENDED
    assert api.get("/api/v1/me", token=token).status_code == 200
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert set(Session.objects.filter(user=user).values_list("end_cause", flat=True)) == {"", "contact_changed"}


def test_old_and_new_address_and_the_phone_are_told_of_a_change_with_the_link_that_freezes(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    api.put(EMAIL_URL, change_email(api, token), token=token)
    assert told("email_changed") == {"a***e@example.com", "a***w@example.com", "+886******678"}
    for destination in (EMAIL, NEW_EMAIL):
        facts = read_message(destination, "email_changed").facts
        assert facts["email"] == "a***w@example.com"
        assert "/security/links#" in facts["link"]


def test_a_phone_is_changed_likewise(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    body = {
        "phone": OTHER_PHONE,
        "phone_code": code_of(api, "phone_bind", OTHER_PHONE, token, phone=OTHER_PHONE),
        "old_code": code_of(api, "phone_change", PHONE, token),
    }
    assert api.put(PHONE_URL, body, token=token).json()["phone"] == OTHER_PHONE
    assert holds_of(user) == [("phone", 24)]
    assert told("phone_changed") == {"a***e@example.com", "+886******678", "+886******321"}


@pytest.mark.parametrize("missing", ["email_code", "old_code"])
def test_neither_the_old_nor_the_new_proof_can_be_left_out(api: Api, missing: str) -> None:
    user = reachable()
    token = token_of(user)
    body = change_email(api, token)
    for wrong in ("", "000000"):
        answer = api.put(EMAIL_URL, {**body, missing: wrong}, token=token)
        assert answer.status_code in {400, 403, 422}, answer.json()
        assert User.objects.get(pk=user.pk).email == EMAIL
    assert holds_of(user) == []


def test_a_missing_old_code_is_told_before_any_code_is_spent(api: Api) -> None:
    token = token_of(reachable())
    body = change_email(api, token)
    answer = api.put(EMAIL_URL, {**body, "old_code": ""}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.old_contact_due")
    assert api.put(EMAIL_URL, body, token=token).status_code == 200


def test_where_an_authenticator_is_bound_a_change_asks_for_it_too(api: Api) -> None:
    user = reachable()
    app = bind_totp(user)
    waiting = api.post("/api/v1/sessions", {"login": str(user.uid), "password": "correct horse battery staple"}).json()
    token = api.post("/api/v1/sessions/second-factor", {"method": "totp", "code": app.code()}, token=waiting["token"]).json()[
        "token"
    ]
    body = change_email(api, token)
    answer = api.put(EMAIL_URL, body, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.second_factor_required")
    assert answer.json()["methods"][0] == "totp"
    assert api.put(EMAIL_URL, {**body, "method": "totp", "code": app.code()}, token=token).status_code == 200


def test_a_code_that_came_to_another_address_binds_nothing(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    body = change_email(api, token)
    answer = api.put(EMAIL_URL, {**body, "email": "another@example.com"}, token=token)
    assert answer.json()["slug"] == "messaging.wrong_code"
    assert User.objects.get(pk=user.pk).email == EMAIL


def test_another_customers_code_binds_nothing(api: Api) -> None:
    mallory, alice = settled(customer(email="mallory@example.com")), settled(customer(email=EMAIL))
    code = code_of(api, "phone_bind", PHONE, token_of(alice), phone=PHONE)
    token = token_of(mallory)
    proof = code_of(api, "security_settings", "mallory@example.com", token)
    answer = api.put(PHONE_URL, {"phone": PHONE, "phone_code": code, "code": proof}, token=token)
    assert answer.json()["slug"] == "messaging.wrong_code"
    assert User.objects.get(pk=mallory.pk).phone is None


def test_a_taken_address_is_answered_like_a_free_one_and_its_owner_gets_a_mail(api: Api) -> None:
    customer(email="bob@example.com")
    user = reachable(anti_phishing_phrase="mine")
    token = token_of(user)
    answers = []
    for email in ("bob@example.com", "bxb@example.com"):
        pass_time_for_resend()
        answer = api.post("/api/v1/codes", {"purpose": "email_bind", "email": email}, token=token)
        answers.append((answer.status_code, answer.json() | {"expires_at": "", "resend_at": ""}))
    assert answers[0] == answers[1]
    message = Message.objects.get(template="account_exists")
    assert (message.user_id, message.destination_masked, message.phrase_present) == (None, "b***b@example.com", False)
    assert read_message("bxb@example.com", "code_email_bind").phrase == "mine"


def test_no_code_fits_a_taken_address(api: Api) -> None:
    customer(email="bob@example.com")
    user = settled(customer(phone=PHONE))
    token = token_of(user)
    pass_time_for_resend()
    api.post("/api/v1/codes", {"purpose": "email_bind", "email": "bob@example.com"}, token=token)
    proof = code_of(api, "security_settings", PHONE, token)
    body = {"email": "bob@example.com", "email_code": "000000", "code": proof}
    assert api.put(EMAIL_URL, body, token=token).json()["slug"] == "messaging.wrong_code"
    assert User.objects.get(pk=user.pk).email is None


def test_an_address_taken_after_its_code_was_sent_is_refused_clearly(api: Api) -> None:
    token = token_of(reachable())
    body = change_email(api, token)
    customer(email=NEW_EMAIL)
    answer = api.put(EMAIL_URL, body, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.contact_taken")
    assert holds_of(User.objects.get(email=EMAIL)) == []


def test_the_present_address_is_no_new_one(api: Api) -> None:
    token = token_of(reachable())
    answer = api.post("/api/v1/codes", {"purpose": "email_bind", "email": " Alice@Example.com"}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.contact_unchanged")
    answer = api.put(EMAIL_URL, {"email": EMAIL, "email_code": "000000", "old_code": "000000"}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.contact_unchanged")


@pytest.mark.parametrize(("purpose", "slug"), [("email_change", "email"), ("phone_change", "phone")])
def test_what_is_not_bound_has_no_code_of_change(api: Api, purpose: str, slug: str) -> None:
    user = customer(phone=PHONE) if slug == "email" else customer(email=EMAIL)
    answer = api.post("/api/v1/codes", {"purpose": purpose}, token=token_of(user))
    assert (answer.json()["slug"], answer.json()["channel"]) == ("accounts.contact_not_bound", slug)


def test_what_is_to_be_bound_is_named(api: Api) -> None:
    token = token_of(reachable())
    for purpose, field in (("email_bind", "email"), ("phone_bind", "phone")):
        answer = api.post("/api/v1/codes", {"purpose": purpose}, token=token)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_the_phone_of_a_closed_country_is_refused(api: Api) -> None:
    token = token_of(customer(email=EMAIL))
    Country.objects.filter(alpha2="TW").update(can_register=False)
    for answer in (
        api.post("/api/v1/codes", {"purpose": "phone_bind", "phone": PHONE}, token=token),
        api.put(PHONE_URL, {"phone": PHONE, "phone_code": "000000", "code": "000000"}, token=token),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.phone_country_closed")


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300, "alice@exa mple.com", "а@", 5, None])
def test_what_is_no_address_is_told_so(api: Api, email: object) -> None:
    answer = api.put(EMAIL_URL, {"email": email, "email_code": "1", "old_code": "1"}, token=token_of(reachable()))
    assert answer.status_code == 400


def test_a_sub_account_has_no_address_of_its_own(api: Api) -> None:
    parent = customer(email=EMAIL)
    child = User.objects.create(parent=parent, username="helper", register_type="sub", registered_at=parent.registered_at)
    token = sessions.open_session(user=child, level=Level.FULL, client=CLIENT).token
    for answer in (
        api.post("/api/v1/codes", {"purpose": "phone_bind", "phone": PHONE}, token=token),
        api.put(PHONE_URL, {"phone": PHONE, "phone_code": "000000", "code": "000000"}, token=token),
    ):
        assert answer.json()["slug"] == "accounts.not_for_sub_accounts"
    assert User.objects.get(pk=child.pk).phone is None
