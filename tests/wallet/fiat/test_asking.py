"""Asking for fiat money: to whom it goes, what is reserved, what is refused, and what the customer's word does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.errors import NotForSubAccounts, SecurityHoldActive
from accounts.models import LoginRecord, User
from accounts.services import freezing, holds
from config.kit import money
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from kyc import errors as kyc_errors
from kyc.models import BankAccount, BankAccountUse
from kyc.services import bank_uses, identity
from tests.factories_accounts import CLIENT
from tests.factories_kyc import personal_data
from tests.factories_messaging import read_message
from tests.kit.test_money import BAD
from tests.wallet.fiat import arrange
from wallet.errors import InsufficientFunds, UnknownCoin
from wallet.models import CoinNetwork, FiatWithdrawal, FiatWithdrawalEvent, FiatWithdrawalRisk, WithdrawalLimit
from wallet.services import audit, statement
from wallet.services.fiat_withdrawals import cancel, errors
from wallet.services.withdrawals.errors import AmountBelowMinimum, LimitExceeded, ReferenceTaken
from wallet.tasks.fiat_withdrawals import expire_fiat_withdrawals

pytestmark = pytest.mark.django_db


def test_amount_and_fee_are_reserved_and_the_customer_hears_of_it(customer: User) -> None:
    made = arrange.ask(customer, amount="5000")
    assert (made.state, made.amount, made.fee) == ("verification", 5000, 15)
    assert arrange.money(customer, "TWD") == arrange.Money(94985, 5015)
    told = read_message(customer.email or "", "fiat_withdrawal_requested").facts
    tail = arrange.account_of(customer)
    assert (told["amount"], told["coin"], told["account_tail"]) == ("5000", "TWD", _tail(tail))
    assert read_message(customer.email or "", "code_fiat_withdrawal").code
    lines = statement.of_customer(customer, kind="withdrawal_hold").rows(below=None, above=None, limit=9)
    assert [line.amount for line in lines] == [5015, -5015]
    assert LoginRecord.objects.filter(user=customer, act="fiat_withdrawal_waiting").exists()


def _tail(account: BankAccount) -> str:
    from kyc.services import bank_accounts

    return bank_accounts.details_of(account).account_number[-4:]


def test_while_it_is_under_way_the_bank_account_stays_and_afterwards_it_may_go(customer: User) -> None:
    made = arrange.ask(customer)
    with pytest.raises(kyc_errors.BankAccountInUse):
        bank_uses.require_none(customer)
    cancel.cancel(customer=customer, public_id=made.public_id)
    bank_uses.require_none(customer)
    assert BankAccountUse.objects.get().ended_at is not None
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)


def test_a_code_takes_it_into_review_and_the_rules_are_asked(customer: User) -> None:
    made = arrange.confirmed(customer)
    assert (made.state, made.verified_by, made.officers_required, made.is_flagged) == ("review", "email", 1, False)
    assert FiatWithdrawalRisk.objects.get().inputs["bank_account_age_days"] == 100
    with pytest.raises(IllegalMove):
        arrange.confirm_it(customer, made)
    story = FiatWithdrawalEvent.objects.order_by("id").values_list("state_before", "state_after", "actor_kind")
    assert list(story) == [("", "verification", "customer"), ("verification", "review", "customer")]


def test_what_nobody_confirms_expires_and_gives_everything_back(customer: User) -> None:
    made = arrange.ask(customer)
    with time_machine.travel(made.expires_at + timedelta(seconds=1), tick=False):
        with pytest.raises(errors.FiatWithdrawalExpired):
            arrange.confirm_it(customer, made)
        expire_fiat_withdrawals()
        expire_fiat_withdrawals()
    assert arrange.fresh(made).state == "expired"
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)
    assert read_message(customer.email or "", "fiat_withdrawal_expired").facts["amount"] == "5000"


def test_the_same_reference_gives_the_same_one_and_another_body_is_refused(customer: User) -> None:
    first = arrange.asked(customer, client_reference="one")
    again = arrange.asked(customer, client_reference="one")
    assert (again.withdrawal.pk, first.replayed, again.replayed) == (first.withdrawal.pk, False, True)
    with pytest.raises(ReferenceTaken):
        arrange.asked(customer, client_reference="one", amount="5001")
    assert FiatWithdrawal.objects.count() == 1


def test_it_goes_to_the_customers_own_verified_account_and_nowhere_else(customer: User) -> None:
    stranger = arrange.customer(funds="0")
    theirs = arrange.bank_account(stranger)
    for wrong in (str(theirs.public_id), "4203918275640192", "", "x", "٤203918275640192"):
        with pytest.raises(Absent):
            arrange.ask(customer, bank_account=wrong)
    waiting = arrange.bank_account(customer, state="pending", decided_at=None, officer=None)
    with pytest.raises(kyc_errors.BankAccountNotVerified):
        arrange.ask(customer, bank_account=str(waiting.public_id))
    young = arrange.bank_account(customer, usable_from=now() + timedelta(hours=1))
    with pytest.raises(kyc_errors.BankAccountCoolingDown):
        arrange.ask(customer, bank_account=str(young.public_id))
    assert not FiatWithdrawal.objects.exists()
    assert not BankAccountUse.objects.exists()


def test_the_holder_must_be_the_customer_as_verified_now(customer: User) -> None:
    identity.write(customer, personal_data(first_name="Ada", last_name="Lovelace"))
    with pytest.raises(kyc_errors.BankAccountHolderDiffers):
        arrange.ask(customer)
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)


def test_the_account_must_be_in_the_coin_where_its_country_tells(customer: User) -> None:
    arrange.open_bank(coin="USD", code="USD_MAIN")
    arrange.fund(customer, "5000", coin="USD")
    with pytest.raises(errors.BankAccountOfAnotherCoin):
        arrange.ask(customer, coin="USD", amount="200")
    abroad = arrange.bank_account(customer, country="US")
    assert arrange.ask(customer, coin="USD", amount="200", bank_account=str(abroad.public_id)).fee == 25


def test_who_may_not_is_refused_and_nothing_is_written(customer: User) -> None:
    account = str(arrange.account_of(customer).public_id)
    level_two = arrange.customer(level=2)
    with pytest.raises(kyc_errors.NotEntitled):
        arrange.ask(level_two, bank_account=account)
    child = User.objects.create(parent=customer, username="sub", register_type="sub", registered_at=now())
    with pytest.raises(NotForSubAccounts):
        arrange.ask(child, bank_account=account)
    holds.start(user=customer, cause="password")
    with pytest.raises(SecurityHoldActive):
        arrange.ask(customer)
    freezing.freeze(user=customer, client=CLIENT)
    with pytest.raises(errors.FiatWithdrawalsClosed):
        arrange.ask(customer)
    assert not FiatWithdrawal.objects.exists()


def test_amounts_meet_minimum_limit_and_balance(customer: User) -> None:
    for amount, refusal in (
        ("999", AmountBelowMinimum),
        ("99990", InsufficientFunds),
        ("1000.5", money.AmountTooFine),
        ("0", money.AmountInvalid),
    ):
        with pytest.raises(refusal):
            arrange.ask(customer, amount=amount)
    WithdrawalLimit.objects.filter(coin__code="TWD", level=3, window_hours=24).update(maximum=Decimal(9000))
    arrange.ask(customer)
    with pytest.raises(LimitExceeded) as refused:
        arrange.ask(customer)
    assert refused.value.remaining == "4000"
    WithdrawalLimit.objects.filter(coin__code="TWD").delete()
    with pytest.raises(errors.FiatLimitUnset):
        arrange.ask(customer, amount="1000")


def test_what_is_no_amount_leaves_no_row(customer: User) -> None:
    for amount in [*BAD, "0", "-0", "-1"]:
        with pytest.raises(money.AmountInvalid):
            arrange.ask(customer, amount=amount)
    assert not FiatWithdrawal.objects.exists()


def test_closed_coins_and_those_that_no_bank_carries_are_refused(customer: User) -> None:
    with pytest.raises(UnknownCoin):
        arrange.ask(customer, coin="NOPE")
    with pytest.raises(errors.NotAFiatCoin):
        arrange.ask(customer, coin="ETH")
    CoinNetwork.objects.filter(coin__code="TWD").update(is_withdrawal_open=False)
    with pytest.raises(errors.FiatWithdrawalsClosed):
        arrange.ask(customer)


def test_an_account_that_others_named_too_asks_for_two_officers(customer: User) -> None:
    other, own = arrange.customer(funds="0"), arrange.account_of(customer)
    theirs = arrange.bank_account(other)
    BankAccount.objects.filter(pk=theirs.pk).update(number_index=bytes(own.number_index))
    made = arrange.confirmed(customer)
    assert (made.is_flagged, made.officers_required) == (True, 2)


def test_the_audit_knows_what_they_hold(real_db: None) -> None:
    arrange.open_bank()
    user = arrange.customer()
    arrange.ask(user)
    arrange.paid(user, amount="1000")
    assert audit.run(full=True, stop=False).findings == []
