"""Officers, their sign-in, and the pages of the desk."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import StaffInvalid
from accounts.models import AuditRecord, Authenticator, PasswordForm, User
from accounts.services import development, staff, totp
from config.kit.clock import now
from tests.factories_accounts import PASSWORD, App, bind_totp, customer, officer, token_of

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def sign_in(client: Client, user: User, code: str, password: str = PASSWORD, ip: str = "127.0.0.1") -> bool:
    """Whether the form let the officer in."""
    body = {"username": user.email, "password": password, "code": code, "next": "/admin/"}
    return client.post(LOGIN, body, REMOTE_ADDR=ip).status_code == 302


@pytest.fixture
def desk(client: Client) -> Client:
    """The desk of a compliance and treasury officer."""
    user, app = officer("compliance", "treasury")
    assert sign_in(client, user, app.code())
    return client


def test_password_and_code_together_open_the_desk(client: Client) -> None:
    user, app = officer()
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, user, app.code())
    assert client.get("/admin/").status_code == 200
    assert AuditRecord.objects.filter(act="accounts.staff_signed_in", actor=user).count() == 1


def test_neither_alone_opens_it_and_which_was_wrong_is_not_told(client: Client) -> None:
    user, app = officer()
    nobody = User(email="nobody@example.com")
    pages = []
    for person, password, code in (
        (user, "wrong wrong", app.code()),
        (user, PASSWORD, "000000"),
        (nobody, PASSWORD, "000000"),
    ):
        answer = client.post(LOGIN, {"username": person.email, "password": password, "code": code, "next": ""})
        assert answer.status_code == 200
        page = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.content.decode())
        pages.append(page)
        assert "Email, password or authenticator code is wrong" in page
    assert pages[0] == pages[1] == pages[2]
    assert client.get("/admin/").status_code == 302


def test_a_code_opens_the_desk_once() -> None:
    user, app = officer()
    code = app.code()
    assert sign_in(Client(), user, code)
    assert not sign_in(Client(), user, code)


def test_five_failures_lock_the_officers_name_at_the_desk(client: Client) -> None:
    user, app = officer()
    for _ in range(5):
        assert not sign_in(client, user, "000000", password="wrong wrong")
    assert not sign_in(client, user, app.code())
    assert (
        "Too many failed attempts"
        in client.post(LOGIN, {"username": user.email, "password": PASSWORD, "code": app.code(), "next": ""}).content.decode()
    )


def test_a_customer_never_opens_the_desk(client: Client) -> None:
    user = customer()
    app = bind_totp(user)
    assert not sign_in(client, user, app.code())


def test_fifteen_idle_minutes_end_the_desk_and_so_does_a_long_day(client: Client) -> None:
    user, app = officer()
    with time_machine.travel(now(), tick=False) as clock:
        assert sign_in(client, user, app.code())
        clock.shift(timedelta(minutes=14))
        assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=15, seconds=1))
        assert client.get("/admin/").status_code == 302
        assert sign_in(client, user, App.of(user).code())
        for _ in range(12 * 5):
            clock.shift(timedelta(minutes=12))
            client.get("/admin/")
        assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"is_staff": False}, {"credentials_epoch": 9}])
def test_an_officer_who_may_act_no_more_loses_the_desk_at_once(client: Client, change: dict[str, object]) -> None:
    user, app = officer()
    assert sign_in(client, user, app.code())
    User.objects.filter(pk=user.pk).update(**change)
    assert client.get("/admin/").status_code == 302


def test_the_database_knows_no_superuser() -> None:
    from django.db import IntegrityError

    user, _ = officer()
    with pytest.raises(IntegrityError, match="accounts_user_no_superuser"):
        User.objects.filter(pk=user.pk).update(is_superuser=True)


def test_a_customers_page_shows_sessions_and_sign_ins_and_edits_nothing(desk: Client) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    page = f"/admin/accounts/user/{user.pk}/change/"
    shown = desk.get(page)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "a***e@example.com" in text
    assert "Firefox" in text
    assert "argon2" not in text
    assert token not in text
    before = User.objects.filter(pk=user.pk).values().get()
    assert desk.post(page, {"email": "mallory@example.com", "status": "locked"}).status_code == 403
    assert desk.get("/admin/accounts/user/add/").status_code == 403
    assert desk.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).values().get() == before


@pytest.mark.parametrize("term", ["alice@example.com", "ALICE@example.com", "Alice"])
def test_a_customer_is_found_by_whole_names(desk: Client, term: str) -> None:
    user = customer(email="alice@example.com", username="Alice")
    bob = customer(email="bob@example.com")
    page = desk.get("/admin/accounts/user/", {"q": term.lower() if "@" in term else term}).content.decode()
    assert str(user.uid) in page
    assert str(bob.uid) not in page
    assert str(user.uid) in desk.get("/admin/accounts/user/", {"q": str(user.uid)}).content.decode()


def test_the_list_of_customers_costs_the_same_queries_at_any_length(desk: Client) -> None:
    counts = []
    for more in (0, 5):
        for _ in range(more):
            customer()
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/admin/accounts/user/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_audit_log_is_shown_and_never_changed(desk: Client) -> None:
    record = AuditRecord.objects.latest("id")
    listed = desk.get("/admin/accounts/auditrecord/").content.decode()
    assert "accounts.staff_signed_in" in listed
    page = f"/admin/accounts/auditrecord/{record.pk}/change/"
    assert bytes(record.record_hash).hex() in desk.get(page).content.decode()
    assert desk.post(page, {"reason": "x"}).status_code == 403
    assert desk.post(f"/admin/accounts/auditrecord/{record.pk}/delete/", {"post": "yes"}).status_code == 403


def test_no_page_changes_a_password(desk: Client) -> None:
    assert desk.get("/admin/password_change/").status_code == 404
    assert desk.get("/admin/accounts/passwordform/").status_code == 404


def test_an_unknown_role_or_a_taken_email_makes_no_officer() -> None:
    user, _ = officer()
    with pytest.raises(StaffInvalid):
        staff.create_officer(email="x@example.com", password=PASSWORD, roles=("emperor",))
    with pytest.raises(StaffInvalid):
        staff.create_officer(email="x@example.com", password=PASSWORD, roles=())
    with pytest.raises(StaffInvalid):
        staff.create_officer(email=user.email or "", password=PASSWORD, roles=("treasury",))
    assert User.objects.filter(is_staff=True).count() == 1


def test_development_officers_are_made_once_and_shown_again(tmp_path: Path, settings: object, client: Client) -> None:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    shown = []
    for _ in range(2):
        out = StringIO()
        call_command("create_officers", "--json", stdout=out)
        shown.append(json.loads(out.getvalue()))
    secrets = [[(o["email"], o["password"], o["totp_secret"]) for o in officers] for officers in shown]
    assert secrets[0] == secrets[1]
    assert (tmp_path / development.SECRETS_FILE).stat().st_mode & 0o777 == 0o600
    first = shown[1][0]
    body = {"username": first["email"], "password": first["password"], "code": first["code"], "next": "/admin/"}
    assert client.post(LOGIN, body).status_code == 302
    out = StringIO()
    call_command("create_officers", stdout=out)
    assert first["password"] in out.getvalue()


def test_officers_of_another_var_directory_get_its_secrets(tmp_path: Path, settings: object) -> None:
    for name in ("one", "two"):
        settings.VAR_DIR = tmp_path / name  # type: ignore[attr-defined]  # pytest-django's settings take any name
        made = development.officers()
        assert len(made) == 2
        for shown in made:
            user = User.objects.get(email=shown.email)
            assert totp.bound(user)
            assert staff.has_role(user, "compliance")
            assert not staff.has_role(user, "auditor")
    assert User.objects.filter(is_staff=True).count() == 2
    assert Authenticator.objects.count() == PasswordForm.objects.count() == 2


def test_production_has_no_development_officers(settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]  # pytest-django's settings take any name
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("create_officers", stderr=err)
    assert ended.value.code == 2
    assert "create_staff" in err.getvalue()
    assert not User.objects.filter(is_staff=True).exists()


def test_create_staff_makes_an_officer_from_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    out = StringIO()
    call_command(
        "create_staff", "--email", "Ann@Example.com", "--name", "Ann 安", "--role", "auditor",
        "--by", "root", "--reason", "new", "--json",
        stdout=out,
    )  # fmt: skip
    told = json.loads(out.getvalue())
    user = User.objects.get(email="ann@example.com")
    assert staff.has_role(user, "auditor")
    assert App.of(user).seed == App.of_secret(told["totp_secret"]).seed
    assert (user.get_full_name(), told["name"]) == ("Ann 安", "Ann 安")
    record = AuditRecord.objects.get(act="accounts.officer_created")
    assert (record.reason, record.facts["by"], record.facts["name"]) == ("new", "root", "Ann 安")
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(SystemExit) as ended:
        call_command(
            "create_staff", "--email", "b@example.com", "--name", "B", "--role", "auditor", "--by", "root", "--reason", "x",
            stderr=StringIO(),
        )  # fmt: skip
    assert ended.value.code == 1


def test_an_officer_is_renamed_from_the_console_and_nobody_else_has_such_a_name() -> None:
    user = staff.create_officer(email="c@example.com", password=PASSWORD, roles=("auditor",)).user
    assert user.get_full_name() == "c@example.com"
    words = ("rename_staff", "--by", "root", "--reason", "she has a name", "--email")
    call_command(*words, "c@example.com", "--name", " Mei-Hua   Lin ", stdout=StringIO())
    user.refresh_from_db()
    assert user.get_full_name() == "Mei-Hua Lin"
    record = AuditRecord.objects.get(act="accounts.officer_renamed")
    assert (record.reason, record.facts) == ("she has a name", {"name": "Mei-Hua Lin", "by": "root"})
    for email, name in (
        ("d@example.com", "Ann"),
        ("c@example.com", "<b>"),
        ("c@example.com", "x" * 65),
        ("c@example.com", "-"),
    ):
        with pytest.raises(SystemExit):
            call_command(*words, email, "--name", name, stderr=StringIO())
    customer = User.objects.create(email="e@example.com", register_type="email", registered_at=user.registered_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=customer.pk).update(officer_name="Ann")
