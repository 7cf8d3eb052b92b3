"""A deposit that left its chain after it was credited stops its customer's outgoing money until an officer decided."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRecord
from config.kit.clock import now
from tests.wallet.deposits import arrange as deposits
from tests.wallet.pairs.arrange import accept
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network  # noqa: F401  # the scripted network, asked for by its name
from wallet.models import Withdrawal
from wallet.models.deposits import Deposit, DepositState
from wallet.models.withdrawal_evidence import RiskResult
from wallet.services.deposits import contradictions
from wallet.services.deposits.errors import NotADepositOfficer, NotContradicted, OwnDeposit
from wallet.services.withdrawals import errors
from wallet.services.withdrawals.errors import ReasonMissing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


@pytest.fixture
def customer() -> Any:
    """Level 2, 10 ETH."""
    return arrange.customer()


def contradicted(customer: Any) -> Deposit:
    """A credited deposit whose block left the chain."""
    deposit = deposits.deposit(customer)
    deposits.read_to(deposit)
    accept(deposit)
    deposit.contradicted_at = now()
    deposit.save(update_fields=["contradicted_at"])
    return deposit


def test_it_flags_every_withdrawal_of_its_customer_and_asks_for_two_officers(customer: Any) -> None:
    contradicted(customer)
    asked = arrange.confirmed(customer)
    flagged = [result["rule"] for result in RiskResult.objects.get(withdrawal=asked).results if result["flagged"]]
    assert "contradicted_deposit" in flagged
    assert Withdrawal.objects.get(pk=asked.pk).officers_required == 2


def test_it_flags_nobody_elses(customer: Any) -> None:
    contradicted(arrange.customer(funds="0"))
    asked = arrange.confirmed(customer)
    assert RiskResult.objects.get(withdrawal=asked).inputs["contradicted_deposits"] == 0


def test_what_was_approved_before_stops_at_the_gate_until_an_officer_decided(customer: Any) -> None:
    approved = arrange.approved(customer)
    deposit = contradicted(customer)
    stopped = arrange.step(approved)
    assert (stopped.state, "left the chain" in stopped.blocked_because) == ("approved", True)
    contradictions.decide(deposit_id=deposit.pk, officer=arrange.officer(), reason="the customer paid again")
    assert arrange.step(approved).state == "signing"


def test_the_signer_stops_too(customer: Any) -> None:
    approved = arrange.step(arrange.approved(customer))
    contradicted(customer)
    with pytest.raises(errors.GateClosed, match="left the chain"):
        arrange.sign_all()
    assert arrange.transaction_of(approved).signed_bytes is None


def test_the_decision_is_written_down_and_the_deposit_stays_credited(customer: Any) -> None:
    deposit, officer = contradicted(customer), arrange.officer()
    contradictions.decide(deposit_id=deposit.pk, officer=officer, reason=" paid again ")
    deposit.refresh_from_db()
    assert (deposit.state, deposit.contradicted_at) == (DepositState.CREDITED, None)
    record = AuditRecord.objects.get(act="wallet.deposit_contradiction_decided")
    assert (record.actor, record.reason, record.facts) == (officer, "paid again", {"coin": "USDT", "amount": "20"})
    assert deposit.events.latest("id").reason == "paid again"
    with pytest.raises(NotContradicted):
        contradictions.decide(deposit_id=deposit.pk, officer=officer, reason="again")


def test_only_treasury_decides_with_a_reason_and_not_about_their_own(customer: Any) -> None:
    deposit = contradicted(customer)
    with pytest.raises(NotADepositOfficer):
        contradictions.decide(deposit_id=deposit.pk, officer=arrange.officer(role="compliance"), reason="x")
    with pytest.raises(ReasonMissing):
        contradictions.decide(deposit_id=deposit.pk, officer=arrange.officer(), reason=" ")
    customer.is_staff = True
    customer.save()
    customer.groups.set(arrange.officer().groups.all())
    with pytest.raises(OwnDeposit):
        contradictions.decide(deposit_id=deposit.pk, officer=customer, reason="x")
    assert contradictions.undecided(customer).exists()


def test_the_command_decides_and_says_what_is_wrong(customer: Any) -> None:
    deposit, officer = contradicted(customer), arrange.officer()
    words: dict[str, Any] = {"reason": "paid again", "stdout": StringIO()}
    with pytest.raises(CommandError, match="is not a treasury officer"):
        call_command("decide_contradiction", deposit.public_id, by="nobody@example.com", **words)
    with pytest.raises(CommandError, match="there is no deposit"):
        call_command("decide_contradiction", 1, by=officer.email, **words)
    call_command("decide_contradiction", deposit.public_id, by=officer.email, **words)
    with pytest.raises(CommandError, match="does not contradict"):
        call_command("decide_contradiction", deposit.public_id, by=officer.email, **words)
    assert not contradictions.undecided(customer).exists()
