"""A customer's own money between spot and futures: whole, once, never below zero, and only where futures are open."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.errors import SecurityHoldActive
from accounts.models import User
from accounts.services import holds
from config.kit import money
from config.kit.clock import now
from kyc.errors import NotEntitled
from kyc.models import Case
from tests.kit.test_money import BAD
from tests.wallet.funds_transfers.arrange import HOME, INTO, move, trader, wallets
from wallet.errors import FuturesNotOpen, IdempotencyConflict, InsufficientFunds, UnknownCoin
from wallet.models import Coin, FundsTransfer, FundsTransferLimit, Posting
from wallet.services import futures, ledger, statement, sub_accounts
from wallet.services.funds_transfers import errors, reads
from wallet.services.withdrawals.errors import LimitExceeded

pytestmark = pytest.mark.django_db


def test_money_goes_into_futures_and_comes_home_and_the_statement_tells_both_sides() -> None:
    user = trader()
    made = move(user, "100.01")
    assert not made.replayed
    assert wallets(user) == (Decimal("899.99"), Decimal("100.01"))
    move(user, "40", direction=HOME)
    assert wallets(user) == (Decimal("939.99"), Decimal("60.01"))
    lines = statement.of_customer(user, kind="funds_transfer").rows(below=None, above=None, limit=9)
    assert {(line.posting_id, line.account, line.amount) for line in lines} == {
        (made.transfer.posting_id, "spot_available", Decimal("-100.01")),
        (made.transfer.posting_id, "futures_available", Decimal("100.01")),
        (reads.of_customer(user).get(direction=HOME).posting_id, "futures_available", Decimal(-40)),
        (reads.of_customer(user).get(direction=HOME).posting_id, "spot_available", Decimal(40)),
    }


def test_the_same_reference_moves_once_for_ever_and_another_body_is_refused() -> None:
    user = trader()
    first = move(user, "100", client_reference="one", api_key_id="k")
    User.objects.filter(pk=user.pk).update(status="suspended")
    again = move(user, "100.00", client_reference="one")
    assert (again.replayed, again.transfer.pk, again.transfer.api_key_id) == (True, first.transfer.pk, "k")
    for other in ({"amount": "101"}, {"direction": HOME}, {"coin": "ETH"}):
        with pytest.raises(IdempotencyConflict):
            move(user, **{"amount": "100", "client_reference": "one", **other})
    stranger = trader()
    assert not move(stranger, "1", client_reference="one").replayed
    assert wallets(user) == (900, 100)


@pytest.mark.parametrize(
    ("change", "words", "refusal"),
    [
        (None, {"amount": "1000.000001"}, InsufficientFunds),
        (None, {"direction": HOME, "amount": "0.01"}, InsufficientFunds),
        (None, {"coin": "NOPE"}, UnknownCoin),
        (None, {"coin": "X" * 300}, UnknownCoin),
        (lambda _: Coin.objects.filter(code="USDT").update(withdrawals_stopped_because="x"), {}, errors.FundsTransfersClosed),
        (lambda _: FundsTransferLimit.objects.filter(window_hours=24).delete(), {}, errors.FundsTransferLimitUnset),
        (lambda _: FundsTransferLimit.objects.filter(window_hours=720).update(maximum=99), {}, LimitExceeded),
        (lambda user: holds.start(user=user, cause="password"), {}, SecurityHoldActive),
        (lambda user: User.objects.filter(pk=user.pk).update(status="suspended"), {}, errors.FundsTransfersClosed),
        (lambda user: Case.objects.filter(user=user, level=2).update(state="rejected"), {}, NotEntitled),
    ],
    ids=["funds", "nothing there", "coin", "long coin", "stopped", "limit gone", "limit", "hold", "suspended", "level"],
)
def test_what_is_refused_leaves_no_row(change: Any, words: dict[str, Any], refusal: type[Exception]) -> None:
    user = trader()
    if change:
        change(user)
    with pytest.raises(refusal):
        move(user, **{"amount": "100", **words})
    assert not FundsTransfer.objects.exists()
    assert not Posting.objects.filter(kind="funds_transfer").exists()


def test_without_opened_futures_nothing_moves_either_way() -> None:
    user = trader(is_open=False)
    for direction in (INTO, HOME):
        with pytest.raises(FuturesNotOpen):
            move(user, "1", direction=direction)
    futures.open_for(user=user)
    move(user, "1")


@pytest.mark.parametrize("bad", [*BAD, 0, "0", "-0", "-1", Decimal("1.000000001"), "1e-9", 10**77], ids=repr)
def test_what_is_no_amount_is_refused(bad: Any) -> None:
    user = trader()
    with pytest.raises(money.AmountInvalid):
        move(user, bad)
    assert wallets(user) == (1000, 0)


def test_money_comes_home_through_a_hold_and_a_lost_level_but_not_from_a_stopped_account() -> None:
    user = trader()
    move(user, "100")
    holds.start(user=user, cause="password")
    Case.objects.filter(user=user, level=2).update(state="rejected")
    move(user, "60", direction=HOME)
    User.objects.filter(pk=user.pk).update(status="locked")
    with pytest.raises(errors.FundsTransfersClosed):
        move(user, "1", direction=HOME)
    assert wallets(user) == (960, 40)


def test_limits_count_what_went_into_futures_of_the_family_and_forget_with_time() -> None:
    parent = trader()
    child = User.objects.create(parent=parent, username="child", register_type="sub", registered_at=now())
    futures.open_for(user=child)
    sub_accounts.transfer(parent=parent, source=None, target=child.uid, coin="USDT", amount="500")
    FundsTransferLimit.objects.filter(coin__code="USDT", window_hours=24).update(maximum=150)
    move(parent, "100")
    move(parent, "100", direction=HOME)
    with pytest.raises(LimitExceeded) as refused:
        move(child, "50.000001")
    assert (refused.value.remaining, refused.value.window_hours) == ("50", 24)
    move(child, "50")
    with time_machine.travel(now() + timedelta(hours=24, seconds=1)):
        move(child, "150")
    assert wallets(child) == (300, 200)


def test_a_parents_hold_holds_for_its_sub_account() -> None:
    parent = trader()
    child = User.objects.create(parent=parent, username="child", register_type="sub", registered_at=now())
    futures.open_for(user=child)
    holds.start(user=parent, cause="password")
    with pytest.raises(SecurityHoldActive):
        move(child, "1")


def test_what_was_wrong_is_reversed_in_the_books_once() -> None:
    user = trader()
    made = move(user, "100").transfer
    ledger.reverse(posting_id=made.posting_id, key="r", actor="operator", reason="asked by mistake")
    assert wallets(user) == (1000, 0)
