"""Recovering a forgotten password, walked over HTTP from the first step to the last."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accounts.models import AttemptCounter, KnownDevice, PasswordForm, PasswordRecovery, Session, User
from accounts.models.attempts import Scope
from accounts.models.passwords import Form, Kind
from accounts.services import attempts, names, passwords, strictness
from accounts.services.passwords import plain
from messaging.models import Message
from tests.accounts.changing import NEW, PHONE, acts_of, holds_of, reachable, settled, told
from tests.accounts.recovering import URL, ask, begin, finish, first_code, second_code
from tests.client import Api
from tests.factories_accounts import PASSWORD, bind_totp, customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code, read_message, unsent_messages

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"


def opens(api: Api, user: User, password: str) -> int:
    return int(api.post("/api/v1/sessions", {"login": str(user.uid), "password": password}).status_code)


def test_with_an_email_only_the_code_leads_to_the_new_password(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    token_of(user)
    token = begin(api, email=" Alice@EXAMPLE.com ")
    assert ask(api, token).json() | {"expires_at": ""} == {"state": "started", "methods": [], "expires_at": ""}
    assert len(read_code(EMAIL)) == 8
    answer = first_code(api, token, email=EMAIL)
    assert (answer.status_code, answer.json()["state"], answer.json()["methods"]) == (200, "proven", [])
    done = finish(api, token)
    assert (done.status_code, done.content) == (204, b"")
    assert (opens(api, user, NEW), opens(api, user, PASSWORD)) == (201, 401)


def test_at_its_end_sessions_and_devices_are_gone_money_is_held_and_every_channel_is_told(api: Api) -> None:
    user = reachable()
    session = token_of(user)
    assert KnownDevice.objects.filter(user=user).count() == 1
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    second_code(api, token, PHONE)
    assert finish(api, token).status_code == 204
    assert api.get("/api/v1/me", token=session).status_code == 401
    assert Session.objects.get(user=user).end_cause == "recovered"
    assert not KnownDevice.objects.filter(user=user).exists()
    assert holds_of(user) == [("recovery", 24)]
    assert told("password_recovered") == {"a***e@example.com", "+886******678"}
    assert "/security/links#" in read_message(EMAIL, "password_recovered").facts["link"]
    assert acts_of(user)[-1] == "password_recovered"
    assert {one.form for one in passwords.forms_of(user)} == set(Form)


@pytest.mark.parametrize("first", ["email", "phone"])
def test_with_both_channels_the_other_one_is_the_second_proof(api: Api, first: str) -> None:
    user = reachable()
    named, other = ({"email": EMAIL}, PHONE) if first == "email" else ({"phone": PHONE}, EMAIL)
    token = begin(api, **named)
    answer = first_code(api, token, **named)
    assert answer.json()["state"] == "code_proven"
    assert answer.json()["methods"] == (["phone"] if first == "email" else ["email"])
    assert ask(api, token).json() == answer.json()
    answer = second_code(api, token, other)
    assert (answer.status_code, answer.json()["state"]) == (200, "proven")
    assert finish(api, token).status_code == 204
    assert opens(api, user, NEW) == 201


def test_where_an_authenticator_is_bound_nothing_else_takes_its_place(api: Api) -> None:
    user = reachable()
    app = bind_totp(user)
    token = begin(api, email=EMAIL)
    methods = first_code(api, token, email=EMAIL).json()["methods"]
    assert "totp" in methods
    assert not {"email", "phone", "id_card"} & set(methods)
    pass_time_for_resend()
    assert api.post(f"{URL}/second-code", {"token": token}).json()["slug"] == "accounts.recovery_invalid"
    assert not any(message.template == "code_recovery_second" for message in unsent_messages(PHONE))
    assert api.post(f"{URL}/proof", {"token": token, "method": "phone", "code": "000000"}).status_code == 422
    assert finish(api, token).json()["slug"] == "accounts.recovery_invalid"
    answer = api.post(f"{URL}/proof", {"token": token, "method": "totp", "code": app.code()})
    assert (answer.status_code, answer.json()["state"]) == (200, "proven")
    assert finish(api, token).status_code == 204
    waiting = api.post("/api/v1/sessions", {"login": EMAIL, "password": NEW})
    assert (waiting.status_code, waiting.json()["level"]) == (202, "pre2fa")


def test_without_a_second_proof_the_refusal_says_what_would_do(api: Api) -> None:
    reachable()
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    answer = api.post(f"{URL}/proof", {"token": token})
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.second_factor_required")
    assert answer.json()["methods"] == ["phone"]


def _told_of(api: Api, named: dict[str, str]) -> list[tuple[int, dict[str, object]]]:
    """What every step answers, with what can't be alike left out: the token and the times."""
    token = begin(api, **named)
    code = {"email": "00000000", "phone": "000000"}[next(iter(named))]
    answers = (
        ask(api, token),
        api.post(f"{URL}/second-code", {"token": token}),
        api.post(f"{URL}/proof", {"token": token, "code": "000000"}),
        api.post(f"{URL}/identity", {"token": token, "id_number": "A123456789"}),
        finish(api, token),
        *[api.post(f"{URL}/code", {"token": token, "code": code, **named}) for _ in range(6)],
        ask(api, token),
    )
    return [(answer.status_code, {**answer.json(), "expires_at": ""}) for answer in answers]


@pytest.mark.parametrize("by", ["email", "phone"])
@pytest.mark.parametrize("known", ["whole", "authenticator", "locked", "deleted", "suspended", "officer", "not_activated"])
def test_a_known_name_is_answered_like_an_unknown_one_at_every_step(api: Api, known: str, by: str) -> None:
    user = reachable()
    if known == "authenticator":
        bind_totp(user)
    elif known == "officer":
        User.objects.filter(pk=user.pk).update(is_staff=True)
    elif known != "whole":
        User.objects.filter(pk=user.pk).update(status=known)
    of_known = {"email": {"email": EMAIL}, "phone": {"phone": PHONE}}[by]
    of_nobody = {"email": {"email": "blice@example.com"}, "phone": {"phone": "+886955555678"}}[by]
    AttemptCounter.objects.all().delete()
    first = _told_of(api, of_known)
    AttemptCounter.objects.all().delete()
    second = _told_of(api, of_nobody)
    assert first == second
    assert [status for status, _ in first[5:11]] == [422] * 5 + [429]


def test_the_first_answer_is_byte_for_byte_the_same_but_for_token_and_times(api: Api) -> None:
    reachable()
    bodies = []
    for email in (EMAIL, "axxxe@example.com"):
        pass_time_for_resend()
        answer = api.post(URL, {"email": email})
        body = answer.json()
        text = answer.content.decode()
        for name in ("token", "code_expires_at", "resend_at", "expires_at"):
            text = text.replace(body[name], "…")
        bodies.append((answer.status_code, text, sorted(answer.headers)))
    assert bodies[0] == bodies[1]


def test_an_unknown_destination_gets_a_mail_that_there_is_no_account(api: Api) -> None:
    begin(api, email="nobody@example.com")
    message = unsent_messages("nobody@example.com")[0]
    assert (message.template, message.user_id) == ("no_account", None)
    assert PasswordRecovery.objects.get().user is None


@pytest.mark.parametrize("status", ["locked", "deleted", "suspended"])
def test_a_stopped_account_gets_the_mail_of_an_unknown_one(api: Api, status: str) -> None:
    reachable(status=status)
    begin(api, email=EMAIL)
    assert unsent_messages(EMAIL)[0].template == "no_account"


def test_the_code_stands_in_a_mail_with_the_owners_phrase_and_language(api: Api) -> None:
    reachable(anti_phishing_phrase="mine", language="zh-TW")
    begin(api, email=EMAIL)
    assert read_message(EMAIL, "code_recovery").phrase == "mine"
    assert Message.objects.get(template="code_recovery").language == "zh-TW"


def test_a_recovery_is_spent_with_its_last_step(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    finish(api, token)
    assert finish(api, token, "a third horse, a third battery").json()["slug"] == "accounts.recovery_invalid"
    assert opens(api, user, NEW) == 201


def test_a_password_that_breaks_the_rules_costs_nothing(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    for bad in ("short", "password123", EMAIL, "x" * 200):
        assert finish(api, token, bad).json()["slug"] == "accounts.password_refused"
    assert finish(api, token).status_code == 204
    assert opens(api, user, NEW) == 201


def test_the_recovered_password_is_not_the_trade_password(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    passwords.store(user, passwords.encode_forms(plain(NEW)), Kind.TRADE)
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    assert finish(api, token).json()["slug"] == "accounts.passwords_equal"
    assert finish(api, token, NEW + "!").status_code == 204


def test_an_account_without_a_password_gets_its_first_one(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    PasswordForm.objects.filter(user=user).delete()
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    assert finish(api, token).status_code == 204
    assert opens(api, user, NEW) == 201


def test_the_owner_who_locked_the_own_name_signs_in_after_it(api: Api) -> None:
    user = settled(customer(email=EMAIL))
    for _ in range(5):
        attempts.begin(attempts.Subject(Scope.NAME, names.read(EMAIL).counted))
    good = {"login": EMAIL, "password": PASSWORD}
    assert api.post("/api/v1/sessions", good).json()["slug"] in {"accounts.sign_in_locked", "messaging.captcha_required"}
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    finish(api, token)
    assert api.post("/api/v1/sessions", {"login": EMAIL, "password": NEW}).status_code == 201
    assert opens(api, user, NEW) == 201


@pytest.mark.parametrize(
    "body",
    [{}, {"email": EMAIL, "phone": PHONE}, {"email": "no address"}, {"phone": "123"}, {"email": "x" * 300}, {"email": 5}],
)
def test_what_is_no_destination_is_told_so(api: Api, body: dict[str, object]) -> None:
    assert api.post(URL, body).status_code == 400
    assert not PasswordRecovery.objects.exists()


def test_a_captcha_is_asked_for_where_the_settings_say_so(api: Api, settings: LazySettings) -> None:
    settings.CAPTCHA_AT = ("recovery_code",)
    reachable()
    pass_time_for_resend()
    for email in (EMAIL, "nobody@example.com"):
        assert api.post(URL, {"email": email}).json()["slug"] == "messaging.captcha_required"
    assert not PasswordRecovery.objects.exists()


def test_only_under_strict_codes_an_unknown_name_is_told_and_only_so_often(api: Api, settings: LazySettings) -> None:
    settings.STRICT_CODES = True
    tries = range(strictness.TOLD_PER_HOUR_MAX)
    assert {api.post(URL, {"email": "nobody@example.com"}).json()["slug"] for _ in tries} == {"accounts.account_unknown"}
    assert api.post(URL, {"email": "nobody@example.com"}).status_code == 202
