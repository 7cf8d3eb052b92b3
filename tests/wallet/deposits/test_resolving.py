"""What becomes of a held deposit: two officers credit it, credit it to whose it is, or send it back through the gate."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts.models import AuditRecord, LoginRecord, User
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from tests.factories_kyc import level_one
from tests.factories_messaging import read_message
from tests.wallet.balances import available, postings_of
from tests.wallet.deposits import arrange
from tests.wallet.fiat.test_guards import refused_by
from tests.wallet.pairs.arrange import confirm, seen
from tests.wallet.withdrawals import arrange as withdrawals
from tests.wallet.withdrawals.arrange import officer as treasury_officer
from tests.wallet.withdrawals.conftest import network
from tests.wallet.withdrawals.crowd import at_once
from wallet.chains.errors import InvalidAddress
from wallet.models import CoinNetwork, Deposit, DepositResolution, Withdrawal
from wallet.models.deposits import DepositState
from wallet.services import audit
from wallet.services.deposits import books, contradictions, history, resolving
from wallet.services.deposits.errors import AnotherCustomerDue, NotYetFinal, ResolutionProposedAlready, UnknownOutcome
from wallet.services.pairs.errors import NotACustomersAccount, OwnMoney, SameOfficer
from wallet.services.withdrawals import cancel, policy, review
from wallet.services.withdrawals.errors import (
    AmountBelowMinimum,
    NotAnOfficer,
    OwnAddress,
    PayloadChanged,
    ReasonMissing,
    WithdrawalsClosed,
)
from wallet.services.withdrawals.payload import payload_hash_of

__all__ = ["network"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


@pytest.fixture
def customer() -> User:
    """Someone who receives, and may not send: level 1."""
    return level_one()


def final(customer: User, **more: Any) -> Deposit:
    """A held deposit with its confirmations."""
    deposit = arrange.deposit(customer, **more)
    arrange.read_to(deposit)
    return deposit


def said(deposit: Deposit, outcome: str = "credit", by: User | None = None, **more: Any) -> DepositResolution:
    """One officer says what becomes of it."""
    words = {"officer": by or treasury_officer(), "reason": "the customer was asked", **more}
    return resolving.propose(deposit=deposit.public_id, outcome=outcome, **words)


def sent_back(customer: User, **more: Any) -> Withdrawal:
    """Two officers send it back."""
    deposit = final(customer, **more)
    done = confirm(resolving, said(deposit, "refund", address=withdrawals.OTHER_ADDRESS))
    return Withdrawal.objects.get(pk=done.withdrawal_id)


def test_one_proposes_another_confirms_and_it_is_credited_once(customer: User) -> None:
    deposit, first, second = final(customer), treasury_officer(), treasury_officer()
    proposal = said(deposit, by=first)
    with pytest.raises(ResolutionProposedAlready):
        said(deposit, by=second)
    with pytest.raises(SameOfficer):
        confirm(resolving, proposal, first)
    assert available(customer, "USDT") == 0
    confirm(resolving, proposal, second)
    deposit.refresh_from_db()
    assert (deposit.state, available(customer, "USDT")) == (DepositState.CREDITED, 20)
    acts = ["wallet.resolution_proposed", "wallet.resolution_done"]
    assert [AuditRecord.objects.get(act=act).actor_id for act in acts] == [first.pk, second.pk]
    assert deposit.events.latest("id").reason == "Credit the customer of the address: the customer was asked"
    assert LoginRecord.objects.filter(user=customer, act="crypto_deposit_by_staff").exists()
    assert read_message(customer.email or "", "deposit_credited").facts["amount"] == "20"
    with pytest.raises(IllegalMove):
        said(deposit)


def test_only_a_held_deposit_is_decided_about_and_only_while_the_chain_shows_it_deep_enough(customer: User) -> None:
    for state in (DepositState.PENDING, DepositState.ORPHANED):
        with pytest.raises(IllegalMove):
            said(final(customer, state=state))
    shallow = arrange.deposit(customer)
    arrange.read_to(shallow, confirmations=shallow.coin_network.confirmations - 1)
    proposal = said(shallow)
    with pytest.raises(NotYetFinal):
        confirm(resolving, proposal)
    arrange.read_to(shallow, halted_because="contradicted")
    with pytest.raises(NotYetFinal):
        confirm(resolving, proposal)
    arrange.read_to(shallow)
    Deposit.objects.filter(pk=shallow.pk).update(state=DepositState.ORPHANED)
    with pytest.raises(IllegalMove):
        confirm(resolving, proposal)
    assert postings_of(customer, "USDT") == 0


def test_who_may_not_or_says_what_is_nothing_is_refused_and_leaves_no_row(customer: User) -> None:
    deposit, officer = final(customer), treasury_officer()
    own = deposit.deposit_address.address
    for changes, refusal in (
        ({"officer": treasury_officer(role="auditor")}, NotAnOfficer), ({"reason": " "}, ReasonMissing),
        ({"reason": "x" * 501}, ReasonMissing), ({"outcome": "keep"}, UnknownOutcome), ({"deposit": "x"}, Absent),
        ({"deposit": 4203918275640192}, Absent), ({"outcome": "another"}, NotACustomersAccount),
        ({"outcome": "another", "customer": customer.uid}, AnotherCustomerDue),
        ({"outcome": "another", "customer": officer.uid}, NotACustomersAccount),
        ({"outcome": "refund"}, InvalidAddress), ({"outcome": "refund", "address": "0x12"}, InvalidAddress),
        ({"outcome": "refund", "address": withdrawals.ADDRESS.replace("6E0F", "6e0F")}, InvalidAddress),
        ({"outcome": "refund", "address": own}, OwnAddress),
    ):  # fmt: skip
        words = {"deposit": deposit.public_id, "outcome": "credit", "officer": officer, "reason": "x", **changes}
        with pytest.raises(refusal):
            resolving.propose(**words)
    with pytest.raises(AmountBelowMinimum):
        said(final(customer, amount="0.5"), "refund", address=withdrawals.ADDRESS)
    CoinNetwork.objects.filter(coin__code="USDT").update(is_withdrawal_open=False)
    with pytest.raises(WithdrawalsClosed):
        said(deposit, "refund", address=withdrawals.ADDRESS)
    assert not DepositResolution.objects.exists()


def test_nobody_decides_about_their_own_or_about_what_was_paid_to_their_address(customer: User) -> None:
    deposit, right = final(customer), level_one()
    proposal = said(deposit, "another", customer=right.uid)
    for owner in (customer, right):
        User.objects.filter(pk=owner.pk).update(is_staff=True)
        owner.groups.set(treasury_officer().groups.all())
        owner.refresh_from_db()
        with pytest.raises(OwnMoney):
            resolving.confirm(officer=owner, **seen(proposal))
    with pytest.raises(OwnMoney):
        said(final(customer), by=customer)
    with pytest.raises(PayloadChanged):
        resolving.confirm(officer=treasury_officer(), **seen(proposal, seen_hash=bytes(32)))


def test_it_is_credited_to_whose_it_is_and_read_by_them_alone(customer: User) -> None:
    deposit, right = final(customer), level_one()
    assert list(history.of_customer(customer)) == [deposit]
    confirm(resolving, said(deposit, "another", customer=right.uid))
    assert (available(customer, "USDT"), available(right, "USDT")) == (0, 20)
    assert (list(history.of_customer(customer)), list(history.of_customer(right))) == ([], [deposit])
    Deposit.objects.filter(pk=deposit.pk).update(contradicted_at=now())
    assert not contradictions.undecided(customer).exists()
    assert contradictions.undecided(right).exists()


def test_what_goes_back_is_reserved_at_once_and_passes_review_and_gate(customer: User) -> None:
    going = sent_back(customer)
    fee = going.fee
    assert (going.state, going.amount, going.address) == ("review", 20 - fee, withdrawals.OTHER_ADDRESS)
    assert withdrawals.money(customer, "USDT") == withdrawals.Money(0, 20)
    told = read_message(customer.email or "", "deposit_sent_back").facts
    assert (told["amount"], told["address"]) == ("20", withdrawals.OTHER_ADDRESS)
    with pytest.raises(IllegalMove):
        cancel.cancel(customer=customer, public_id=going.public_id)
    assert policy.used(customer, going.coin_network.coin, hours=24) == 0
    while going.state in {"review", "second_review"}:
        going = withdrawals.approve(going, treasury_officer())
    stepped = withdrawals.step(going)
    assert stepped.state == "signing", stepped.blocked_because
    assert withdrawals.sign_all() == 1


def test_an_officer_who_stops_it_leaves_the_customer_the_money(customer: User) -> None:
    going = sent_back(customer)
    words = {"public_id": going.public_id, "reason": "the address is no good", "seen_hash": payload_hash_of(going)}
    review.reject(officer=treasury_officer(), **words)
    assert withdrawals.money(customer, "USDT") == withdrawals.Money(20, 0)


def test_the_database_lets_nothing_held_be_credited_without_two_officers(customer: User) -> None:
    deposit, right = final(customer), level_one()
    row = Deposit.objects.filter(pk=deposit.pk)

    def credit(**changes: Any) -> None:
        posting_id = books.credit(Deposit.objects.select_related("network", "customer").get(pk=deposit.pk))
        row.update(state=DepositState.CREDITED, posting_id=posting_id, credited_at=now(), **changes)

    assert refused_by(credit) == "deposit_held_needs_two_officers"
    assert refused_by(lambda: credit(credited_to=right)) == "deposit_held_needs_two_officers"
    assert refused_by(lambda: row.update(credited_to=right)) == "deposit_credited_to_another_once_credited"
    proposal = said(deposit)
    of = DepositResolution.objects.filter(pk=proposal.pk)
    end = {"finished_at": now(), "decided_because": "x", "seen_hash": bytes(proposal.payload_hash)}

    def done(credited: dict[str, Any] | None = None, **changes: Any) -> None:
        credit(**(credited or {}))
        posting = Deposit.objects.get(pk=deposit.pk).posting_id
        of.update(**{**end, "state": "done", "decider": treasury_officer(), "posting_id": posting, **changes})

    for changes, name in (
        ({"decider": proposal.proposer}, "deposit_resolution_two_officers"),
        ({"decider": customer}, "deposit_resolution_not_of_the_addressee"),
        ({"posting_id": None}, "deposit_resolution_is_posted"),
        ({"credited": {"credited_to": right}}, "deposit_resolution_is_posted"),
        ({"outcome": "refund", "address": "x"}, "deposit_resolution_facts"),
        ({"seen_hash": bytes(32)}, "deposit_resolution_bound_to_its_payload"),
    ):
        assert refused_by(lambda changes=changes: done(**changes)) == name
    assert refused_by(lambda: of.update(outcome="refund", address="x")) == "deposit_resolution_facts"
    words = {"deposit": deposit, "customer": customer, "proposer": treasury_officer(), "proposed_because": "x"}
    for changes, name in (
        ({"outcome": "credit"}, "deposit_resolution_one_at_a_time"),
        ({"outcome": "refund"}, "deposit_resolution_refund_has_its_address"),
        ({"outcome": "credit", "address": "x"}, "deposit_resolution_refund_has_its_address"),
        ({"outcome": "keep"}, "deposit_resolution_outcome_known"),
        ({"outcome": "credit", "state": "done"}, "deposit_resolution_begins_proposed"),
    ):
        made = {**words, "payload_hash": bytes(32), **changes}
        assert refused_by(lambda made=made: DepositResolution.objects.create(**made)) == name


def test_the_database_sends_back_no_other_money_and_nowhere_else(customer: User) -> None:
    proposal = said(final(customer), "refund", address=withdrawals.OTHER_ADDRESS)
    other = sent_back(customer, amount="30")
    of = DepositResolution.objects.filter(pk=proposal.pk)

    def done(withdrawal: Withdrawal | None) -> None:
        posting_id, _ = resolving.KIND.apply(proposal, treasury_officer())
        words = {"state": "done", "finished_at": now(), "decided_because": "x", "decider": treasury_officer()}
        of.update(**words, seen_hash=bytes(proposal.payload_hash), posting_id=posting_id, withdrawal=withdrawal)

    assert refused_by(lambda: done(other)) == "deposit_resolution_sends_back"
    assert refused_by(lambda: done(None)) == "deposit_resolution_sends_back"


def test_of_many_at_once_one_decides_and_the_books_hold(real_db: None) -> None:
    customer = level_one()
    for outcome, more in (("credit", {}), ("refund", {"address": withdrawals.OTHER_ADDRESS})):
        deposit = final(customer)
        results = at_once([partial(said, deposit, outcome, treasury_officer(), **more) for _ in range(3)])
        (proposal,) = [result for result in results if isinstance(result, DepositResolution)]
        acts = (resolving.confirm, resolving.confirm, resolving.reject)
        results = at_once([partial(act, officer=treasury_officer(), **seen(proposal)) for act in acts])
        assert sum(isinstance(result, DepositResolution) for result in results) == 1, results
        proposal.refresh_from_db()
        assert Deposit.objects.get(pk=deposit.pk).state == ("credited" if proposal.state == "done" else "held")
    assert audit.run(stop=False).findings == []
