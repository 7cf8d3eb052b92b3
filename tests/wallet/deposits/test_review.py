"""What officers may decide about deposits, and what they may not."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRecord
from config.kit.flow import IllegalMove
from tests.factories_kyc import level_one
from tests.wallet.balances import available, postings_of
from tests.wallet.deposits import arrange
from tests.wallet.withdrawals.arrange import officer as treasury_officer
from wallet.models.deposits import DepositState
from wallet.services.deposits import review
from wallet.services.deposits.errors import NotADepositOfficer, NotYetFinal, OwnDeposit
from wallet.services.withdrawals.errors import ReasonMissing

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Any:
    """Someone who receives."""
    return level_one()


def test_a_held_deposit_with_its_confirmations_is_credited_with_the_officers_reason(customer: Any) -> None:
    deposit, officer = arrange.deposit(customer), treasury_officer()
    arrange.read_to(deposit)
    review.accept(deposit_id=deposit.pk, officer=officer, reason="  the customer was asked  ")
    deposit.refresh_from_db()
    assert (deposit.state, available(customer, "USDT")) == (DepositState.CREDITED, 20)
    record = AuditRecord.objects.get(act="wallet.deposit_accepted")
    assert (record.actor, record.reason) == (officer, "the customer was asked")


@pytest.mark.parametrize("state", [DepositState.PENDING, DepositState.ORPHANED])
@pytest.mark.parametrize("confirmations", [1, None])
def test_only_a_held_deposit_is_accepted_however_deep_it_is(
    customer: Any, state: DepositState, confirmations: int | None
) -> None:
    deposit = arrange.deposit(customer, state=state)
    arrange.read_to(deposit, confirmations=confirmations)
    with pytest.raises(IllegalMove):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason="impatient")
    deposit.refresh_from_db()
    assert (deposit.state, postings_of(customer, "USDT")) == (state, 0)


def test_a_deposit_is_accepted_once(customer: Any) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit)
    review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason="asked")
    with pytest.raises(IllegalMove):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason="asked again")
    assert available(customer, "USDT") == 20


def test_a_held_deposit_short_of_its_confirmations_is_not_accepted(customer: Any) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit, confirmations=deposit.coin_network.confirmations - 1)
    with pytest.raises(NotYetFinal):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason="impatient")
    assert available(customer, "USDT") == 0


def test_a_held_deposit_of_a_halted_network_is_not_accepted(customer: Any) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit, halted_because="contradicted")
    with pytest.raises(NotYetFinal):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason="impatient")


@pytest.mark.parametrize("role", ["compliance", "auditor"])
def test_another_role_accepts_nothing(customer: Any, role: str) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit)
    with pytest.raises(NotADepositOfficer):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(role=role), reason="curious")
    assert available(customer, "USDT") == 0


@pytest.mark.parametrize("reason", ["", "  \t", "x" * 501])
def test_a_reason_is_due_and_not_a_novel(customer: Any, reason: str) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit)
    with pytest.raises(ReasonMissing):
        review.accept(deposit_id=deposit.pk, officer=treasury_officer(), reason=reason)
    assert available(customer, "USDT") == 0


def test_nobody_accepts_their_own_deposit() -> None:
    customer = level_one()
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit)
    customer.is_staff = True
    customer.save()
    customer.groups.set(treasury_officer().groups.all())
    with pytest.raises(OwnDeposit):
        review.accept(deposit_id=deposit.pk, officer=customer, reason="mine")


def accept(deposit: Any, *, by: Any, reason: str = "asked") -> str:
    """What the command tells."""
    told = StringIO()
    call_command("accept_deposit", str(deposit), "--by", by, "--reason", reason, stdout=told)
    return told.getvalue()


def test_the_command_accepts_and_tells_what_was_credited(customer: Any) -> None:
    deposit = arrange.deposit(customer)
    arrange.read_to(deposit)
    assert accept(deposit.public_id, by=treasury_officer().email) == "credited 20 USDT\n"
    assert available(customer, "USDT") == 20


def test_the_command_says_what_is_wrong(customer: Any) -> None:
    deposit, officer = arrange.deposit(customer, state=DepositState.PENDING), treasury_officer()
    arrange.read_to(deposit)
    with pytest.raises(CommandError, match="can't become credited"):
        accept(deposit.public_id, by=officer.email)
    with pytest.raises(CommandError, match="needs a reason"):
        accept(deposit.public_id, by=officer.email, reason=" ")
    with pytest.raises(CommandError, match="treasury officer"):
        accept(deposit.public_id, by=treasury_officer(role="auditor").email)
    with pytest.raises(CommandError, match="is not a treasury officer"):
        accept(deposit.public_id, by="nobody@example.com")
    with pytest.raises(CommandError, match="there is no deposit"):
        accept(1, by=officer.email)
    assert available(customer, "USDT") == 0
