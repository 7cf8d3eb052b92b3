"""A customer who can't sign in opens a recovery case, follows it by its token, and may take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import LoginRecord, RecoveryCase, User
from accounts.models.recovery import CASE_FLOW, CaseState, RecoveryCause
from accounts.models.sessions import SignedInBy
from accounts.models.users import Status
from accounts.services import freezing, login, recovery_cases, recovery_completion
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.crypto import token_hash
from config.kit.flow import IllegalMove
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, customer
from tests.factories_messaging import pass_time_for_resend, read_message
from tests.factories_recovery import approve, code_for, locked_out, opened, picture, submitted, waiting

CASES = "/api/v1/recovery-cases"
CURRENT = "/api/v1/recovery-cases/current"
pytestmark = pytest.mark.django_db


def ask(api: Api, user: User, **changes: Any) -> Any:
    body = {"email": user.email, "code": code_for(user), "password": PASSWORD, "cause": "second_factor", **changes}
    return api.post(CASES, {name: value for name, value in body.items() if value is not None})


def with_token(api: Api, method: str, token: str) -> Any:
    return api.call(method, CURRENT, headers={"X-Recovery-Token": token})


def test_code_and_password_open_a_case_that_waits_for_a_selfie_with_a_number(api: Api) -> None:
    user = locked_out()
    answer = ask(api, user, statement="My phone was stolen.\nI want my account back.")
    assert answer.status_code == 201
    case = answer.json()["case"]
    assert (case["state"], case["next_step"], case["cause"]) == ("draft", "selfie", "second_factor")
    assert len(case["challenge"]) == 6
    row = RecoveryCase.objects.get()
    assert bytes(row.token_hash) == token_hash(answer.json()["token"])
    assert row.statement.startswith("My phone was stolen.")
    assert read_message(user.email or "", "recovery_opened").facts["link"].count("#") == 1
    assert with_token(api, "GET", answer.json()["token"]).json() == case


def test_the_case_is_open_again_under_a_new_token_and_the_old_one_is_dead(api: Api) -> None:
    user = locked_out()
    first, second = ask(api, user).json(), ask(api, user).json()
    assert first["case"]["id"] == second["case"]["id"]
    assert with_token(api, "GET", first["token"]).status_code == 401
    assert with_token(api, "GET", second["token"]).status_code == 200


def test_a_wrong_code_opens_nothing(api: Api) -> None:
    user = locked_out()
    answer = ask(api, user, code="00000000")
    assert (answer.status_code, RecoveryCase.objects.count()) == (422, 0)


def test_the_password_is_due_where_one_is_set_and_counted_like_a_log_in(api: Api) -> None:
    user = locked_out()
    assert ask(api, user, password=None).status_code == 401
    refused = ask(api, user, password="wrong password")
    assert (refused.status_code, refused.json()["failures"]) == (401, 2)
    assert LoginRecord.objects.filter(user=user, act="login_failed").count() == 2
    for _ in range(3):
        pass_time_for_resend()
        ask(api, user, password="wrong password")
    locked = ask(api, user)
    assert (locked.status_code, "retry_after" in locked.json()) == (429, True)
    assert not RecoveryCase.objects.exists()


def test_a_customer_without_a_password_needs_the_code_alone(api: Api) -> None:
    user = locked_out()
    user.password_forms.all().delete()
    assert ask(api, user, password=None).status_code == 201


def test_a_code_for_another_purpose_opens_nothing(api: Api) -> None:
    user = locked_out()
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert session.methods
    answer = ask(api, user, code=App.of(user).code())
    assert answer.status_code == 422


def test_asking_for_the_code_and_guessing_it_tell_nothing_about_the_name(api: Api) -> None:
    known = locked_out()
    answers = []
    for email in (known.email, "nobody@example.com"):
        pass_time_for_resend()
        sent = api.post("/api/v1/codes", {"purpose": "account_recovery", "email": email})
        guessed = api.post(CASES, {"email": email, "code": "00000000", "password": "x", "cause": "second_factor"})
        blind = {k: v for k, v in sent.json().items() if k not in {"destination", "expires_at", "resend_at"}}
        answers.append((sent.status_code, blind, set(sent.json()), guessed.status_code, guessed.json()))
    assert answers[0] == answers[1]
    read_message("nobody@example.com", "no_account")
    assert not RecoveryCase.objects.exists()


def test_officers_and_deleted_customers_are_nobody_here(api: Api) -> None:
    user = locked_out()
    User.objects.filter(pk=user.pk).update(status=Status.DELETED)
    pass_time_for_resend()
    api.post("/api/v1/codes", {"purpose": "account_recovery", "email": user.email})
    read_message(user.email or "", "no_account")


BAD: list[dict[str, Any]] = [
    {"email": None},
    {"email": "a@b.example", "phone": "+886912345678"},
    {"email": "not an address"},
    {"cause": "because"},
    {"cause": None},
    {"code": "x" * 33},
    {"password": "p" * 1025},
    {"password": 5},
    {"statement": "s" * 501},
    {"statement": "\u202e"},
    {"code": {}},
]


@pytest.mark.parametrize("changes", BAD, ids=range(len(BAD)))
def test_what_is_not_well_formed_is_refused_before_anything_is_counted(api: Api, changes: dict[str, Any]) -> None:
    body = {"email": "a@b.example", "code": "123456", "cause": "second_factor", "password": "x", **changes}
    answer = api.post(CASES, {name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 400
    assert not RecoveryCase.objects.exists()


def test_who_has_no_second_factor_has_nothing_to_recover(api: Api) -> None:
    assert ask(api, customer()).status_code == 409


def test_a_freeze_of_the_owners_own_opens_a_case_and_an_operators_does_not(api: Api) -> None:
    user = customer()
    assert ask(api, user, cause="freeze").status_code == 409
    freezing.freeze_by_staff(user=user, by="ops", reason="suspicious log-ins", client=CLIENT)
    assert ask(api, user, cause="freeze").status_code == 403
    freezing.freeze(user=user, client=CLIENT)
    assert ask(api, user, cause="freeze").status_code == 403
    freezing.thaw_by_staff(user=user, by="ops", reason="cleared by phone", client=CLIENT)
    assert ask(api, user, cause="freeze").status_code == 201


def test_a_suspended_customer_opens_nothing(api: Api) -> None:
    user = locked_out()
    User.objects.filter(pk=user.pk).update(status=Status.SUSPENDED)
    assert ask(api, user).status_code == 403
    assert not RecoveryCase.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "ä" * 43, "A" * 10_000])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_foreign_token_is_refused_like_none(api: Api, token: str, method: str) -> None:
    made = opened()
    answer = with_token(api, method, token.encode().decode("latin-1"))
    assert answer.status_code == 401
    made.case.refresh_from_db()
    assert made.case.state == CaseState.DRAFT


def test_the_token_of_an_ended_case_tells_its_end_for_a_month(api: Api) -> None:
    made = opened()
    assert with_token(api, "DELETE", made.token).json()["state"] == "cancelled"
    assert with_token(api, "GET", made.token).json()["next_step"] == "none"
    assert with_token(api, "DELETE", made.token).status_code == 409
    RecoveryCase.objects.update(ended_at=now() - timedelta(days=31))
    assert with_token(api, "GET", made.token).status_code == 401


def test_the_token_is_no_session(api: Api) -> None:
    assert api.get("/api/v1/me", token=opened().token).status_code == 401


def test_a_sign_in_with_the_second_factor_cancels_the_case_and_tells(api: Api) -> None:
    user = locked_out()
    case = submitted(user)
    signed_in = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    login.complete(session=signed_in.session, proof=Proof("totp", App.of(user).code()), client=CLIENT)
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED
    read_message(user.email or "", "recovery_cancelled")


def test_a_passkey_that_opens_the_account_cancels_the_case() -> None:
    case = waiting()
    login.admit(user=case.user, device=None, client=CLIENT, by=SignedInBy.PASSKEY, is_proven=True)
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED


def test_steps_can_not_be_skipped() -> None:
    made = opened()
    for illegal in CASE_FLOW.illegal():
        assert not CASE_FLOW.allows(*illegal)
    with pytest.raises(IllegalMove):
        approve(made.case)
    recovery_cases.submit(token=made.token, selfie_reference="1", selfie_sha256=picture())
    with pytest.raises(IllegalMove):
        recovery_cases.submit(token=made.token, selfie_reference="2", selfie_sha256=picture())
    assert recovery_completion.complete_due() == 0


def test_a_case_without_a_selfie_expires_after_seven_days_and_one_with_it_does_not() -> None:
    late, early, handed_in = opened().case, opened().case, submitted()
    past = now() - timedelta(seconds=1)
    RecoveryCase.objects.filter(pk=late.pk).update(selfie_due_by=past)
    assert recovery_completion.expire_due() == 1
    assert recovery_completion.expire_due() == 0
    for case, state in ((late, "expired"), (early, "draft"), (handed_in, "submitted")):
        case.refresh_from_db()
        assert case.state == state
    assert early.selfie_due_by is not None
    assert timedelta(days=6) < early.selfie_due_by - now() <= timedelta(days=7)


def test_the_database_holds_one_open_case_for_each_customer() -> None:
    case = opened().case
    with pytest.raises(IntegrityError, match="accounts_recoverycase_one_open"), transaction.atomic():
        RecoveryCase.objects.create(user=case.user, cause=RecoveryCause.FREEZE, token_hash=b"x" * 32, created_at=now())


def test_nothing_secret_is_in_the_words_of_a_case() -> None:
    made = opened()
    assert made.token not in repr(made)
    assert made.token not in repr(made.case) + str(made.case)
    assert made.token not in str(RecoveryCase.objects.filter(pk=made.case.pk).values().get())
