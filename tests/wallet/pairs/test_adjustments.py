"""Adjustments: against the house's account that the cause names, by two officers, never below zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import AuditRecord, Status, User
from config.kit.money import AmountInvalid
from tests.factories_messaging import read_message
from tests.wallet.fiat import arrange as fiat
from tests.wallet.pairs import arrange
from wallet.errors import InsufficientFunds, UnknownCoin
from wallet.models import Adjustment
from wallet.models.adjustments import AGAINST, AdjustmentCause
from wallet.services import adjustments, balances, statement
from wallet.services.pairs.errors import NotACustomersAccount, OwnMoney, SameOfficer
from wallet.services.withdrawals.errors import LeadDue, NotAnOfficer, ReasonMissing

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db: None) -> User:
    return fiat.customer()


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    """Two treasury officers, the second one a lead."""
    return arrange.officer(), arrange.officer("treasury_lead")


def test_one_of_the_two_is_a_lead_whoever_proposes(customer: User, officers: tuple[User, User]) -> None:
    plain, lead = officers
    for proposes, confirms in ((plain, lead), (lead, plain)):
        assert arrange.confirm(adjustments, arrange.adjustment(customer, proposes), confirms).state == "done"
    before = arrange.money(customer, "ETH")
    said = arrange.adjustment(customer, plain)
    with pytest.raises(LeadDue):
        arrange.confirm(adjustments, said, arrange.officer())
    assert (arrange.money(customer, "ETH"), Adjustment.objects.get(pk=said.pk).state) == (before, "proposed")


def test_one_proposes_another_confirms_and_customer_books_and_log_know(customer: User, officers: tuple[User, User]) -> None:
    said = arrange.adjustment(customer, officers[0])
    assert arrange.money(customer).available == 0
    with pytest.raises(SameOfficer):
        arrange.confirm(adjustments, said, officers[0])
    done = arrange.confirm(adjustments, said, officers[1])
    assert arrange.money(customer) == arrange.Money(5, 0)
    told = read_message(customer.email or "", "balance_adjusted").facts
    assert (told["amount"], told["number"]) == ("+5", str(done.public_id))
    (line,) = statement.of_customer(customer, kind="adjustment").rows(below=None, above=None, limit=9)
    assert (line.amount, line.account) == (5, "spot_available")
    assert AuditRecord.objects.get(act="wallet.adjustment_done").facts["amount"] == "+5"
    back = arrange.confirm(adjustments, arrange.adjustment(customer, officers[1], amount="-5"), officers[0])
    assert (back.money[0], arrange.money(customer).available) == ("-5", 0)


@pytest.mark.parametrize("cause", AdjustmentCause.values)
def test_each_cause_has_the_account_of_its_name_and_only_corrections_give_what_is_not_there(
    customer: User, officers: tuple[User, User], cause: str
) -> None:
    def of_house() -> Decimal:
        return balances.of_house("TWD", AGAINST[cause])

    before, words = of_house(), {"coin": "TWD", "cause": cause}
    arrange.confirm(adjustments, arrange.adjustment(customer, officers[0], **words, amount="-7"), officers[1])
    assert of_house() == before + 7
    arrange.confirm(adjustments, arrange.adjustment(customer, officers[0], **words, amount="7"), officers[1])
    more = arrange.adjustment(customer, officers[0], **words, amount=str(before + 1))
    if cause == "correction":
        arrange.confirm(adjustments, more, officers[1])
        assert of_house() == -1
        return
    with pytest.raises(InsufficientFunds):
        arrange.confirm(adjustments, more, officers[1])
    assert (of_house(), arrange.money(customer, "TWD").available) == (before, 100000)


def test_a_customer_is_never_left_below_zero(customer: User, officers: tuple[User, User]) -> None:
    said = arrange.adjustment(customer, officers[0], coin="TWD", amount="-100000.01")
    with pytest.raises(InsufficientFunds):
        arrange.confirm(adjustments, said, officers[1])
    said.refresh_from_db()
    assert (said.state, arrange.money(customer, "TWD").available) == ("proposed", 100000)


def test_what_is_no_adjustment_is_refused_and_leaves_no_row(customer: User, officers: tuple[User, User]) -> None:
    removed = fiat.customer(funds="0")
    User.objects.filter(pk=removed.pk).update(status=Status.DELETED)
    for changes, refusal in (
        ({"amount": "0"}, AmountInvalid), ({"amount": "-0"}, AmountInvalid), ({"amount": "1e3"}, AmountInvalid),
        ({"amount": "1.0000000000000000001"}, AmountInvalid), ({"amount": 1.5}, AmountInvalid),
        ({"coin": "NONE"}, UnknownCoin), ({"cause": "gift"}, adjustments.UnknownCause), ({"reason": ""}, ReasonMissing),
        ({"customer": "x"}, NotACustomersAccount), ({"customer": officers[1].uid}, NotACustomersAccount),
        ({"customer": removed.uid}, NotACustomersAccount),
    ):  # fmt: skip
        with pytest.raises(refusal):
            arrange.adjustment(customer, officers[0], **changes)
    with pytest.raises(NotAnOfficer):
        arrange.adjustment(customer, arrange.officer(role="auditor"))
    assert not Adjustment.objects.exists()


def test_nobody_adjusts_their_own(customer: User, officers: tuple[User, User]) -> None:
    said = arrange.adjustment(customer, officers[0])
    User.objects.filter(pk=customer.pk).update(is_staff=True)
    customer.groups.set(officers[0].groups.all())
    customer.refresh_from_db()
    with pytest.raises(OwnMoney):
        adjustments.confirm(officer=customer, **arrange.seen(said))
    with pytest.raises(NotACustomersAccount):
        arrange.adjustment(customer, customer)
