"""What strangers can and cannot do at the officers' door."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
import time_machine

from accounts.errors import SignInLocked, WrongCredentials
from accounts.models import AttemptCounter, Authenticator
from accounts.services import factor_attempts, passwords, staff, totp
from config.kit.clock import now
from config.kit.errors import Unavailable
from tests.factories_accounts import CLIENT, PASSWORD, officer

pytestmark = pytest.mark.django_db


def test_failures_of_strangers_lock_an_officer_for_a_quarter_of_an_hour_at_most() -> None:
    made, app = officer()
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(12):
            with contextlib.suppress(WrongCredentials, SignInLocked):
                staff.sign_in(email=made.email or "", password="wrong wrong", code="000000", client=CLIENT)
            clock.shift(timedelta(minutes=15, seconds=1))
        assert staff.sign_in(email=made.email or "", password=PASSWORD, code=app.code(), client=CLIENT) == made


def test_a_full_pool_counts_nothing_against_an_officer(monkeypatch: pytest.MonkeyPatch) -> None:
    made, app = officer()
    monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(1))
    with passwords._places, pytest.raises(Unavailable):
        staff.sign_in(email=made.email or "", password=PASSWORD, code=app.code(), client=CLIENT)
    assert set(AttemptCounter.objects.filter(scope__startswith="staff").values_list("failures", flat=True)) == {0}


def test_a_code_costs_the_same_whether_or_not_the_password_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = officer()
    compared: list[str] = []
    step_of = totp._step_of

    def noted(authenticator: Authenticator, code: str) -> int | None:
        compared.append(code)
        return step_of(authenticator, code)

    monkeypatch.setattr(totp, "_step_of", noted)
    for email, password in ((made.email, "wrong wrong"), ("nobody@example.com", PASSWORD), (made.email, PASSWORD)):
        with pytest.raises(WrongCredentials):
            staff.sign_in(email=email or "", password=password, code="000000", client=CLIENT)
    assert compared == ["000000"] * 3


def test_who_does_not_know_the_password_uses_up_no_tries_of_the_authenticator() -> None:
    made, _ = officer()
    with pytest.raises(WrongCredentials):
        staff.sign_in(email=made.email or "", password="wrong wrong", code="000000", client=CLIENT)
    assert not AttemptCounter.objects.filter(key_hash=factor_attempts.subject_of(made.pk).key_hash).exists()
