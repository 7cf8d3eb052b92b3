"""Recoveries raced, and what the database holds of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import RecoveryInvalid, RecoveryLocked
from accounts.models import AttemptCounter, PasswordRecovery
from accounts.models.recovery import PASSWORD_RECOVERY_FLOW
from accounts.models.recovery import PasswordRecoveryState as State
from accounts.services import housekeeping, password_change, password_recovery, passwords, recovery_rows
from accounts.services.passwords import plain
from config.kit.clock import now
from tests.accounts.changing import NEW, holds_of, settled
from tests.accounts.recovering import begin, finish, first_code
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, customer
from tests.factories_messaging import read_code

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"


def test_nobodys_recovery_is_never_proven_the_database_holds() -> None:
    row = PasswordRecovery(
        token_hash=b"x" * 32,
        channel="email",
        destination_hash=b"y" * 32,
        state=State.PROVEN,
        created_at=now(),
        expires_at=now() + timedelta(minutes=1),
    )
    with pytest.raises(IntegrityError, match="nobody_proves_nothing"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(("state", "to"), PASSWORD_RECOVERY_FLOW.illegal())
def test_no_illegal_move_is_made(state: str, to: str) -> None:
    row = PasswordRecovery.objects.create(
        user=customer(),
        token_hash=b"x" * 32,
        channel="email",
        destination_hash=b"y" * 32,
        state=state,
        created_at=now(),
        expires_at=now() + timedelta(minutes=1),
    )
    with pytest.raises(RecoveryInvalid):
        recovery_rows.move(row, State(to))
    assert PasswordRecovery.objects.get().state == state


def test_old_rows_are_pruned(api: Api) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        settled(customer(email=EMAIL))
        token = begin(api, email=EMAIL)
        first_code(api, token, email=EMAIL)
        assert finish(api, token).status_code == 204
        clock.shift(timedelta(days=29))
        housekeeping.prune()
        assert PasswordRecovery.objects.exists()
        clock.shift(timedelta(days=1, seconds=1))
        housekeeping.prune()
        assert not PasswordRecovery.objects.exists()


def test_of_new_passwords_at_once_one_is_set(real_db: None) -> None:
    api = Api()
    user = settled(customer(email=EMAIL))
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    results = at_once(3, lambda number: password_change.recover(token=token, new=plain(f"{NEW} {number}"), client=CLIENT))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "RecoveryInvalid", "RecoveryInvalid"]
    assert holds_of(user) == [("recovery", 24)]
    assert passwords.matches(passwords.forms_of(user), plain(f"{NEW} {results.index(None)}"))


def test_one_code_at_once_from_many_is_taken_once(real_db: None) -> None:
    api = Api()
    settled(customer(email=EMAIL))
    token = begin(api, email=EMAIL)
    code = read_code(EMAIL)

    def show(_: int) -> password_recovery.Progress:
        return password_recovery.prove_code(
            token=token, channel="email", destination=EMAIL, code=code, client=CLIENT, has_identity=lambda _user: False
        )

    results = at_once(24, show)
    assert [type(result).__name__ for result in results].count("Progress") == 1


def test_many_wrong_codes_at_once_get_five_comparisons_at_most(real_db: None) -> None:
    api = Api()
    settled(customer(email=EMAIL))
    token = begin(api, email=EMAIL)

    def guess(number: int) -> password_recovery.Progress:
        return password_recovery.prove_code(
            token=token,
            channel="email",
            destination=EMAIL,
            code=f"{number:08d}",
            client=CLIENT,
            has_identity=lambda _user: False,
        )

    results = at_once(24, guess)
    assert sum(isinstance(result, RecoveryLocked) for result in results) >= 19
    assert AttemptCounter.objects.get(scope="recovery").failures == 5
