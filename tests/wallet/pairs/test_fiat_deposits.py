"""Fiat money from banks: recorded by one officer, credited by another, undone by two; each line of the bank once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import NotForSubAccounts
from accounts.models import AuditRecord, LoginRecord, Status, User
from config.kit.flow import IllegalMove
from config.kit.money import AmountInvalid
from kyc.errors import NotEntitled
from kyc.models import Case
from tests.factories_around import sub_account
from tests.factories_messaging import read_message
from tests.wallet.fiat import arrange as fiat
from tests.wallet.pairs import arrange
from wallet.errors import IdempotencyConflict, InsufficientFunds, UnknownCoin
from wallet.models import BankLine, CoinNetwork, FiatDeposit, FiatReversal, PairEvent, Posting
from wallet.models.ledger import AccountKind
from wallet.services import balances, statement
from wallet.services.banks.errors import BankReferenceInvalid, BankReferenceTaken, UnknownNostro
from wallet.services.fiat_deposits import crediting, errors, reads, reversing
from wallet.services.pairs.errors import NotACustomersAccount, OwnMoney, SameOfficer
from wallet.services.withdrawals.errors import NotAnOfficer, PayloadChanged, ReasonMissing

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db: None) -> User:
    """Level 3, 100,000 TWD; banks carry TWD."""
    fiat.open_bank()
    return fiat.customer()


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    return arrange.officer(), arrange.officer()


def in_from_outside() -> Decimal:
    return balances.of_house("TWD", AccountKind.EXTERNAL_IN)


def test_one_records_another_credits_and_customer_books_and_log_know(customer: User, officers: tuple[User, User]) -> None:
    before, said = in_from_outside(), arrange.deposit(customer, officers[0], reference=" tx 55 ")
    assert (said.state, said.reference, arrange.money(customer, "TWD").available) == ("proposed", "TX55", 100000)
    assert list(reads.of_customer(customer)) == []
    with pytest.raises(SameOfficer):
        arrange.confirm(crediting, said, officers[0])
    done = arrange.confirm(crediting, said, officers[1])
    assert (done.state, done.line.reference, done.line.amount) == ("done", "TX55", 1000)
    assert arrange.money(customer, "TWD") == arrange.Money(101000, 0)
    assert in_from_outside() == before - 1000
    assert read_message(customer.email or "", "fiat_deposit_credited").facts["reference"] == "TX55"
    assert LoginRecord.objects.filter(user=customer, act="fiat_deposit_by_staff").exists()
    line = statement.of_customer(customer, kind="deposit").rows(below=None, above=None, limit=1)[0]
    assert (line.amount, line.account, line.posting_id) == (1000, "spot_available", done.posting_id)
    acts = ["wallet.fiat_deposit_proposed", "wallet.fiat_deposit_done"]
    assert [AuditRecord.objects.get(act=act).actor_id for act in acts] == [officers[0].pk, officers[1].pk]
    story = PairEvent.objects.filter(subject=said.public_id).order_by("id").values_list("state_after", "actor_id")
    assert list(story) == [("proposed", officers[0].pk), ("done", officers[1].pk)]
    with pytest.raises(IllegalMove):
        arrange.confirm(crediting, said, officers[1])


def test_a_line_of_the_bank_is_proposed_once_and_credited_once_however_it_is_spelled(
    customer: User, officers: tuple[User, User]
) -> None:
    first = arrange.deposit(customer, officers[0], reference="TX-1")
    other = fiat.customer(funds="0")
    with pytest.raises(errors.FiatDepositProposedAlready):
        arrange.deposit(other, officers[1], reference="tx-1")
    arrange.confirm(crediting, first, officers[1])
    for spelled in ("TX-1", "tx - 1", "ＴＸ-1"):
        with pytest.raises(BankReferenceTaken):
            arrange.deposit(other, officers[0], reference=spelled)
    fiat.open_bank(code="TWD_OTHER")
    arrange.credited(other, reference="TX-1", nostro_code="TWD_OTHER")
    assert BankLine.objects.filter(reference="TX-1").count() == 2


def test_a_rejected_or_withdrawn_one_moves_nothing_and_may_be_recorded_anew(
    customer: User, officers: tuple[User, User]
) -> None:
    said = arrange.deposit(customer, officers[0], reference="TX-1")
    assert crediting.reject(officer=officers[0], **arrange.seen(said)).state == "withdrawn"
    again = arrange.deposit(customer, officers[0], reference="TX-1")
    assert crediting.reject(officer=officers[1], **arrange.seen(again)).state == "rejected"
    assert not BankLine.objects.exists()
    arrange.credited(customer, reference="TX-1")


def test_what_is_no_deposit_is_refused_and_leaves_no_row(customer: User, officers: tuple[User, User]) -> None:
    fiat.open_bank(coin="USD", code="USD_MAIN")
    removed, sub, low = fiat.customer(funds="0"), sub_account(customer), fiat.customer(level=2, funds="0")
    User.objects.filter(pk=removed.pk).update(status=Status.DELETED)
    for changes, refusal in (
        ({"amount": "0"}, AmountInvalid), ({"amount": "-1"}, AmountInvalid), ({"amount": "1.005"}, AmountInvalid),
        ({"amount": 1.5}, AmountInvalid), ({"coin": "NONE"}, UnknownCoin), ({"coin": "USD"}, UnknownNostro),
        ({"nostro_code": "NOWHERE"}, UnknownNostro), ({"reference": "x"}, BankReferenceInvalid),
        ({"reference": "é12"}, BankReferenceInvalid), ({"customer": "1"}, NotACustomersAccount),
        ({"customer": "１２３４５６７８９"}, NotACustomersAccount), ({"customer": officers[0].uid}, NotACustomersAccount),
        ({"customer": removed.uid}, NotACustomersAccount), ({"customer": sub.uid}, NotForSubAccounts),
        ({"customer": low.uid}, NotEntitled), ({"reason": " "}, ReasonMissing),
    ):  # fmt: skip
        with pytest.raises(refusal):
            arrange.deposit(customer, officers[0], **changes)
    for role in ("auditor", "compliance"):
        with pytest.raises(NotAnOfficer):
            arrange.deposit(customer, arrange.officer(role=role))
    CoinNetwork.objects.filter(coin__code="TWD", network__code="BANK").update(is_deposit_open=False)
    with pytest.raises(errors.FiatDepositsClosed):
        arrange.deposit(customer, officers[0])
    assert not FiatDeposit.objects.exists()


def test_what_changed_meanwhile_stops_the_second_officer(customer: User, officers: tuple[User, User]) -> None:
    said = arrange.deposit(customer, officers[0])
    with pytest.raises(PayloadChanged):
        crediting.confirm(officer=officers[1], **arrange.seen(said, seen_hash=bytes(32)))
    Case.objects.filter(user=customer, level=3).update(state="rejected")
    with pytest.raises(NotEntitled):
        arrange.confirm(crediting, said, officers[1])
    User.objects.filter(pk=customer.pk).update(status=Status.DELETED)
    with pytest.raises(NotACustomersAccount):
        arrange.confirm(crediting, said, officers[1])
    said.refresh_from_db()
    assert (said.state, BankLine.objects.count()) == ("proposed", 0)


def test_asked_twice_by_one_key_it_is_one(customer: User, officers: tuple[User, User]) -> None:
    words = {"key": 4203918275640192, "reference": "TX-1"}
    first = arrange.deposit(customer, officers[0], **words)
    assert arrange.deposit(customer, officers[0], **words).pk == first.pk
    with pytest.raises(IdempotencyConflict):
        arrange.deposit(customer, officers[0], **words, amount="2")


def test_nobody_credits_or_undoes_their_own(customer: User, officers: tuple[User, User]) -> None:
    said, done = arrange.deposit(customer, officers[0]), arrange.credited(customer)
    User.objects.filter(pk=customer.pk).update(is_staff=True)
    customer.groups.set(officers[0].groups.all())
    customer.refresh_from_db()
    for act in (crediting.confirm, crediting.reject):
        with pytest.raises(OwnMoney):
            act(officer=customer, **arrange.seen(said))
    with pytest.raises(OwnMoney):
        arrange.reversal(done, customer)


def test_a_mistake_is_undone_by_two_and_its_line_credited_rightly(customer: User, officers: tuple[User, User]) -> None:
    wrong, right = arrange.credited(customer, reference="TX-1", amount="9999"), fiat.customer(funds="0")
    said = arrange.reversal(wrong, officers[0])
    with pytest.raises(errors.ReversalProposedAlready):
        arrange.reversal(wrong, officers[1])
    with pytest.raises(BankReferenceTaken):
        arrange.deposit(right, officers[0], reference="TX-1")
    with pytest.raises(SameOfficer):
        arrange.confirm(reversing, said, officers[0])
    done = arrange.confirm(reversing, said, officers[1])
    assert Posting.objects.get(pk=done.posting_id).reverses_id == wrong.posting_id
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)
    assert read_message(customer.email or "", "fiat_deposit_reversed").facts["amount"] == "9999"
    shown: Any = reads.get(customer=customer, public_id=wrong.public_id)
    assert (shown.standing, shown.reversed_at) == ("reversed", done.finished_at)
    with pytest.raises(errors.NotCredited):
        arrange.reversal(wrong, officers[0])
    anew = arrange.credited(right, reference="TX-1", amount="1000")
    assert (anew.line.correction, arrange.money(right, "TWD").available) == (1, 1000)
    with pytest.raises(BankReferenceTaken):
        arrange.deposit(customer, officers[0], reference="TX-1")


def test_what_the_bank_took_back_is_booked_by_its_line_and_the_deposit_stays_spent(
    customer: User, officers: tuple[User, User]
) -> None:
    done = arrange.credited(customer, reference="TX-1")
    undone = arrange.confirm(reversing, arrange.reversal(done, officers[0], reference="back 1"), officers[1])
    assert (undone.line.reference, undone.line.direction, undone.line.amount) == ("BACK1", "out", 1000)
    with pytest.raises(BankReferenceTaken):
        arrange.deposit(customer, officers[0], reference="TX-1")
    with pytest.raises(BankReferenceTaken):
        arrange.reversal(arrange.credited(customer), officers[0], reference="BACK1")


def test_what_was_spent_is_not_taken_back_below_zero(customer: User, officers: tuple[User, User]) -> None:
    broke = fiat.customer(funds="0")
    done = arrange.credited(broke, amount="2000")
    said = arrange.reversal(done, officers[0])
    arrange.confirm(reversing, arrange.reversal(arrange.credited(broke), officers[0]), officers[1])
    fiat.bank_account(broke)
    fiat.ask(broke, amount="1500")
    with pytest.raises(InsufficientFunds):
        arrange.confirm(reversing, said, officers[1])
    said.refresh_from_db()
    assert (said.state, FiatReversal.objects.filter(state="done").count()) == ("proposed", 1)


def test_only_what_was_credited_is_undone(customer: User, officers: tuple[User, User]) -> None:
    with pytest.raises(errors.NotCredited):
        arrange.reversal(arrange.deposit(customer, officers[0]), officers[1])
    with pytest.raises(NotAnOfficer):
        arrange.reversal(arrange.credited(customer), arrange.officer(role="auditor"))
    assert not FiatReversal.objects.exists()
