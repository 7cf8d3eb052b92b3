"""Sub-accounts: opened with a proof, signed in by user name, and wholly in their parent's hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import AuditRecord, LoginRecord, PasswordForm, Session, User
from accounts.services import login, passwords, second_factor, sub_accounts, trade_password
from messaging.models import Message
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, bind_totp, customer, token_of
from tests.factories_around import SUB_PASSWORD, proof_body, sub_account, sub_token

URL = "/api/v1/sub-accounts"


def opened(api: Api, parent: User, token: str, **body: Any) -> Any:
    given = {"username": "desk.one", "password": SUB_PASSWORD, "label": "Desk 1", **body}
    return api.post(URL, {**given, **proof_body(parent, "sub_account_add")}, token=token)


@pytest.mark.django_db
def test_a_sub_account_is_opened_with_a_proof_and_signs_in_by_its_user_name(api: Api) -> None:
    parent = customer()
    token = token_of(parent)
    answer = opened(api, parent, token)
    assert answer.status_code == 201
    made = User.objects.get(parent=parent)
    assert answer.json() == {
        "id": str(made.uid),
        "username": "desk.one",
        "label": "Desk 1",
        "status": "normal",
        "registered_at": answer.json()["registered_at"],
    }
    signed_in = api.post("/api/v1/sessions", {"username": "DESK.one", "password": SUB_PASSWORD})
    assert signed_in.status_code == 201
    me = api.get("/api/v1/me", token=signed_in.json()["token"]).json()
    assert (me["uid"], me["parent_uid"], me["register_type"]) == (str(made.uid), str(parent.uid), "sub")
    assert api.get(URL, token=token).json()["results"] == [answer.json()]
    assert api.get(f"{URL}/{made.uid}", token=token).json() == answer.json()


@pytest.mark.django_db
def test_the_parent_hears_of_it_and_both_logs_have_it(api: Api) -> None:
    parent = customer()
    opened(api, parent, token_of(parent))
    made = User.objects.get(parent=parent)
    assert Message.objects.filter(user=parent, template="sub_account_added").count() == 1
    assert LoginRecord.objects.filter(user=parent, act="sub_account_added").count() == 1
    assert LoginRecord.objects.filter(user=made).get().act == "registered"
    assert AuditRecord.objects.filter(act="accounts.sub_account_added", actor=parent).count() == 1


@pytest.mark.django_db
def test_without_a_proof_or_with_one_for_something_else_none_is_opened(api: Api) -> None:
    parent = customer()
    token = token_of(parent)
    body = {"username": "desk.one", "password": SUB_PASSWORD}
    refused = api.post(URL, body, token=token)
    assert (refused.status_code, refused.json()["slug"]) == (403, "accounts.second_factor_required")
    assert refused.json()["methods"] == ["email"]
    other = api.post(URL, {**body, **proof_body(parent, "sub_account_password")}, token=token)
    assert 400 <= other.status_code < 500
    assert not User.objects.filter(parent=parent).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "1desk"}, {"username": "ab"}, {"username": "d" * 33}, {"username": "дesk.one"}, {"username": "a@b.c"},
        {"username": None}, {"username": 5}, {"password": "short"}, {"password": "desk.one"}, {"password": "x" * 2_000},
        {"password": None}, {"label": "l" * 65}, {"label": "a\u0000b"}, {"label": []},
    ],
)  # fmt: skip
def test_input_of_another_form_is_refused_before_the_proof_is_spent(api: Api, wrong: dict[str, Any]) -> None:
    parent = customer()
    token = token_of(parent)
    shown = proof_body(parent, "sub_account_add")
    given = {"username": "desk.one", "password": SUB_PASSWORD, **shown}
    assert api.post(URL, {**given, **wrong}, token=token).status_code == 400
    assert api.post(URL, given, token=token).status_code == 201


@pytest.mark.django_db
def test_a_taken_user_name_is_refused_whoever_has_it(api: Api) -> None:
    parent = customer()
    customer(username="Desk.One")
    refused = opened(api, parent, token_of(parent))
    assert (refused.status_code, refused.json()["slug"]) == (409, "accounts.username_taken")


@pytest.mark.django_db
def test_a_sub_account_has_no_sub_accounts_and_handles_none(api: Api) -> None:
    parent = customer()
    sub, sibling = sub_account(parent), sub_account(parent)
    token = sub_token(sub)
    for answer in (
        api.get(URL, token=token),
        api.post(URL, {"username": "grand.child", "password": SUB_PASSWORD, "code": "123456"}, token=token),
        api.patch(f"{URL}/{sibling.uid}", {"label": "mine"}, token=token),
        api.post(f"{URL}/{sibling.uid}/freeze", token=token),
        api.post(f"{URL}/{sibling.uid}/thaw", token=token),
        api.put(f"{URL}/{sibling.uid}/password", {"password": SUB_PASSWORD, "code": "123456"}, token=token),
        api.get(f"{URL}/{sibling.uid}/sessions", token=token),
        api.get(f"{URL}/{sibling.uid}/activity", token=token),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.not_for_sub_accounts")
    with pytest.raises(errors.NotForSubAccounts):
        sub_accounts.create(parent=sub, username="grand.child", password=SUB_PASSWORD, proof=None, client=CLIENT)


@pytest.mark.django_db
def test_somebody_elses_sub_account_answers_like_none(api: Api) -> None:
    theirs = sub_account(customer())
    parent = customer()
    token = token_of(parent)
    for name in (theirs.uid, parent.uid, "100000000", "4203918275640192", "x", "%00", "9" * 60, "１２３４５６７８９"):
        for answer in (
            api.get(f"{URL}/{name}", token=token),
            api.patch(f"{URL}/{name}", {"label": "mine"}, token=token),
            api.delete(f"{URL}/{name}", {"code": "123456"}, token=token),
            api.put(f"{URL}/{name}/password", {"password": SUB_PASSWORD, "code": "123456"}, token=token),
            api.post(f"{URL}/{name}/freeze", token=token),
            api.post(f"{URL}/{name}/thaw", token=token),
            api.get(f"{URL}/{name}/sessions", token=token),
            api.get(f"{URL}/{name}/activity", token=token),
            api.get(f"{URL}/{name}/balances", token=token),
        ):
            assert (answer.status_code, answer.json()["slug"]) == (404, "api.absent"), name
    theirs.refresh_from_db()
    assert (theirs.status, theirs.sub_account_label) == ("normal", "")


@pytest.mark.django_db
def test_a_sub_account_is_called_something_else(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    token = token_of(parent)
    assert api.patch(f"{URL}/{sub.uid}", {"label": "貨幣組"}, token=token).json()["label"] == "貨幣組"
    assert api.get(f"{URL}/{sub.uid}", token=token).json()["label"] == "貨幣組"


@pytest.mark.django_db
def test_freezing_ends_its_sessions_at_once_and_thawing_lets_it_sign_in_anew(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    token, theirs = token_of(parent), sub_token(sub)
    answer = api.post(f"{URL}/{sub.uid}/freeze", token=token)
    assert (answer.status_code, answer.json()["status"]) == (200, "locked")
    assert api.get("/api/v1/me", token=theirs).status_code == 401
    assert Session.objects.get(user=sub).end_cause == "parent"
    refused = api.post("/api/v1/sessions", {"username": sub.username, "password": SUB_PASSWORD})
    assert (refused.status_code, refused.json()["slug"]) == (403, "accounts.account_stopped")
    again = api.post(f"{URL}/{sub.uid}/freeze", token=token)
    assert (again.status_code, again.json()["slug"]) == (409, "accounts.sub_account_frozen")
    assert api.post(f"{URL}/{sub.uid}/thaw", token=token).json()["status"] == "normal"
    assert api.get("/api/v1/me", token=theirs).status_code == 401
    assert api.get("/api/v1/me", token=sub_token(sub)).status_code == 200
    assert api.post(f"{URL}/{sub.uid}/thaw", token=token).json()["slug"] == "accounts.sub_account_not_frozen"
    acts = list(LoginRecord.objects.filter(user=parent, act__startswith="sub_account_").values_list("act", flat=True))
    assert sorted(acts) == ["sub_account_added", "sub_account_frozen", "sub_account_thawed"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["suspended", "locked"])
def test_what_an_officer_stopped_the_parent_does_not_start(api: Api, status: str) -> None:
    parent = customer()
    sub = sub_account(parent)
    User.objects.filter(pk=sub.pk).update(status=status)
    if status == "locked":
        sub.freezes.create(by_owner=True, reason="court order", status_before="normal", started_at=sub.registered_at)
    answer = api.post(f"{URL}/{sub.uid}/thaw", token=token_of(parent))
    assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.sub_account_stopped")
    sub.refresh_from_db()
    assert sub.status == status


@pytest.mark.django_db
def test_the_parent_gives_no_password_that_is_the_trade_password(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    trade = "a sentence for money only"
    trade_password.write(user=sub, new=passwords.plain(trade), old=None, proof=None, client=CLIENT)
    body = {"password": trade, **proof_body(parent, "sub_account_password")}
    answer = api.put(f"{URL}/{sub.uid}/password", body, token=token_of(parent))
    assert (answer.status_code, answer.json()["slug"]) == (400, "accounts.passwords_equal")
    assert sub_token(sub)


@pytest.mark.django_db
def test_another_password_ends_its_sessions_and_only_the_new_one_signs_in(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    token, theirs = token_of(parent), sub_token(sub)
    body = {"password": "quite another sentence", **proof_body(parent, "sub_account_password")}
    assert api.put(f"{URL}/{sub.uid}/password", body, token=token).status_code == 204
    assert api.get("/api/v1/me", token=theirs).status_code == 401
    assert api.get("/api/v1/me", token=token).status_code == 200
    old = {"username": sub.username, "password": SUB_PASSWORD}
    assert api.post("/api/v1/sessions", old).status_code == 401
    assert api.post("/api/v1/sessions", {**old, "password": body["password"]}).status_code == 201
    assert Message.objects.filter(user=parent, template="sub_account_password").count() == 1
    assert not sub.known_devices.filter(created_at__lt=PasswordForm.objects.filter(user=sub).latest("pk").changed_at).exists()


@pytest.mark.django_db
def test_its_second_factor_is_its_own(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    app = bind_totp(sub, password=SUB_PASSWORD)
    assert second_factor.login_methods(parent) == ()
    signed_in = login.log_in(login=sub.username or "", password=SUB_PASSWORD, client=CLIENT)
    assert "totp" in signed_in.methods
    done = api.post("/api/v1/sessions/second-factor", {"method": "totp", "code": app.code()}, token=signed_in.token)
    assert done.status_code == 201
    assert bind_totp(parent).seed != app.seed


@pytest.mark.django_db
def test_the_parent_sees_its_sessions_and_its_log(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    token, theirs = token_of(parent), sub_token(sub)
    (shown,) = api.get(f"{URL}/{sub.uid}/sessions", token=token).json()["results"]
    assert shown["id"] == api.get("/api/v1/sessions", token=theirs).json()["results"][0]["id"]
    assert "token" not in str(shown)
    log = api.get(f"{URL}/{sub.uid}/activity", token=token).json()["results"]
    assert [row["act"] for row in log] == ["login", "registered"]


@pytest.mark.django_db
def test_the_database_lets_no_sub_account_have_a_mailbox_or_a_phone() -> None:
    sub = sub_account(customer())
    for contact in ({"email": "thief@example.com"}, {"phone": "+886912345678"}):
        with pytest.raises(IntegrityError, match="accounts_user_sub_without_contacts"), transaction.atomic():
            User.objects.filter(pk=sub.pk).update(**contact)


@pytest.mark.django_db
def test_no_more_than_the_maximum_are_opened_and_removed_ones_make_room() -> None:
    parent = customer()
    settings_max, settings.SUB_ACCOUNTS_MAX = settings.SUB_ACCOUNTS_MAX, 2
    try:
        first = sub_account(parent)
        sub_account(parent)
        with pytest.raises(errors.TooManySubAccounts):
            sub_account(parent)
        User.objects.filter(pk=first.pk).update(status="deleted")
        sub_account(parent)
    finally:
        settings.SUB_ACCOUNTS_MAX = settings_max


def test_twenty_at_once_for_the_last_three_places_get_three(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = customer()
    monkeypatch.setattr(settings, "SUB_ACCOUNTS_MAX", 3)
    monkeypatch.setattr(second_factor, "require", lambda *_args, **_named: None)

    made = passwords.encode_forms(passwords.plain(SUB_PASSWORD))
    monkeypatch.setattr(passwords, "encode_forms", lambda _given: made)  # the hashing pool would queue them up

    def open_one(index: int) -> User:
        return sub_accounts.create(parent=parent, username=f"crowd.{index}", password=SUB_PASSWORD, proof=None, client=CLIENT)

    told = at_once(20, open_one)
    assert sum(isinstance(one, User) for one in told) == 3
    assert {type(one) for one in told if not isinstance(one, User)} <= {errors.TooManySubAccounts}
    assert User.objects.filter(parent=parent).count() == 3
