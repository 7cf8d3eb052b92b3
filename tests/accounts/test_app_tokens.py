"""Fingerprint log-in: bound to its device, replaced at each use, and ended as a whole when a copy shows up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts.errors import AppTokenRefused, TooManyAppTokens
from accounts.models import AppToken, AuditRecord, KnownDevice, LoginRecord, Session, User
from accounts.models.sessions import EndCause
from accounts.services import app_tokens, housekeeping, login, sessions
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import DomainError
from messaging.models import Message
from tests.accounts.app_tokens import DEVICE, issued, mailed_proof
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, bind_totp, customer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db
URL, DOOR = "/api/v1/me/app-tokens", "/api/v1/sessions/by-app-token"


def use(token: str, device_id: str = DEVICE) -> app_tokens.AppSignIn:
    return app_tokens.sign_in(shown=token, device_id=device_id, client=CLIENT)


def refused(token: str, device_id: str = DEVICE) -> None:
    with pytest.raises(AppTokenRefused):
        use(token, device_id)


def test_a_customer_turns_fingerprint_log_in_on_and_signs_in_with_the_token(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    proof = mailed_proof(user)
    made = api.post(URL, {"device_id": DEVICE, "name": "My phone", "method": "email", "code": proof.code}, token=token)
    assert made.status_code == 201
    body = made.json()
    assert set(body) == {"id", "token", "device", "expires_at"}
    assert body["device"] == "My phone"
    read_message("alice@example.com", "app_token_issued")
    answer = api.post(DOOR, {"token": body["token"], "device_id": DEVICE})
    assert answer.status_code == 201
    signed_in = answer.json()
    assert signed_in["level"] == "full"
    assert signed_in["app_token"]["id"] == body["id"]
    assert signed_in["app_token"]["token"] != body["token"]
    assert api.get("/api/v1/me", token=signed_in["token"]).json()["uid"] == str(user.uid)
    session = Session.objects.get(app_token_family=body["id"])
    assert session.signed_in_by == "app_token"


def test_no_token_is_given_without_a_proof(api: Api) -> None:
    user = customer()
    token = token_of(user)
    answer = api.post(URL, {"device_id": DEVICE}, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.second_factor_required")
    other = mailed_proof(user, "password_change")
    answer = api.post(URL, {"device_id": DEVICE, "method": "email", "code": other.code}, token=token)
    assert answer.json()["slug"].startswith("messaging.")
    assert not AppToken.objects.exists()


def test_the_session_is_full_where_an_authenticator_is_bound_but_not_fresh(api: Api) -> None:
    user = customer()
    made = issued(user)
    bind_totp(user)
    refused(made.token)  # binding changed the account's safety
    app = App.of(user)
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    again = app_tokens.issue(
        user=user, session=session, device_id=DEVICE, proof=Proof(method="totp", code=app.code()), client=CLIENT
    )
    opened = use(again.token)
    assert opened.session.level == "full"
    assert opened.session.fresh_until is None
    assert api.get("/api/v1/me", token=opened.token).status_code == 200
    assert not sessions.is_fresh(opened.session)


def test_each_use_replaces_the_token_and_none_lies_in_the_database() -> None:
    user = customer()
    first = issued(user)
    second = use(first.token)
    third = use(second.app_token.token)
    texts = {first.token, second.app_token.token, third.app_token.token, second.token, third.token, DEVICE}
    assert len(texts) == 6
    stored = " ".join(
        str(bytes(v) if isinstance(v, memoryview) else v) for row in AppToken.objects.values() for v in row.values()
    )
    assert not any(text in stored for text in texts)
    assert app_tokens.live(user).count() == 1


def test_a_spent_token_that_comes_back_ends_its_family_and_the_sessions_it_opened_and_is_told_once(api: Api) -> None:
    user = customer(email="alice@example.com")
    first = issued(user)
    second = use(first.token)
    other = issued(user, device_id="another-device-1")
    bystander = token_of(user)
    refused(first.token)
    assert api.get("/api/v1/me", token=second.token).status_code == 401
    assert Session.objects.get(pk=second.session.pk).end_cause == EndCause.TOKEN_REUSED
    refused(second.app_token.token)
    refused(first.token)
    assert Message.objects.filter(template="app_token_reused").count() == 1
    assert read_message("alice@example.com", "app_token_reused").facts["link"]
    assert LoginRecord.objects.filter(user=user, act="app_token_revoked").count() == 1
    assert AuditRecord.objects.filter(act="accounts.app_token_reused").count() == 1
    assert api.get("/api/v1/me", token=bystander).status_code == 200
    assert use(other.token, "another-device-1").session.level == "full"


def test_a_spent_token_ends_its_family_whatever_device_shows_it() -> None:
    user = customer()
    first = issued(user)
    second = use(first.token)
    refused(first.token, "the-thief-s-device")
    refused(second.app_token.token)


def test_another_device_is_refused_and_changes_nothing_for_the_right_one() -> None:
    made = issued(customer())
    refused(made.token, "another-device-1")
    assert use(made.token).session.level == "full"


def test_the_same_device_of_two_customers_has_a_token_of_each() -> None:
    alice, bob = customer(), customer()
    tokens = [issued(alice).token, issued(bob).token]
    assert [use(token).session.user for token in tokens] == [alice, bob]
    assert len(set(AppToken.objects.values_list("device_hash", flat=True))) == 2


def test_failures_are_counted_per_address_and_lock_it(api: Api) -> None:
    made = issued(customer())
    for _ in range(20):
        answer = api.post(DOOR, {"token": "x" * 43, "device_id": DEVICE}, ip="203.0.113.7")
        assert (answer.status_code, answer.json()["slug"]) == (401, "accounts.app_token_refused")
    answer = api.post(DOOR, {"token": made.token, "device_id": DEVICE}, ip="203.0.113.7")
    assert (answer.status_code, answer.json()["slug"]) == (429, "accounts.address_locked")
    assert api.post(DOOR, {"token": made.token, "device_id": DEVICE}, ip="203.0.113.8").status_code == 201


def test_successes_give_the_attempt_back() -> None:
    token = issued(customer()).token
    for _ in range(25):
        token = use(token).app_token.token


@pytest.mark.parametrize(
    "cause",
    [
        EndCause.PASSWORD_CHANGED,
        EndCause.FACTOR_CHANGED,
        EndCause.CONTACT_CHANGED,
        EndCause.RECOVERED,
        EndCause.FROZEN,
        EndCause.LOGOUT_ALL,
        EndCause.PARENT,
        EndCause.STATUS,
    ],
)
def test_a_change_of_the_accounts_safety_ends_every_token_without_calling_its_use_a_theft(cause: EndCause) -> None:
    user = customer()
    spent = issued(user)
    live = use(spent.token)
    sessions.end_all(user=user, cause=cause)
    refused(live.app_token.token)
    refused(spent.token)
    assert not Message.objects.filter(template="app_token_reused").exists()


@pytest.mark.parametrize("cause", [EndCause.ELSEWHERE, EndCause.SUPERSEDED])
def test_sessions_that_merely_give_way_leave_the_token(cause: EndCause) -> None:
    user = customer()
    made = issued(user)
    sessions.end_all(user=user, cause=cause)
    assert use(made.token).token


def test_logging_out_everywhere_by_http_ends_fingerprint_log_in(api: Api) -> None:
    user = customer()
    made = issued(user)
    assert api.delete("/api/v1/sessions/all", token=token_of(user)).status_code == 204
    refused(made.token)


def test_a_stopped_account_is_not_let_in_and_its_token_is_not_spent() -> None:
    user = customer()
    made = issued(user)
    User.objects.filter(pk=user.pk).update(status="locked")
    with pytest.raises(DomainError) as refusal:
        use(made.token)
    assert refusal.value.slug == "accounts.account_stopped"
    User.objects.filter(pk=user.pk).update(status="normal")
    assert use(made.token).token


def test_a_token_dies_after_ninety_idle_days_and_each_use_starts_them_anew() -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        token = issued(user).token
        clock.shift(timedelta(days=89))
        token = use(token).app_token.token
        clock.shift(timedelta(days=89))
        token = use(token).app_token.token
        clock.shift(timedelta(days=90, seconds=1))
        refused(token)
        housekeeping.prune()
    assert not AppToken.objects.exists()


def test_housekeeping_keeps_spent_tokens_as_long_as_a_copy_could_come_back() -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        use(issued(user).token)
        clock.shift(timedelta(days=89))
        housekeeping.prune()
        assert AppToken.objects.count() == 2


def test_ten_devices_and_no_more_until_one_is_turned_off(api: Api) -> None:
    user = customer()
    made = [issued(user, device_id=f"device-number-{number}") for number in range(10)]
    with pytest.raises(TooManyAppTokens):
        issued(user, device_id="device-number-11")
    issued(user, device_id="device-number-3")
    assert app_tokens.live(user).count() == 10
    assert api.delete(f"{URL}/{made[-1].family}", token=token_of(user)).status_code == 204
    issued(user, device_id="device-number-11")


def test_a_device_has_one_token_and_the_former_is_dead() -> None:
    user = customer()
    former, present = issued(user), issued(user)
    refused(former.token)
    assert use(present.token).token


def test_a_log_in_by_fingerprint_is_not_news_of_a_new_device() -> None:
    user = customer()
    made = issued(user)
    before = Message.objects.filter(template="new_login").count()
    opened = use(made.token)
    use(opened.app_token.token)
    assert Message.objects.filter(template="new_login").count() == before
    KnownDevice.objects.filter(user=user).delete()
