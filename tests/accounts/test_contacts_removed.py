"""Email and phone removed; two requests at once; the user name."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accounts.errors import ContactTaken, LastContact, OldContactDue
from accounts.models import PasswordRecovery, User
from accounts.models.recovery import PasswordRecoveryState
from accounts.services import contacts, second_factor
from accounts.services.contacts import EMAIL as EMAIL_CONTACT
from accounts.services.contacts import PHONE as PHONE_CONTACT
from messaging.models import Message, Purpose
from messaging.services import codes
from tests.accounts.changing import (
    PHONE,
    code_of,
    holds_of,
    reachable,
    settled,
    shown,
    told,
)
from tests.accounts.recovering import begin
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code, read_message

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"
NEW_EMAIL = "alice.new@example.com"
EMAIL_URL, PHONE_URL = "/api/v1/me/email", "/api/v1/me/phone"


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


def test_a_channel_is_removed_against_a_proof(api: Api) -> None:
    user = reachable()
    token, other = token_of(user), token_of(user)
    assert api.delete(PHONE_URL, {}, token=token).json()["slug"] == "accounts.second_factor_required"
    code = code_of(api, "phone_unbind", EMAIL, token)
    answer = api.delete(PHONE_URL, {"code": code}, token=token)
    assert (answer.status_code, answer.json()["phone"]) == (200, None)
    assert holds_of(user) == [("phone", 24)]
    assert told("phone_unbound") == {"a***e@example.com", "+886******678"}
    assert api.get("/api/v1/me", token=other).status_code == 401


def test_the_last_way_to_the_account_is_never_removed(api: Api) -> None:
    user = settled(customer(email=EMAIL, username="Alice"))
    token = token_of(user)
    code = code_of(api, "email_unbind", EMAIL, token)
    answer = api.delete(EMAIL_URL, {"code": code}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.last_contact")
    assert User.objects.get(pk=user.pk).email == EMAIL


def test_the_channel_of_the_log_in_codes_is_not_removed_until_another_is_chosen(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    User.objects.filter(pk=user.pk).update(second_factor_channel="phone")
    code = code_of(api, "phone_unbind", EMAIL, token, email=EMAIL)
    answer = api.delete(PHONE_URL, {"method": "email", "code": code}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.contact_in_use")
    User.objects.filter(pk=user.pk).update(second_factor_channel="")
    code = code_of(api, "phone_unbind", EMAIL, token, email=EMAIL)
    assert api.delete(PHONE_URL, {"method": "email", "code": code}, token=token).status_code == 200


def test_what_is_not_bound_is_not_removed(api: Api) -> None:
    token = token_of(customer(email=EMAIL))
    code = code_of(api, "phone_unbind", EMAIL, token)
    assert api.delete(PHONE_URL, {"code": code}, token=token).json()["slug"] == "accounts.contact_not_bound"


def test_a_removal_ends_recoveries_that_were_begun_with_the_address(api: Api) -> None:
    token = token_of(reachable())
    begin(api, email=EMAIL)
    code = code_of(api, "email_unbind", PHONE, token, phone=PHONE)
    assert api.delete(EMAIL_URL, {"method": "phone", "code": code}, token=token).status_code == 200
    assert PasswordRecovery.objects.get().state == PasswordRecoveryState.ENDED


def test_one_phone_bound_by_many_at_once_is_bound_by_one(real_db: None) -> None:
    users = [customer() for _ in range(4)]
    proven = [(user, phone_code(user), security_code(user)) for user in users]

    def bind(number: int) -> User:
        user, code, proof = proven[number]
        given = {"destination": PHONE, "code": code, "proof": shown(proof), "session": None, "client": CLIENT}
        return contacts.bind(contact=PHONE_CONTACT, user=user, **given)

    results = at_once(4, bind)
    assert [type(result) for result in results].count(ContactTaken) == 3
    assert User.objects.filter(phone=PHONE).count() == 1
    assert Message.objects.filter(template="phone_bound", channel="email").count() == 1


def test_of_two_changes_of_one_account_at_once_one_is_made(real_db: None) -> None:
    user = reachable()
    results = at_once(2, lambda number: contacts._write(EMAIL_CONTACT, user, EMAIL, f"new{number}@example.com", None, CLIENT))
    assert sorted(type(result).__name__ for result in results) == ["OldContactDue", "User"]
    assert any(isinstance(result, OldContactDue) for result in results)
    assert holds_of(user) == [("email", 24)]


def test_both_channels_removed_at_once_leave_one(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = reachable()
    monkeypatch.setattr(second_factor, "require", lambda *_, **__: None)
    both = (EMAIL_CONTACT, PHONE_CONTACT)
    results = at_once(
        2, lambda number: contacts.unbind(contact=both[number], user=user, proof=None, session=None, client=CLIENT)
    )
    assert sum(isinstance(result, LastContact) for result in results) == 1
    left = User.objects.get(pk=user.pk)
    assert bool(left.email) != bool(left.phone)


def test_a_user_name_is_set_once_and_opens_the_account(api: Api) -> None:
    user = customer(email=EMAIL)
    token = token_of(user)
    answer = api.put("/api/v1/me/username", {"username": "Alice"}, token=token)
    assert (answer.status_code, answer.json()["username"]) == (200, "Alice")
    assert read_message(EMAIL, "username_set").facts["name"] == "Alice"
    again = api.put("/api/v1/me/username", {"username": "Alicia"}, token=token)
    assert (again.status_code, again.json()["slug"]) == (409, "accounts.username_already_set")
    body = {"username": "aLICE", "password": "correct horse battery staple"}
    assert api.post("/api/v1/sessions", body).status_code == 201


@pytest.mark.parametrize("name", ["ab", "1abc", "al ice", "аlice", "x" * 33, "", 5])
def test_what_is_no_user_name_is_refused(api: Api, name: object) -> None:
    token = token_of(customer(email=EMAIL))
    assert api.put("/api/v1/me/username", {"username": name}, token=token).status_code == 400


def test_a_user_name_is_one_customers_in_whatever_case(real_db: None) -> None:
    users = [customer() for _ in range(2)]
    names = ("Alice", "aLICE")
    results = at_once(2, lambda number: contacts.set_username(user=users[number], username=names[number], client=CLIENT))
    assert sorted(type(result).__name__ for result in results) == ["User", "UsernameTaken"]


def test_an_account_that_nobody_activated_gives_way_to_who_proves_its_address(api: Api) -> None:
    waiting = customer(email=NEW_EMAIL)
    User.objects.filter(pk=waiting.pk).update(status="not_activated")
    user = settled(customer(phone=PHONE))
    token = token_of(user)
    body = {
        "email": NEW_EMAIL,
        "email_code": code_of(api, "email_bind", NEW_EMAIL, token, email=NEW_EMAIL),
        "code": code_of(api, "security_settings", PHONE, token),
    }
    assert api.put(EMAIL_URL, body, token=token).json()["email"] == NEW_EMAIL
    assert User.objects.get(pk=waiting.pk).status == "deleted"


def test_only_under_strict_codes_a_taken_address_is_told(api: Api, settings: LazySettings) -> None:
    customer(email="bob@example.com")
    token = token_of(reachable())
    settings.STRICT_CODES = True
    answer = api.post("/api/v1/codes", {"purpose": "email_bind", "email": "bob@example.com"}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.contact_taken")
