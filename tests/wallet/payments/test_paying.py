"""Paying for a service: at once, or held and then captured, voided or given back by the clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.errors import NotAnOfficer, NotForSubAccounts, OwnAccount, ReasonDue, SecurityHoldActive
from accounts.models import AccountFreeze, AuditRecord, User
from accounts.services import freezing, holds
from accounts.services.officers import Act
from config.kit import money
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from kyc.errors import NotEntitled
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.kit.test_money import BAD
from tests.wallet.payments.arrange import BY, SERVICE, held, paid, payer, sell, treasurer
from tests.wallet.withdrawals.arrange import officer
from wallet.errors import IdempotencyConflict, InsufficientFunds, UnknownCoin
from wallet.models import Coin, PaidService, Payment, PaymentEvent, PaymentLimit
from wallet.models.ledger import AccountKind
from wallet.services import balances, statement
from wallet.services.payments import books, errors, paying, settling
from wallet.services.withdrawals.errors import LimitExceeded
from wallet.tasks.payments import expire_payments

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


def money_of(user: User) -> tuple[Decimal, Decimal, Decimal]:
    """Available, held, and what the house has from services."""
    own = balances.of_coin(user, Coin.objects.get(code="USDT"))
    return own.available, own.held, balances.of_house("USDT", AccountKind.SERVICE)


def story(payment: Payment) -> list[tuple[str, str, str]]:
    rows = PaymentEvent.objects.filter(payment=payment).order_by("id")
    return [(row.state_before, row.state_after, row.actor_kind) for row in rows]


def test_a_payment_at_once_is_the_houses_and_stands_in_the_statement() -> None:
    user = payer()
    made = paid(user, "100.5")
    assert (made.state, made.captured_amount, made.expires_at) == ("captured", Decimal("100.5"), None)
    assert money_of(user) == (Decimal("899.5"), 0, Decimal("100.5"))
    assert story(made) == [("", "requested", "customer"), ("requested", "captured", "customer")]
    told = read_message(user.email or "", "payment_captured").facts
    assert (told["amount"], told["coin"], told["service"]) == ("100.5", "USDT", "Listing of a coin")
    (line,) = statement.of_customer(user, kind="payment").rows(below=None, above=None, limit=9)
    assert (line.amount, line.coin) == (Decimal("-100.5"), "USDT")


def test_a_payment_that_is_held_is_captured_by_our_side() -> None:
    user = payer()
    made = held(user)
    assert made.expires_at == made.created_at + timedelta(hours=24)
    assert money_of(user) == (900, 100, 0)
    act = treasurer()
    done = settling.capture(public_id=made.public_id, act=act)
    assert (done.state, done.captured_amount) == ("captured", 100)
    assert money_of(user) == (900, 0, 100)
    assert story(made)[1:] == [("requested", "held", "customer"), ("held", "captured", "staff")]
    record = AuditRecord.objects.get(act="wallet.payment_captured")
    assert (record.actor, record.reason) == (act.officer, "as agreed")
    assert record.facts == {"amount": "100", "coin": "USDT", "service": SERVICE}


def test_a_part_is_captured_and_the_rest_given_back_in_one_posting() -> None:
    user = payer()
    made = held(user)
    settling.capture(public_id=made.public_id, act=BY, amount="33.33333333")
    assert money_of(user) == (Decimal("966.66666667"), 0, Decimal("33.33333333"))
    assert [posting.kind for posting in books.postings_of(made)] == ["payment_hold", "payment"]
    assert read_message(user.email or "", "payment_held").facts["amount"] == "100"
    assert read_message(user.email or "", "payment_captured").facts["amount"] == "33.33333333"
    with pytest.raises(IllegalMove):
        settling.capture(public_id=made.public_id, act=BY, amount="1")


@pytest.mark.parametrize("amount", ["0", "-1", "0.000000001", "1e2", 1.5], ids=str)
def test_what_is_no_part_is_not_captured(amount: Any) -> None:
    user = payer()
    made = held(user)
    with pytest.raises(money.AmountInvalid):
        settling.capture(public_id=made.public_id, act=BY, amount=amount)
    with pytest.raises(errors.CaptureTooLarge):
        settling.capture(public_id=made.public_id, act=BY, amount="100.00000001")
    assert money_of(user) == (900, 100, 0)


def test_what_is_void_is_available_again() -> None:
    user = payer()
    made = held(user)
    assert settling.void(public_id=made.public_id, act=BY).state == "voided"
    assert money_of(user) == (1000, 0, 0)
    assert story(made)[-1] == ("held", "voided", "operator")
    assert read_message(user.email or "", "payment_voided").facts["amount"] == "100"
    for verb in (settling.capture, settling.void, settling.refund):
        with pytest.raises(IllegalMove):
            verb(public_id=made.public_id, act=BY)
    assert money_of(user) == (1000, 0, 0)


def test_the_clock_gives_back_what_was_held_too_long() -> None:
    user = payer()
    made, young = held(user), held(user, "1")
    with time_machine.travel(made.expires_at - timedelta(seconds=1), tick=False):  # type: ignore[operator]  # it is held, so it has an end
        expire_payments()
        assert settling.expire(made.pk) is False
        assert money_of(user)[1] == 101
    with time_machine.travel(young.expires_at + timedelta(seconds=1), tick=False):  # type: ignore[operator]  # it is held, so it has an end
        expire_payments()
        expire_payments()
    assert money_of(user) == (1000, 0, 0)
    assert story(made)[-1] == ("held", "expired", "system")


def test_what_was_taken_is_given_back_once() -> None:
    user = payer()
    made = held(user)
    settling.capture(public_id=made.public_id, act=BY, amount="60")
    assert settling.refund(public_id=made.public_id, act=BY).state == "refunded"
    assert money_of(user) == (1000, 0, 0)
    with pytest.raises(IllegalMove):
        settling.refund(public_id=made.public_id, act=BY)


def test_the_same_key_and_body_give_the_same_payment() -> None:
    user = payer()
    words: dict[str, Any] = {"customer": user, "service": SERVICE, "coin": "USDT", "client_reference": "one"}
    first = paying.pay(**words, amount="100")
    sell(is_open=False)
    again = paying.pay(**words, amount="100.00")
    assert (first.replayed, again.replayed, again.payment) == (False, True, first.payment)
    for other in ({"amount": "101"}, {"amount": "100", "hold": True}, {"amount": "100", "coin": "ETH"}):
        with pytest.raises(IdempotencyConflict):
            paying.pay(**{**words, **other})
    assert money_of(user) == (900, 0, 100)


@pytest.mark.parametrize("amount", [*BAD, 0, "0", "-0", "-1", "0.000000001"], ids=repr)
def test_what_is_no_amount_is_not_paid(amount: Any) -> None:
    user = payer()
    with pytest.raises(money.AmountInvalid):
        paid(user, amount)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("change", "words", "refusal"),
    [
        (None, {"amount": "1000.00000001"}, InsufficientFunds),
        (None, {"coin": "DOGE"}, UnknownCoin),
        (None, {"service": "NOTHING"}, errors.UnknownService),
        (None, {"service": "x" * 99}, errors.UnknownService),
        (None, {"coin": "TRX"}, errors.PaymentLimitUnset),
        (lambda _: sell(is_open=False), {}, errors.UnknownService),
        (lambda _: Coin.objects.filter(code="USDT").update(withdrawals_stopped_because="x"), {}, errors.PaymentsClosed),
        (lambda _: PaymentLimit.objects.filter(window_hours=24).delete(), {}, errors.PaymentLimitUnset),
        (lambda _: PaymentLimit.objects.filter(window_hours=720).update(maximum=99), {}, LimitExceeded),
        (lambda user: holds.start(user=user, cause="password"), {}, SecurityHoldActive),
        (lambda user: User.objects.filter(pk=user.pk).update(status="suspended"), {}, errors.PaymentsClosed),
    ],
    ids=["funds", "coin", "service", "long service", "no limit", "closed", "stopped", "limit gone", "limit", "hold",
         "suspended"],
)  # fmt: skip
def test_a_payment_that_is_refused_leaves_no_row(change: Any, words: dict[str, Any], refusal: type[Exception]) -> None:
    user = payer()
    if change:
        change(user)
    for hold in (False, True):
        with pytest.raises(refusal):
            paying.pay(customer=user, **{"service": SERVICE, "coin": "USDT", "amount": "100", "hold": hold, **words})
    assert not Payment.objects.exists()


def test_below_the_level_and_from_a_sub_account_nothing_is_paid() -> None:
    with pytest.raises(NotEntitled):
        paid(payer(level=1))
    child = User.objects.create(parent=payer(), username="child", register_type="sub", registered_at=now())
    with pytest.raises(NotForSubAccounts):
        paid(child)


def test_limits_count_what_was_taken_or_is_held() -> None:
    user = payer()
    PaymentLimit.objects.filter(coin__code="USDT", window_hours=24).update(maximum=150)
    first = held(user)
    with pytest.raises(LimitExceeded):
        paid(user, "51")
    settling.capture(public_id=first.public_id, act=BY, amount="40")
    paid(user, "110")
    with pytest.raises(LimitExceeded):
        paid(user, "0.00000001")
    settling.refund(public_id=first.public_id, act=BY)
    paid(user, "40")


def test_only_so_many_payments_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.services.payments.policy.HELD_PER_CUSTOMER_MAX", 2)
    user = payer()
    held(user)
    held(user)
    with pytest.raises(errors.TooManyHeldPayments):
        held(user)


@pytest.mark.parametrize("status", ["suspended", "locked"])
def test_a_stopped_account_keeps_what_is_held_from_being_captured(status: str) -> None:
    user = payer()
    made = held(user)
    User.objects.filter(pk=user.pk).update(status=status)
    with pytest.raises(errors.PaymentHeldUp):
        settling.capture(public_id=made.public_id, act=BY)
    assert money_of(user) == (900, 100, 0)
    settling.void(public_id=made.public_id, act=BY)


def test_what_was_held_before_the_owner_froze_the_account_is_not_captured_after_the_thaw() -> None:
    user = payer()
    made = held(user)
    freezing.freeze(user=user, client=CLIENT)
    AccountFreeze.objects.filter(user=user).update(ended_at=now())
    User.objects.filter(pk=user.pk).update(status="normal")
    with pytest.raises(errors.PaymentHeldUp):
        settling.capture(public_id=made.public_id, act=BY)
    settling.void(public_id=made.public_id, act=BY)


def test_who_may_settle_a_payment() -> None:
    user = payer()
    made = held(user)
    for act, refusal in (
        (Act(reason=" ", by="Ada"), ReasonDue),
        (Act(reason="mine", officer=officer(role="compliance")), NotAnOfficer),
        (Act(reason="mine", officer=user), NotAnOfficer),
    ):
        for verb in (settling.capture, settling.void, settling.refund):
            with pytest.raises(refusal):
                verb(public_id=made.public_id, act=act)
    with pytest.raises(Absent):
        settling.void(public_id="4203918275640192", act=BY)
    own = officer()
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.groups.set(own.groups.all())
    user.refresh_from_db()
    with pytest.raises(OwnAccount):
        settling.void(public_id=made.public_id, act=Act(reason="mine", officer=user))
    assert Payment.objects.get().state == "held"


def test_the_commands_settle_and_sell() -> None:
    user = payer()
    made = held(user)
    said = ["--by", "Ada", "--reason", "delivered"]
    with pytest.raises(CommandError, match="belongs to capture"):
        call_command("settle_payment", "void", str(made.public_id), "--amount", "1", *said)
    with pytest.raises(CommandError, match="names nobody"):
        call_command("settle_payment", "void", str(made.public_id), "--by", " ", "--reason", "x")
    call_command("settle_payment", "capture", str(made.public_id), "--amount", "25", *said)
    assert money_of(user) == (975, 0, 25)
    call_command("settle_payment", "refund", str(made.public_id), *said)
    with pytest.raises(CommandError):
        call_command("settle_payment", "void", str(made.public_id), *said)
    call_command("set_paid_service", "API_PLUS", "--name", "More requests", *said)
    call_command("set_paid_service", "API_PLUS", "--name", "More requests", "--closed", *said)
    assert not PaidService.objects.get(code="API_PLUS").is_open
    assert AuditRecord.objects.filter(act="wallet.paid_service_set", subject="wallet.paid_service:API_PLUS").count() == 2


@pytest.mark.parametrize(
    "words", [["x y", "--name", "n"], ["OK", "--name", "n" * 65], ["OK", "--name", "n", "--hold-hours", "0"]]
)
def test_what_is_no_service_is_not_sold(words: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("set_paid_service", *words, "--by", "Ada", "--reason", "new")
