"""Passkeys under many requests at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.errors import SecondFactorWrong
from accounts.models import Passkey
from accounts.models.attempts import Scope
from accounts.services import attempts, login, second_factor
from accounts.services.attempts import Budget
from accounts.services.second_factor import Method
from messaging.models import Purpose
from tests.accounts.threads import at_once
from tests.factories_accounts import CLIENT, PASSWORD, customer
from tests.factories_passkeys import add_passkey


def test_200_submissions_of_one_answer_succeed_once(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer()
    device, _ = add_passkey(user, login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session)
    device.counts = False
    monkeypatch.setitem(attempts.BUDGETS, Scope.SECOND_FACTOR, Budget(timedelta(1), ((1_000, 1),)))
    proof = device.proof(user, Purpose.API_KEY)
    results = at_once(200, lambda _: second_factor.require(user, proof, Purpose.API_KEY))
    assert results.count(Method.PASSKEY) == 1
    assert sum(isinstance(result, SecondFactorWrong) for result in results) == 199


def test_of_two_answers_with_one_count_one_is_true(real_db: None) -> None:
    user = customer()
    device, _ = add_passkey(user, login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session)
    proofs = [device.copy().proof(user, Purpose.API_KEY) for _ in range(2)]
    results = at_once(2, lambda number: second_factor.require(user, proofs[number], Purpose.API_KEY))
    assert results.count(Method.PASSKEY) == 1
    assert Passkey.objects.get().suspended_at is not None


def test_inside_a_transaction_the_door_is_shut(real_db: None) -> None:
    user = customer()
    device, _ = add_passkey(user, login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session)
    proof = device.proof(user, Purpose.API_KEY)
    with pytest.raises(RuntimeError), transaction.atomic():
        second_factor.require(user, proof, Purpose.API_KEY)
