"""When the waiting time is over, the clock lets the customer in again, once."""

from __future__ import annotations

import pytest

from accounts import tasks
from accounts.models import (
    AccountFreeze,
    AuditRecord,
    Authenticator,
    KnownDevice,
    LoginRecord,
    Passkey,
    RecoveryCase,
    RecoveryCode,
    SecurityHold,
    User,
)
from accounts.models.recovery import CaseState, RecoveryCause
from accounts.models.sessions import EndCause
from accounts.models.users import Status
from accounts.services import freezing, login, recovery_completion, second_factor
from config import settings as given
from config.kit.clock import now
from config.production import complaints
from tests.accounts.threads import at_once
from tests.client import Api
from tests.database import triggers_asleep
from tests.factories_accounts import CLIENT, PASSWORD, customer, token_of
from tests.factories_messaging import read_message, unsent_messages
from tests.factories_recovery import completed, let_time_pass, locked_out, submitted, waiting


@pytest.mark.django_db
def test_nothing_completes_before_its_time_and_everything_due_does() -> None:
    case = waiting()
    assert recovery_completion.complete_due() == 0
    assert Authenticator.objects.filter(user=case.user).exists()
    let_time_pass(case)
    assert tasks.complete_recoveries() == 1
    assert tasks.complete_recoveries() == 0
    case.refresh_from_db()
    assert (case.state, case.ended_at is not None) == (CaseState.COMPLETED, True)


@pytest.mark.django_db
def test_strong_factors_and_devices_are_gone_sessions_ended_and_money_waits_three_days(api: Api) -> None:
    user = customer()
    old = token_of(user)
    moment = now()
    Passkey.objects.create(user=user, credential_id=b"c", public_key=b"k", name="key", created_at=moment)
    RecoveryCode.objects.create(user=user, code_hash=b"h" * 32, created_at=moment)
    assert KnownDevice.objects.filter(user=user).exists()
    case = completed(user)
    assert not Passkey.objects.filter(user=user).exists()
    assert not RecoveryCode.objects.filter(user=user).exists()
    assert not KnownDevice.objects.filter(user=user).exists()
    assert api.get("/api/v1/me", token=old).status_code == 401
    assert user.sessions.first().end_cause == EndCause.RECOVERED
    hold = SecurityHold.objects.get(user=user, cause="recovery")
    assert 71.9 < (hold.until - now()).total_seconds() / 3600 <= 72
    assert case.ended_at is not None
    facts = read_message(user.email or "", "recovery_completed").facts
    assert facts["until"].startswith(f"{hold.until:%Y-%m-%d}")
    assert "#" in facts["link"]
    record = AuditRecord.objects.get(act="accounts.recovery_completed")
    assert (record.actor, record.actor_kind) == (None, "system")


@pytest.mark.django_db
def test_the_customer_signs_in_with_the_password_alone_afterwards() -> None:
    user = locked_out()
    completed(user)
    made = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert made.methods == ()
    assert [method.value for method in second_factor.methods(user)] == ["email"]


@pytest.mark.django_db
def test_a_frozen_account_is_open_again_with_the_status_of_before() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(status=Status.NOT_TRADABLE)
    freezing.freeze(user=user, client=CLIENT)
    completed(user, RecoveryCause.FREEZE)
    user.refresh_from_db()
    assert user.status == Status.NOT_TRADABLE
    assert AccountFreeze.objects.get(user=user).ended_at is not None
    assert set(LoginRecord.objects.filter(user=user).values_list("act", flat=True)) >= {
        "frozen",
        "thawed",
        "recovery_completed",
    }


@pytest.mark.django_db
def test_an_operators_freeze_that_came_meanwhile_outlives_the_case() -> None:
    case = waiting()
    freezing.freeze_by_staff(user=case.user, by="ops", reason="court order", client=CLIENT)
    let_time_pass(case)
    assert recovery_completion.complete_due() == 1
    user = User.objects.get(pk=case.user_id)
    assert user.status == Status.LOCKED
    assert freezing.current(user) is not None


@pytest.mark.django_db
def test_a_case_that_lacks_an_approval_is_not_completed_whatever_its_row_says() -> None:
    case = submitted()
    with triggers_asleep():
        RecoveryCase.objects.filter(pk=case.pk).update(state=CaseState.WAITING, waits_until=now())
        assert not recovery_completion.complete(case.pk)
    assert recovery_completion.complete_due() == 0
    assert Authenticator.objects.filter(user=case.user).exists()


def test_workers_that_race_complete_once(real_db: None) -> None:
    case = waiting()
    let_time_pass(case)
    results = at_once(24, lambda _: recovery_completion.complete_due())
    assert sum(results) == 1
    assert SecurityHold.objects.filter(user=case.user, cause="recovery").count() == 1
    assert sum(m.template == "recovery_completed" for m in unsent_messages(case.user.email or "")) == 1


@pytest.mark.django_db
def test_one_case_that_fails_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = waiting(), waiting()
    let_time_pass(first)
    let_time_pass(second)
    real = recovery_completion._let_in

    def failing(user: User, **facts: str) -> None:
        if user.pk == first.user_id:
            raise RuntimeError("a defect")
        real(user, **facts)

    monkeypatch.setattr(recovery_completion, "_let_in", failing)
    assert recovery_completion.complete_due() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (CaseState.WAITING, CaseState.COMPLETED)


def test_production_leaves_the_owner_a_day_at_the_least() -> None:
    sentence = "RECOVERY_WAIT_HOURS is less than a day"
    assert sentence in complaints({**vars(given), "RECOVERY_WAIT_HOURS": 23})
    assert sentence not in complaints({**vars(given), "RECOVERY_WAIT_HOURS": 24})
