"""What operators do at the console for customers and officers, each with a reason in the audit log."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.errors import OldPasswordWrong, SignInLocked
from accounts.models import AuditRecord, Session, User
from accounts.models.passwords import Form
from accounts.services import login, password_change, sessions
from accounts.services.passwords import Given
from accounts.services.staff import has_role
from config.kit.clock import now
from messaging.models import Message
from messaging.models.messages import MessageState
from messaging.services import delivery
from tests.accounts.test_staff import sign_in
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, customer, officer, token_of
from tests.factories_messaging import pass_time_for_resend

pytestmark = pytest.mark.django_db(transaction=True)
WHO = ("--by", "Bo Li", "--reason", "asked for on the phone")


def run(*line: str, fails: bool = False) -> dict[str, Any]:
    """What the command tells programs."""
    out = io.StringIO()
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command(*line, "--json", stdout=out)
        assert ended.value.code == 1
    else:
        call_command(*line, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    assert told["ok"] is not fails
    return told


def audited(act: str) -> AuditRecord:
    record = AuditRecord.objects.get(act=act)
    assert (record.actor_kind, record.reason, record.facts["by"]) == ("operator", "asked for on the phone", "Bo Li")
    return record


def test_a_disabled_officer_is_out_at_once_and_comes_back_with_what_was_bound(client: Client) -> None:
    user, app = officer("compliance")
    assert sign_in(client, user, app.code())
    assert client.get("/admin/").status_code == 200
    assert run("disable_staff", user.email or "", *WHO, "--dry-run")["dry_run"] is True
    assert client.get("/admin/").status_code == 200
    run("disable_staff", user.email or "", *WHO)
    assert client.get("/admin/").status_code == 302
    assert not sign_in(Client(), user, app.code())
    assert not has_role(User.objects.get(pk=user.pk), "compliance")
    audited("accounts.officer_disabled")
    assert run("disable_staff", user.email or "", *WHO, fails=True)["error"] == "accounts.staff_invalid"
    run("disable_staff", user.email or "", *WHO, "--again")
    assert has_role(User.objects.get(pk=user.pk), "compliance")
    assert run("disable_staff", customer().email or "", *WHO, fails=True)["error"] == "accounts.staff_invalid"


def reset(
    monkeypatch: pytest.MonkeyPatch, who: User, codes: list[str], *operators: User, fails: bool = False
) -> dict[str, Any]:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{code}\n" for code in codes)))
    named = [text for one in operators for text in ("--operator", one.email or "")]
    return run("reset_staff_factor", who.email or "", *named, *WHO, fails=fails)


def test_two_operators_give_an_officer_another_authenticator(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, lost = officer("compliance")
    (bo, app_bo), (cy, app_cy) = officer("operator"), officer("operator")
    assert sign_in(client, ann, lost.code())
    told = reset(monkeypatch, ann, [app_bo.code(), app_cy.code()], bo, cy)
    assert client.get("/admin/").status_code == 302
    assert not sign_in(Client(), ann, lost.code())
    assert sign_in(Client(), ann, App.of_secret(told["totp_secret"]).code())
    record = audited("accounts.officer_factor_reset")
    assert told["totp_secret"] not in json.dumps(record.facts)


def test_nobody_resets_a_factor_alone_for_oneself_or_with_a_code_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, app = officer("compliance")
    (bo, app_bo), (cy, app_cy), (di, _) = officer("operator"), officer("operator"), officer("treasury")
    for who, named, codes, error in (
        (ann, (bo,), [""], "accounts.staff_invalid"),
        (ann, (bo, bo), ["", ""], "accounts.staff_invalid"),
        (bo, (bo, cy), ["", ""], "accounts.staff_invalid"),
        (ann, (bo, di), ["", ""], "accounts.not_an_officer"),
        (ann, (bo, cy), [app_bo.code(), "000000"], "messaging.wrong_code"),
        (ann, (bo, cy), ["", app_cy.code()], "messaging.wrong_code"),
    ):
        assert reset(monkeypatch, who, codes, *named, fails=True)["error"] == error
    run("disable_staff", cy.email or "", *WHO)
    assert reset(monkeypatch, ann, ["", ""], bo, cy, fails=True)["error"] == "accounts.not_an_officer"
    assert sign_in(Client(), ann, app.code())
    assert not AuditRecord.objects.filter(act="accounts.officer_factor_reset").exists()


def test_a_locked_customer_may_try_again_after_the_lock_was_lifted() -> None:
    user = customer()
    session = login.log_in(login=user.email or "", password=PASSWORD, client=CLIENT).session

    def change() -> None:
        old, new = Given(Form.PLAIN, "not this one"), Given(Form.PLAIN, "another horse 9 battery")
        password_change.change_by_old(user=user, old=old, new=new, session=session, client=CLIENT)

    for _ in range(5):
        with pytest.raises(OldPasswordWrong):
            change()
    with pytest.raises(SignInLocked):
        change()
    assert run("unlock_customer", str(user.uid), *WHO)["locks"] == 1
    with pytest.raises(OldPasswordWrong):
        change()
    assert audited("accounts.unlocked").facts["locks"] == "1"
    assert run("unlock_customer", "999999999", *WHO, fails=True)["error"] == "api.absent"


def test_a_customer_is_signed_out_everywhere() -> None:
    user, other = customer(), customer()
    mine, anothers = token_of(user), token_of(other)
    assert Api(token=mine).get("/api/v1/me").status_code == 200
    assert run("end_sessions", str(user.uid), *WHO)["sessions"] == Session.objects.filter(user=user).count()
    assert Api(token=mine).get("/api/v1/me").status_code == 401
    assert Api(token=anothers).get("/api/v1/me").status_code == 200
    assert not sessions.open_sessions(user).exists()
    audited("accounts.sessions_ended")


def test_what_is_over_goes_and_a_trial_of_it_keeps_everything() -> None:
    user = customer()
    token_of(user)
    Session.objects.filter(user=user).update(created_at=now().replace(year=2019), expires_at=now().replace(year=2020))
    kept = Session.objects.count()
    assert run("prune", *WHO, "--dry-run")["rows"] >= 1
    assert Session.objects.count() == kept
    run("prune", *WHO)
    assert not Session.objects.filter(user=user).exists()
    audited("accounts.pruned")


def test_a_waiting_message_is_tried_now_and_one_that_has_ended_never_again() -> None:
    customer()
    pass_time_for_resend()
    message = Message.objects.latest("pk")
    Message.objects.filter(pk=message.pk).update(state=MessageState.QUEUED, due_at=now().replace(year=2099))
    assert delivery.claim_next(message_id=message.pk) is None
    run("resend_message", str(message.public_id), *WHO)
    assert Message.objects.get(pk=message.pk).due_at <= now()
    audited("messaging.message_urged")
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, ended_at=now(), sealed=None)
    assert run("resend_message", str(message.public_id), *WHO, fails=True)["error"] == "messaging.message_ended"
    assert run("resend_message", "1", *WHO, fails=True)["error"] == "api.absent"
