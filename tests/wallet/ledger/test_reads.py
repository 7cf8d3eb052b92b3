"""Balances, statements and coins: what they say, and what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories_wallet as factory
from wallet import errors
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.ledger import AccountKind
from wallet.services import balances, coin_list, coins, folding, ledger, statement

pytestmark = pytest.mark.django_db


def queries_of(act) -> int:
    """How many queries the act makes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len(captured)


def many(customer, count: int) -> None:
    """That many entries of the customer."""
    for first in range(0, count, 500):
        rows = range(first, min(first + 500, count))
        results = ledger.post_batch([ledger.Draft(**factory.deposit_words(customer, "1")) for _ in rows])
        assert not any(isinstance(result, Exception) for result in results)


@pytest.mark.parametrize("rows", [0, 1, 1_000])
def test_reads_cost_the_same_however_long_the_books_are(rows):
    customer = factory.owner()
    many(customer, rows)
    source = statement.of_customer(customer)
    assert queries_of(lambda: balances.of_customer(customer)) == 1
    assert queries_of(lambda: balances.of_house("ETH", AccountKind.EXTERNAL_IN)) == 1
    assert queries_of(lambda: source.rows(below=None, above=None, limit=51)) == 1
    assert queries_of(coin_list.listed) == 6
    assert factory.available(customer) == rows


def test_balances_name_every_coin_and_only_the_customers_own_money():
    customer, other = factory.owner(), factory.owner()
    factory.fund(customer, "3", coin="USDT")
    factory.fund(other, "9", coin="USDT")
    ledger.hold(**factory.words_of_hold(customer, "1", coin="USDT"))
    found = {balance.coin: balance for balance in balances.of_customer(customer)}
    assert list(found) == ["BTC", "ETH", "USDT", "TRX", "USD", "TWD", "CNY"]
    assert (found["USDT"].available, found["USDT"].held, found["USDT"].total) == (2, 1, 3)
    assert found["ETH"].total == 0
    with pytest.raises(errors.UnknownCoin):
        balances.of_customer(customer, coin="DOGE")


def test_a_house_balance_is_the_same_before_and_after_folding():
    customer = factory.owner()
    factory.fund(customer, "10")
    factory.transfer(customer, factory.owner(), "1", fee="0.3")
    factory.transfer(customer, factory.owner(), "1", fee="0.4")
    before = balances.of_house("ETH", AccountKind.FEE)
    assert folding.fold_all() >= 2
    assert balances.of_house("ETH", AccountKind.FEE) == before == Decimal("0.7")
    assert folding.fold_all() == 0
    assert balances.of_house("TRX", AccountKind.DUST) == 0


def test_customers_accounts_are_not_folded():
    customer = factory.owner()
    factory.fund(customer, "10")
    with pytest.raises(errors.UnknownAccount):
        folding.fold(customer.ledger_accounts.get().pk)


def test_a_statement_tells_every_entry_newest_first_and_can_be_narrowed():
    customer = factory.owner()
    factory.fund(customer, "3")
    factory.fund(customer, "7", coin="USDT")
    ledger.hold(**factory.words_of_hold(customer, "1"))
    lines = statement.of_customer(customer).rows(below=None, above=None, limit=10)
    assert [(line.coin, line.account, line.kind, line.amount) for line in lines] == [
        ("ETH", "spot_held", "withdrawal_hold", Decimal(1)),
        ("ETH", "spot_available", "withdrawal_hold", Decimal(-1)),
        ("USDT", "spot_available", "deposit", Decimal(7)),
        ("ETH", "spot_available", "deposit", Decimal(3)),
    ]
    only = statement.of_customer(customer, coin="ETH", kind="deposit").rows(below=None, above=None, limit=10)
    assert [line.amount for line in only] == [3]
    with pytest.raises(errors.UnknownCoin):
        statement.of_customer(customer, coin="DOGE")


def test_pages_of_a_statement_meet_without_gap_or_overlap():
    customer = factory.owner()
    many(customer, 7)
    source = statement.of_customer(customer)
    whole = [line.id for line in source.rows(below=None, above=None, limit=100)]
    first = [line.id for line in source.rows(below=None, above=None, limit=3)]
    second = [line.id for line in source.rows(below=first[-1], above=None, limit=100)]
    assert first + second == whole
    back = [line.id for line in source.rows(below=None, above=second[0], limit=100)]
    assert back[::-1] == first


def test_unknown_coins_and_networks_are_named():
    with pytest.raises(errors.UnknownCoin) as refusal:
        coins.get("DOGE" * 100)
    assert len(refusal.value.coin) == 32
    with pytest.raises(errors.UnknownNetwork) as other:
        coins.network("BTC", "TRON")
    assert (other.value.coin, other.value.network) == ("BTC", "TRON")
    with pytest.raises(errors.UnknownCoin):
        coins.network("DOGE", "TRON")
    assert coins.network("USDT", "ETHEREUM").contract_address


def test_a_coin_that_is_switched_off_is_unknown():
    Coin.objects.filter(code="TRX").update(is_enabled=False)
    with pytest.raises(errors.UnknownCoin):
        coins.network("TRX", "TRON")
    assert "TRX" not in [coin.coin for coin in coin_list.listed()]


def test_a_stopped_coin_shows_closed_withdrawals():
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="looked at")
    ether = next(coin for coin in coin_list.listed() if coin.coin == "ETH")
    assert [(carried.is_deposit_open, carried.is_withdrawal_open) for carried in ether.networks] == [(True, False)]
    assert CoinNetwork.objects.get(coin__code="ETH").is_withdrawal_open
