"""Officers approve, go to the bank, say what it did; two of them say that it came back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounts.models import AuditRecord, LoginRecord, User
from accounts.services import freezing
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from kyc.models import BankAccount
from kyc.services import bank_accounts, bank_uses, vault
from tests.database import triggers_asleep
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.wallet.fiat import arrange
from wallet.errors import IdempotencyConflict
from wallet.models import BankLine, FiatReturn, FiatWithdrawal, FiatWithdrawalDecision, PairEvent, Posting, WithdrawalPolicy
from wallet.models.ledger import AccountKind
from wallet.services import balances, desk_claims, statement
from wallet.services.banks.errors import BankReferenceInvalid, BankReferenceTaken, UnknownNostro
from wallet.services.fiat_withdrawals import errors, paying, policy, returns, review
from wallet.services.pairs.errors import ClaimedByAnother, OwnMoney, SameOfficer
from wallet.services.withdrawals.errors import AlreadyDecided, NotAnOfficer, OfficerIsCustomer, PayloadChanged, ReasonMissing

pytestmark = pytest.mark.django_db


def house(kind: AccountKind) -> Decimal:
    return balances.of_house("TWD", kind)


def test_one_officer_approves_another_pays_and_the_books_and_the_customer_know(
    customer: User, officers: tuple[User, User]
) -> None:
    made = arrange.approved(customer, by=officers[0])
    assert made.state == "approved"
    arrange.decide(paying.begin, made, officers[1])
    done = arrange.pay(made, officers[1], reference=" tx 1234 ")
    assert (done.state, done.paid_line.reference, done.payer) == ("paid", "TX1234", officers[1])
    assert arrange.money(customer, "TWD") == arrange.Money(94985, 0)
    assert (house(AccountKind.EXTERNAL_OUT), house(AccountKind.FEE)) == (5000, 15)
    assert read_message(customer.email or "", "fiat_withdrawal_paid").facts["reference"] == "TX1234"
    assert LoginRecord.objects.filter(user=customer, act="fiat_paid_out").exists()
    bank_uses.require_none(customer)
    (line,) = statement.of_customer(customer, kind="withdrawal").rows(below=None, above=None, limit=9)
    assert (line.amount, line.account) == (-5015, "spot_held")
    acts = ["fiat_withdrawal.approval.approve", "fiat_withdrawal.paying", "fiat_withdrawal.paid"]
    assert [AuditRecord.objects.get(act=act).actor_id for act in acts] == [officers[0].pk, officers[1].pk, officers[1].pk]


def test_from_the_threshold_two_approve_and_one_of_them_may_pay(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.confirmed(customer, officers=2)
    assert arrange.decide(review.approve, made, officers[0]).state == "second_review"
    with pytest.raises(AlreadyDecided):
        arrange.decide(review.approve, made, officers[0])
    assert arrange.decide(review.approve, made, officers[1]).state == "approved"
    arrange.decide(paying.begin, made, officers[0])
    assert arrange.pay(made, officers[0]).state == "paid"


def test_who_alone_approved_it_does_not_pay_it(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.approved(customer, by=officers[0])
    with pytest.raises(errors.PayerNeedsAnother):
        arrange.decide(paying.begin, made, officers[0])
    assert arrange.fresh(made).state == "approved"


def test_a_threshold_lowered_since_asks_for_a_second_officer_before_the_bank(
    customer: User, officers: tuple[User, User]
) -> None:
    made = arrange.approved(customer, by=officers[0])
    WithdrawalPolicy.objects.filter(coin__code="TWD").update(second_officer_from="100")
    with pytest.raises(errors.ApprovalMissing):
        arrange.decide(paying.begin, made, officers[1])


def test_only_who_went_to_the_bank_says_what_it_did(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.at_the_bank(customer, officers[0])
    for act in (paying.begin, review.approve, review.reject):
        with pytest.raises(IllegalMove):
            arrange.decide(act, made, officers[1])
    with pytest.raises(errors.NotThePayer):
        arrange.pay(made, officers[1])
    with pytest.raises(errors.NotThePayer):
        arrange.decide(paying.give_up, made, officers[1])
    back = arrange.decide(paying.give_up, made, officers[0], reason="the bank was closed")
    assert (back.state, back.payer) == ("approved", None)
    arrange.decide(paying.begin, made, officers[1])
    assert arrange.pay(made, officers[1]).state == "paid"


def test_a_line_of_the_bank_pays_one_withdrawal_however_it_is_spelled(customer: User, officers: tuple[User, User]) -> None:
    first = arrange.at_the_bank(customer, officers[0])
    arrange.pay(first, officers[0], reference="TX-77")
    second = arrange.at_the_bank(customer, officers[0])
    for spelled in ("TX-77", "tx-77", " tx - 77", "ＴＸ-77"):
        with pytest.raises(BankReferenceTaken):
            arrange.pay(second, officers[0], reference=spelled)
    for wrong in (" ", "x", "é12", "a" * 65, "-12", "a\x00b"):
        with pytest.raises(BankReferenceInvalid):
            arrange.pay(second, officers[0], reference=wrong)
    with pytest.raises(UnknownNostro):
        arrange.pay(second, officers[0], code="NOWHERE")
    assert (arrange.fresh(second).state, BankLine.objects.count()) == ("paying", 1)


def test_a_no_gives_everything_back_and_tells_why(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.confirmed(customer)
    arrange.decide(review.reject, made, officers[0], reason="unclear origin")
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)
    assert read_message(customer.email or "", "fiat_withdrawal_rejected").facts["reason"] == "unclear origin"
    other = arrange.approved(customer, by=officers[0], amount="6000")
    arrange.decide(review.reject, other, officers[0], reason="a second thought")
    said = FiatWithdrawalDecision.objects.filter(withdrawal=other).order_by("id").values_list("matter", "verdict")
    assert list(said) == [("approval", "approve"), ("recall", "reject")]
    bank_uses.require_none(customer)


def test_officers_decide_about_others_with_a_reason_about_what_they_saw(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.confirmed(customer)
    with pytest.raises(NotAnOfficer):
        arrange.decide(review.approve, made, arrange.officer(role="compliance"))
    with pytest.raises(ReasonMissing):
        arrange.decide(review.approve, made, officers[0], reason=" ")
    said = {"public_id": made.public_id, "officer": officers[0], "reason": "x"}
    with pytest.raises(PayloadChanged):
        review.approve(**said, seen_hash=bytes(32))
    with pytest.raises(Absent):
        review.approve(**said | {"public_id": "x"}, seen_hash=bytes(32))
    User.objects.filter(pk=customer.pk).update(is_staff=True)
    customer.groups.set(officers[0].groups.all())
    customer.refresh_from_db()
    with pytest.raises(OfficerIsCustomer):
        arrange.decide(review.approve, made, customer)
    assert not FiatWithdrawalDecision.objects.exists()


def test_an_account_exchanged_beneath_the_request_voids_it(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.approved(customer, by=officers[0])
    account = BankAccount.objects.get(public_id=made.bank_account)
    facts = {"account_number": "99999999999", "holder": bank_accounts.details_of(account).holder}
    sealed = vault.seal_facts(customer.pk, facts, context=account.seal_context)
    BankAccount.objects.filter(pk=account.pk).update(sealed=sealed)
    with pytest.raises(PayloadChanged):
        arrange.decide(paying.begin, made, officers[1])
    with triggers_asleep():
        FiatWithdrawal.objects.filter(pk=made.pk).update(amount=9)
    with pytest.raises(PayloadChanged):
        arrange.decide(paying.begin, made, officers[1])


def test_what_stops_the_customer_stops_it_before_the_bank_and_not_behind_it(
    customer: User, officers: tuple[User, User]
) -> None:
    made = arrange.at_the_bank(customer, officers[0])
    waiting = arrange.confirmed(customer)
    freezing.freeze(user=customer, client=CLIENT)
    with pytest.raises(errors.FiatWithdrawalHeld):
        arrange.decide(review.approve, waiting, officers[0])
    assert arrange.pay(made, officers[0]).state == "paid"


@pytest.mark.parametrize("state", ["refused", "removed"])
def test_an_account_whose_verification_was_taken_back_is_not_paid(
    customer: User, officers: tuple[User, User], state: str
) -> None:
    made = arrange.approved(customer, by=officers[0])
    reason = "not_acceptable" if state == "refused" else ""
    BankAccount.objects.filter(public_id=made.bank_account).update(state=state, reason=reason)
    assert policy.held_because(arrange.fresh(made)) == "the bank account is not verified any more"
    with pytest.raises(errors.FiatWithdrawalHeld):
        arrange.decide(paying.begin, made, officers[1])


def test_who_has_it_on_the_desk_decides_alone_for_a_while(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.confirmed(customer)
    subject = f"fiat_withdrawal:{made.public_id}"
    desk_claims.take(subject, officers[0])
    desk_claims.take(subject, officers[0])
    with pytest.raises(ClaimedByAnother):
        desk_claims.take(subject, officers[1])
    with pytest.raises(ClaimedByAnother):
        arrange.decide(review.approve, made, officers[1])
    desk_claims.give_back(subject, officers[1])
    with pytest.raises(ClaimedByAnother):
        arrange.decide(review.approve, made, officers[1])
    desk_claims.give_back(subject, officers[0])
    assert arrange.decide(review.approve, made, officers[1]).state == "approved"
    with pytest.raises(NotAnOfficer):
        desk_claims.take(subject, customer)


def test_what_came_back_is_undone_whole_by_two_officers(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.paid(customer)
    said = arrange.came_back(made, officers[0], reference="ret 5")
    assert (said.state, said.reference, arrange.money(customer, "TWD").available) == ("proposed", "RET5", 94985)
    seen = {"public_id": said.public_id, "reason": "on the statement", "seen_hash": bytes(said.payload_hash)}
    with pytest.raises(SameOfficer):
        returns.confirm(officer=officers[0], **seen)
    done = returns.confirm(officer=officers[1], **seen)
    assert (done.state, done.line.reference, arrange.fresh(made).state) == ("done", "RET5", "returned")
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)
    assert (house(AccountKind.EXTERNAL_OUT), house(AccountKind.FEE)) == (0, 0)
    assert Posting.objects.get(pk=done.posting_id).reverses_id == arrange.fresh(made).posting_id
    assert read_message(customer.email or "", "fiat_withdrawal_returned").facts["amount"] == "5000"
    assert policy.used(customer, made.coin_network.coin, hours=24) == 0
    story = PairEvent.objects.filter(subject=said.public_id).order_by("id").values_list("state_after", "actor_id")
    assert list(story) == [("proposed", officers[0].pk), ("done", officers[1].pk)]
    with pytest.raises(IllegalMove):
        returns.confirm(officer=officers[1], **seen)


def test_a_return_is_rejected_by_another_or_taken_back_and_then_said_anew(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.paid(customer)
    first = arrange.came_back(made, officers[0])
    with pytest.raises(errors.ReturnProposedAlready):
        arrange.came_back(made, officers[1])
    seen = {"reason": "a mistake", "seen_hash": bytes(first.payload_hash)}
    assert returns.reject(public_id=first.public_id, officer=officers[0], **seen).state == "withdrawn"
    second = arrange.came_back(made, officers[0])
    assert returns.reject(public_id=second.public_id, officer=officers[1], **seen).state == "rejected"
    assert arrange.fresh(made).state == "paid"
    assert not BankLine.objects.filter(direction="in").exists()


def test_a_return_is_of_what_was_paid_once_and_asked_twice_by_one_key_is_one(
    customer: User, officers: tuple[User, User]
) -> None:
    made, key = arrange.paid(customer), 4203918275640192
    first = arrange.came_back(made, officers[0], reference="R-1", key=key)
    assert arrange.came_back(made, officers[0], reference="R-1", key=key).pk == first.pk
    with pytest.raises(IdempotencyConflict):
        arrange.came_back(made, officers[0], reference="R-2", key=key)
    with pytest.raises(IdempotencyConflict):
        arrange.came_back(made, officers[1], reference="R-1", key=key)
    with pytest.raises(IllegalMove):
        arrange.came_back(arrange.confirmed(customer), officers[0])
    with pytest.raises(Absent):
        returns.propose(withdrawal="x", nostro_code=arrange.NOSTRO, reference="R-9", officer=officers[0], reason="x")
    with pytest.raises(NotAnOfficer):
        arrange.came_back(made, arrange.officer(role="auditor"))
    assert FiatReturn.objects.count() == 1


def test_nobody_says_that_their_own_payment_came_back(customer: User, officers: tuple[User, User]) -> None:
    made = arrange.paid(customer)
    said = arrange.came_back(made, officers[0])
    User.objects.filter(pk=customer.pk).update(is_staff=True)
    customer.groups.set(officers[0].groups.all())
    customer.refresh_from_db()
    seen = {"reason": "mine", "seen_hash": bytes(said.payload_hash)}
    for act in (returns.confirm, returns.reject):
        with pytest.raises(OwnMoney):
            act(public_id=said.public_id, officer=customer, **seen)
    returns.reject(public_id=said.public_id, officer=officers[1], **seen)
    with pytest.raises(OwnMoney), transaction.atomic():
        arrange.came_back(made, customer)
