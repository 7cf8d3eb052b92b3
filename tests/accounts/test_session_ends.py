"""What ends a session, and what never opens one."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.errors import AccountStopped, CredentialsChanged
from accounts.models import LoginRecord, RegisterType, Session, User
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause, Level, SignedInBy
from accounts.services import changes, login, passwords, sessions
from config.kit.clock import now
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/sessions"
SECOND = "/api/v1/sessions/second-factor"


def is_open(api: Api, token: str) -> bool:
    return bool(api.get("/api/v1/me", token=token).status_code == 200)


def sub_account(parent: User) -> User:
    made = User.objects.create(
        username="bot1", parent=parent, register_type=RegisterType.SUB_ACCOUNT, registered_at=now(), language="en"
    )
    passwords.store(made, passwords.encode_forms(passwords.plain(PASSWORD)))
    return made


def test_all_other_sessions_end_and_the_one_that_asks_stays(api: Api) -> None:
    user, other = customer(), customer()
    tokens, foreign = [token_of(user) for _ in range(3)], token_of(other)
    assert api.delete(f"{URL}/others", token=tokens[1]).status_code == 204
    assert [is_open(api, token) for token in tokens] == [False, True, False]
    assert is_open(api, foreign)
    assert LoginRecord.objects.filter(user=user, act=LoginAct.SESSION_REVOKED).count() == 1
    assert set(Session.objects.filter(user=user, ended_at__isnull=False).values_list("end_cause", flat=True)) == {"logout_all"}


def test_a_half_signed_in_session_ends_no_others(api: Api) -> None:
    user = customer()
    bind_totp(user)
    whole = token_of_before(user)
    half = api.post(URL, {"login": str(user.uid), "password": PASSWORD}).json()["token"]
    assert api.delete(f"{URL}/others", token=half).status_code == 403
    assert is_open(api, whole)


def token_of_before(user: User) -> str:
    """A whole session, made apart from the second factor."""
    return sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token


def test_who_allows_one_device_is_signed_out_of_the_others_by_a_whole_sign_in_only(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    User.objects.filter(pk=user.pk).update(allows_many_devices=False)
    first = token_of_before(user)
    half = api.post(URL, {"login": str(user.uid), "password": PASSWORD}).json()["token"]
    assert is_open(api, first)
    second = api.post(SECOND, {"method": "totp", "code": app.code()}, token=half).json()["token"]
    assert (is_open(api, first), is_open(api, second)) == (False, True)
    assert Session.objects.filter(user=user, end_cause=EndCause.ELSEWHERE).count() == 2  # bind_totp's is the other


def test_of_many_sign_ins_at_once_one_remains_where_one_device_is_allowed(real_db: None) -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(allows_many_devices=False)
    user.refresh_from_db()
    at_once(8, lambda _: login.admit(user=user, device=None, client=CLIENT, by=SignedInBy.PASSWORD).token)
    assert sessions.open_sessions(user).count() == 1


@pytest.mark.parametrize("status", ["locked", "suspended", "deleted"])
def test_a_stopped_parent_stops_its_sub_accounts(api: Api, status: str) -> None:
    parent = customer()
    sub = sub_account(parent)
    made = api.post(URL, {"username": "BOT1", "password": PASSWORD})
    assert made.status_code == 201
    token = made.json()["token"]
    assert is_open(api, token)
    User.objects.filter(pk=parent.pk).update(status=status)
    assert not is_open(api, token)
    refused = api.post(URL, {"username": "bot1", "password": PASSWORD})
    assert refused.json()["slug"] == "accounts.account_stopped"
    assert api.post(URL, {"username": "bot1", "password": "wrong wrong"}).status_code == 401
    User.objects.filter(pk=parent.pk).update(status="normal")
    assert is_open(api, token)
    assert not User.objects.get(pk=sub.pk).is_staff


def test_a_stopped_sub_account_leaves_its_parent_alone(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    token = token_of(parent)
    User.objects.filter(pk=sub.pk).update(status="locked")
    assert is_open(api, token)
    assert api.post(URL, {"username": "bot1", "password": PASSWORD}).json()["account_status"] == "locked"


def test_a_change_that_comes_between_the_proof_and_the_session_leaves_none() -> None:
    user = customer()
    proved = User.objects.get(pk=user.pk)
    changes.follow(user=user, act=LoginAct.PASSWORD_CHANGED, client=CLIENT, ends=EndCause.PASSWORD_CHANGED)
    with pytest.raises(CredentialsChanged):
        login.admit(user=proved, device=None, client=CLIENT, by=SignedInBy.PASSWORD)
    proved = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(status="locked")
    with pytest.raises(AccountStopped):
        login.admit(user=proved, device=None, client=CLIENT, by=SignedInBy.PASSWORD)
    assert not sessions.open_sessions(user).exists()


def test_log_ins_at_once_with_a_change_leave_no_session_of_before(real_db: None) -> None:
    user = customer()

    def act(number: int) -> None:
        if number == 4:
            with transaction.atomic():
                changes.follow(user=user, act=LoginAct.PASSWORD_CHANGED, client=CLIENT, ends=EndCause.PASSWORD_CHANGED)
        else:
            login.admit(user=user, device=None, client=CLIENT, by=SignedInBy.PASSWORD)

    at_once(9, act)
    assert not sessions.open_sessions(user).exists()


def test_a_token_that_the_client_brings_along_is_never_adopted(api: Api) -> None:
    user = customer()
    planted = "A" * 43
    for headers in ({}, {"Cookie": f"__Host-session={planted}"}):
        made = api.post(URL, {"login": str(user.uid), "password": PASSWORD}, headers=headers)
        assert made.json()["token"] != planted
    assert api.get("/api/v1/me", token=planted).status_code == 401


def test_each_rise_changes_the_token_and_kills_the_old_one(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    half = api.post(URL, {"login": str(user.uid), "password": PASSWORD}).json()["token"]
    whole = api.post(SECOND, {"method": "totp", "code": app.code()}, token=half).json()["token"]
    fresh = api.post(SECOND, {"method": "totp", "code": app.code()}, token=whole).json()["token"]
    assert len({half, whole, fresh}) == 3
    assert [api.get(URL, token=token).status_code for token in (half, whole, fresh)] == [401, 401, 200]
    assert Session.objects.filter(user=user, signed_in_by="password", ended_at__isnull=True).count() == 2  # bind_totp's too
