"""A customer freezes the account: everything stops at once, and nobody alone opens it again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.errors import AccountStopped, AlreadyFrozen, FrozenByOwner, NotFrozen
from accounts.models import AccountFreeze, AppToken, AuditRecord, LoginRecord, RegisterType, Session, User
from accounts.models.sessions import EndCause, Level
from accounts.models.users import Status
from accounts.services import freezing, holds, login, sessions
from config.kit.clock import now
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of
from tests.factories_messaging import read_message, unsent_messages

FREEZE = "/api/v1/me/freeze"


@pytest.mark.django_db
def test_a_customer_freezes_the_account_without_a_second_factor_and_every_session_ends(api: Api) -> None:
    user = customer()
    tokens = [token_of(user) for _ in range(3)]
    answer = api.post(FREEZE, {"confirm": True}, token=tokens[0])
    assert (answer.status_code, answer.json()["status"]) == (200, "locked")
    assert [api.get("/api/v1/me", token=token).status_code for token in tokens] == [401, 401, 401]
    assert set(Session.objects.filter(user=user).values_list("end_cause", flat=True)) == {EndCause.FROZEN}


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"confirm": False}, {"confirm": "maybe"}, {"confirm": None}, [], {"confirm": {}}])
def test_an_unconfirmed_freeze_changes_nothing(api: Api, body: object) -> None:
    user = customer()
    token = token_of(user)
    assert api.post(FREEZE, body, token=token).status_code == 400
    assert api.get("/api/v1/me", token=token).status_code == 200
    assert not AccountFreeze.objects.exists()


@pytest.mark.django_db
def test_a_session_that_waits_for_its_second_factor_freezes_nothing(api: Api) -> None:
    user = customer()
    bind_totp(user)
    made = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert made.session.level == Level.PRE2FA
    assert api.post(FREEZE, {"confirm": True}, token=made.token).status_code == 403
    assert not AccountFreeze.objects.exists()


@pytest.mark.django_db
def test_a_frozen_customer_can_not_sign_in_and_is_told_why_after_the_right_password(api: Api) -> None:
    user = customer()
    freezing.freeze(user=user, client=CLIENT)
    refused = api.post("/api/v1/sessions", {"login": user.email, "password": PASSWORD})
    assert (refused.status_code, refused.json()["account_status"]) == (403, "locked")
    assert api.post("/api/v1/sessions", {"login": user.email, "password": "wrong"}).status_code == 401


@pytest.mark.django_db
def test_freezing_revokes_the_tokens_of_apps() -> None:
    user = customer()
    moment = now()
    AppToken.objects.create(
        user=user, family=uuid.uuid4(), token_hash=b"t" * 32, device_hash=b"d" * 32,
        created_at=moment, expires_at=moment + timedelta(days=1),
    )  # fmt: skip
    freezing.freeze(user=user, client=CLIENT)
    assert AppToken.objects.get(user=user).revoked_at is not None


@pytest.mark.django_db
def test_every_bound_channel_is_told_and_log_and_audit_have_a_line() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(phone="+886912345678")
    user.refresh_from_db()
    freezing.freeze(user=user, client=CLIENT)
    assert read_message(user.email or "", "account_frozen").facts["ip"] == CLIENT.ip
    read_message("+886912345678", "account_frozen")
    assert LoginRecord.objects.filter(user=user, act="frozen").count() == 1
    assert AuditRecord.objects.filter(act="accounts.frozen", actor=user).count() == 1


@pytest.mark.django_db
def test_freezing_twice_is_one_freeze_and_one_notice() -> None:
    user = customer()
    first = freezing.freeze(user=user, client=CLIENT)
    assert freezing.freeze(user=user, client=CLIENT).pk == first.pk
    assert sum(message.template == "account_frozen" for message in unsent_messages(user.email or "")) == 1


@pytest.mark.django_db
def test_the_status_of_before_comes_back_with_the_thaw_and_not_another() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(status=Status.NOT_TRADABLE)
    freezing.freeze_by_staff(user=user, by="ops", reason="suspicious log-ins", client=CLIENT)
    freezing.thaw_by_staff(user=user, by="ops", reason="cleared by phone", client=CLIENT)
    user.refresh_from_db()
    assert user.status == Status.NOT_TRADABLE
    assert [hold.cause for hold in holds.active(user)] == ["freeze"]
    assert read_message(user.email or "", "account_thawed").facts["until"]


@pytest.mark.django_db
def test_a_status_that_an_officer_set_meanwhile_outlives_the_thaw() -> None:
    user = customer()
    freezing.freeze_by_staff(user=user, by="ops", reason="suspicious log-ins", client=CLIENT)
    User.objects.filter(pk=user.pk).update(status=Status.SUSPENDED)
    freezing.thaw_by_staff(user=user, by="ops", reason="cleared by phone", client=CLIENT)
    user.refresh_from_db()
    assert user.status == Status.SUSPENDED


@pytest.mark.django_db
def test_operators_thaw_what_operators_froze_and_nothing_else() -> None:
    user = customer()
    with pytest.raises(NotFrozen):
        freezing.thaw_by_staff(user=user, by="ops", reason="none", client=CLIENT)
    freezing.freeze_by_staff(user=user, by="ops", reason="suspicious log-ins", client=CLIENT)
    with pytest.raises(AlreadyFrozen):
        freezing.freeze_by_staff(user=user, by="ops", reason="again", client=CLIENT)
    freezing.freeze(user=user, client=CLIENT)
    assert not freezing.thaw_by_staff(user=user, by="ops", reason="cleared by phone", client=CLIENT)
    with pytest.raises(FrozenByOwner):
        freezing.thaw_by_staff(user=user, by="ops", reason="cleared by phone", client=CLIENT)
    user.refresh_from_db()
    assert user.status == Status.LOCKED


@pytest.mark.django_db
def test_an_operators_freeze_that_joins_the_owners_is_not_lifted_by_the_owners_case() -> None:
    user = customer()
    freezing.freeze(user=user, client=CLIENT)
    assert freezing.is_owners_alone(freezing.current(user))
    freezing.freeze_by_staff(user=user, by="ops", reason="court order", client=CLIENT)
    assert not freezing.is_owners_alone(freezing.current(user))
    assert AccountFreeze.objects.count() == 1
    with pytest.raises(ValueError, match="reason"):
        freezing.freeze_by_staff(user=user, by="ops", reason=" ", client=CLIENT)


@pytest.mark.django_db
def test_a_deleted_account_is_not_frozen() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(status=Status.DELETED)
    with pytest.raises(AccountStopped):
        freezing.freeze(user=user, client=CLIENT)
    with pytest.raises(AccountStopped):
        freezing.freeze_by_staff(user=user, by="ops", reason="whatever", client=CLIENT)
    assert not AccountFreeze.objects.exists()


@pytest.mark.django_db
def test_the_database_holds_one_freeze_at_a_time() -> None:
    user = customer()
    freezing.freeze(user=user, client=CLIENT)
    with pytest.raises(IntegrityError, match="accounts_accountfreeze_one_at_a_time"), transaction.atomic():
        AccountFreeze.objects.create(user=user, by_owner=True, status_before="normal", started_at=now())


@pytest.mark.django_db
def test_sub_accounts_stop_with_their_parent_and_come_back_with_it(api: Api) -> None:
    parent = customer()
    sub_account = User.objects.create(
        parent=parent, username="trader.one", register_type=RegisterType.SUB_ACCOUNT, registered_at=now()
    )
    before = sessions.open_session(user=sub_account, level=Level.FULL, client=CLIENT).token
    freezing.freeze_by_staff(user=parent, by="ops", reason="suspicious log-ins", client=CLIENT)
    assert api.get("/api/v1/me", token=before).status_code == 401
    assert Session.objects.get(user=sub_account).end_cause == EndCause.PARENT
    during = sessions.open_session(user=sub_account, level=Level.FULL, client=CLIENT).token
    assert api.get("/api/v1/me", token=during).status_code == 401
    sub_account = User.objects.get(pk=sub_account.pk)
    assert not sub_account.may_act
    freezing.thaw_by_staff(user=parent, by="ops", reason="cleared by phone", client=CLIENT)
    assert User.objects.get(pk=sub_account.pk).may_act


def test_sixty_four_requests_freeze_once(real_db: None) -> None:
    user = customer()
    made = at_once(64, lambda _: freezing.freeze(user=user, client=CLIENT).pk)
    assert len(set(made)) == 1
    assert AccountFreeze.objects.count() == 1
    assert LoginRecord.objects.filter(user=user, act="frozen").count() == 1
    assert sum(message.template == "account_frozen" for message in unsent_messages(user.email or "")) == 1


@pytest.mark.django_db
def test_operators_commands_freeze_and_thaw_with_who_and_why() -> None:
    user = customer()
    told = StringIO()
    call_command("freeze_account", str(user.uid), by="ada", reason="reported by phone", stdout=told)
    assert f"{user.uid}" in told.getvalue()
    record = AuditRecord.objects.get(act="accounts.frozen")
    assert (record.actor_kind, record.reason, record.facts["by"]) == ("operator", "reported by phone", "ada")
    call_command("thaw_account", str(user.uid), by="ada", reason="owner confirmed", stdout=StringIO())
    user.refresh_from_db()
    assert user.status == Status.NORMAL


@pytest.mark.django_db
@pytest.mark.parametrize("uid", ["123", "999999999", "abc", "½", "9" * 40])
def test_operators_commands_refuse_a_uid_that_nobody_has(uid: str) -> None:
    complaint = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("freeze_account", uid, by="ada", reason="reported by phone", stderr=complaint)
    assert ended.value.code == 1
    assert "no such customer" in complaint.getvalue()


@pytest.mark.django_db
def test_the_thaw_command_refuses_what_the_owner_froze() -> None:
    user = customer()
    freezing.freeze(user=user, client=CLIENT)
    complaint = StringIO()
    with pytest.raises(SystemExit):
        call_command("thaw_account", str(user.uid), by="ada", reason="owner called", stderr=complaint)
    assert "two officers" in complaint.getvalue()
