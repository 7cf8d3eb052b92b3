"""A frozen customer's withdrawals stop wherever they are: not confirmed, approved, signed nor sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import RegisterType, User
from accounts.services import freezing
from accounts.services.second_factor import Proof
from config.kit.clock import now
from tests.accounts.threads import at_once
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_code
from tests.kyc.conftest import signed_in
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.test_review import reject
from wallet.models import OutgoingTransaction, Withdrawal
from wallet.services.withdrawals import confirm, errors, policy, review, signing
from wallet.services.withdrawals.payload import payload_hash_of

STOPPED = "froze the account after it was asked for"


def freeze(user: User) -> None:
    freezing.freeze(user=user, client=CLIENT)


def open_again(user: User) -> None:
    """As a recovery case does, without the hold, which would stop everything by itself."""
    locked = User.objects.get(pk=user.pk)
    running = freezing.current(locked)
    assert running is not None
    freezing.end(locked, running)


def confirm_it(user: User, withdrawal: Withdrawal) -> Withdrawal:
    proof = Proof("", read_code(user.email or ""))
    return confirm.confirm(customer=user, public_id=withdrawal.public_id, proof=proof, ip=arrange.IP)


def test_a_frozen_customers_withdrawal_is_not_confirmed_and_not_after_the_thaw(customer, withdrawal):
    freeze(customer)
    with pytest.raises(errors.WithdrawalHeld, match="locked"):
        confirm_it(customer, withdrawal)
    open_again(customer)
    withdrawal = arrange.fresh(withdrawal)
    assert STOPPED in policy.held_because(withdrawal)
    assert withdrawal.state == "verification"
    assert arrange.take_back(customer, withdrawal).state == "cancelled"


def test_a_frozen_customers_withdrawal_is_not_approved_but_can_be_rejected(customer, officers):
    withdrawal = arrange.confirmed(customer)
    arrange.approve(withdrawal, officers[0])
    freeze(customer)
    with pytest.raises(errors.WithdrawalHeld):
        arrange.approve(withdrawal, officers[1])
    open_again(customer)
    with pytest.raises(errors.WithdrawalHeld, match=STOPPED):
        arrange.approve(withdrawal, officers[1])
    assert reject(arrange.fresh(withdrawal), officers[1]).state == "rejected"
    assert arrange.money(customer).held == 0


def test_an_approved_withdrawal_does_not_pass_the_gate(customer, network):
    withdrawal = arrange.approved(customer)
    freeze(customer)
    after = arrange.step(withdrawal)
    assert (after.state, after.blocked_because) == ("approved", "the customer is locked")
    open_again(customer)
    after = arrange.step(withdrawal)
    assert (after.state, STOPPED in after.blocked_because) == ("approved", True)
    assert not OutgoingTransaction.objects.exists()
    assert network.sent == []


def test_the_signer_does_not_sign_what_passed_the_gate_before(customer):
    withdrawal = arrange.approved(customer)
    arrange.step(withdrawal)
    freeze(customer)
    (waiting,) = signing.waiting_for_signature()
    with pytest.raises(errors.GateClosed, match="locked"):
        signing.sign(waiting.pk, signer=lambda *_: pytest.fail("signed"))
    assert arrange.transaction_of(withdrawal).signed_bytes is None


def test_signed_bytes_are_not_sent_and_wait_for_proof_of_absence(customer, network):
    withdrawal = arrange.signed(customer)
    freeze(customer)
    after = arrange.step(withdrawal)
    assert (after.state, "locked" in after.blocked_because) == ("unknown", True)
    for _ in range(3):
        after = arrange.step(withdrawal)
    assert (after.state, "locked" in after.blocked_because) == ("unknown", True)
    open_again(customer)
    after = arrange.step(withdrawal)
    assert (after.state, STOPPED in after.blocked_because) == ("unknown", True)
    assert network.sent == []
    assert arrange.transaction_of(withdrawal).sendings == 0
    assert arrange.money(customer).held == withdrawal.total


def test_what_was_sent_before_the_freeze_is_followed_to_its_end(customer, network):
    withdrawal = arrange.sent(customer)
    freeze(customer)
    arrange.mine(network, withdrawal)
    assert arrange.step(withdrawal).state in {"confirming", "success"}


def test_a_frozen_customer_asks_for_nothing_new(customer):
    freeze(customer)
    with pytest.raises(errors.WithdrawalsClosed):
        arrange.ask(customer)


def test_what_is_asked_for_after_the_thaw_goes_its_way(customer, network):
    freeze(customer)
    open_again(customer)
    customer.refresh_from_db()
    assert arrange.sent(customer).state == "broadcast"


def test_the_parents_freeze_stops_a_sub_accounts_withdrawal(customer, officers):
    withdrawal = arrange.confirmed(customer)
    parent = User.objects.create(email="parent@example.com", register_type=RegisterType.EMAIL, registered_at=now())
    User.objects.filter(pk=customer.pk).update(
        parent=parent, email=None, username="trader", register_type=RegisterType.SUB_ACCOUNT
    )
    freeze(parent)
    with pytest.raises(errors.WithdrawalHeld, match="locked"):
        arrange.approve(withdrawal, officers[0])
    open_again(parent)
    with pytest.raises(errors.WithdrawalHeld, match=STOPPED):
        arrange.approve(withdrawal, officers[0])


def test_a_withdrawal_that_an_operators_freeze_held_goes_on_after_it(customer, officers):
    withdrawal = arrange.confirmed(customer)
    freezing.freeze_by_staff(user=customer, by="ops", reason="suspicious log-ins", client=CLIENT)
    with pytest.raises(errors.WithdrawalHeld):
        arrange.approve(withdrawal, officers[0])
    open_again(customer)
    assert arrange.approve(withdrawal, officers[0]).state == "second_review"


def desk_of(officer: User) -> Client:
    return signed_in(officer)


def test_the_officer_sees_what_is_held_and_why(customer, officers):
    withdrawal = arrange.confirmed(customer)
    freeze(customer)
    desk = desk_of(officers[0])
    assert "held: locked" in desk.get("/admin/wallet/withdrawal/").content.decode()
    page = desk.get(f"/admin/wallet/withdrawal/{withdrawal.public_id}/change/").content.decode()
    assert "Held: the customer is locked" in page
    assert 'value="approve"' not in page
    assert 'value="reject"' in page
    open_again(customer)
    assert "held: was frozen" in desk.get("/admin/wallet/withdrawal/").content.decode()


def test_freezing_and_approving_at_once_never_leave_an_approval_after_the_freeze(real_db: None) -> None:
    customer = arrange.customer()
    withdrawals: list[Any] = [arrange.confirmed(customer, amount="0.1") for _ in range(4)]
    people = [arrange.officer() for _ in range(2)]
    for one in withdrawals:
        arrange.approve(one, people[0])

    def act(index: int) -> object:
        if index == 4:
            return freezing.freeze(user=customer, client=CLIENT)
        one = withdrawals[index]
        return review.approve(public_id=one.public_id, officer=people[1], reason="right", seen_hash=payload_hash_of(one))

    results = at_once(5, act)
    for one, result in zip(withdrawals, results, strict=False):
        state = Withdrawal.objects.get(pk=one.pk).state
        assert state == ("second_review" if isinstance(result, errors.WithdrawalHeld) else "approved")
        if state == "second_review":
            with pytest.raises(errors.WithdrawalHeld):
                arrange.approve(one, arrange.officer())
