"""What a customer's balances are worth in one coin."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.client import Api
from tests.factories_kyc import token_of
from tests.factories_wallet import words_of_hold
from tests.wallet.conversions.arrange import trader
from tests.wallet.rates.arrange import tell_all
from wallet.errors import UnknownCoin
from wallet.services import ledger
from wallet.services.rates import valuing
from wallet.services.rates.errors import RateUnknown
from wallet.services.rates.valuing import Part, Wallet

pytestmark = pytest.mark.django_db


def test_all_balances_count_held_ones_too_and_coins_without_a_price_are_named() -> None:
    tell_all()
    customer = trader(BTC="0.5", USDT="100", CNY="7")
    ledger.hold(**words_of_hold(customer, "0.25", coin="BTC"))
    value = valuing.value_of(customer, coin="USDT")
    assert (value.total, value.is_stale, list(value.without_rate)) == (Decimal(30100), False, ["CNY"])
    assert valuing.value_of(customer) == value
    assert valuing.value_of(customer, coin="BTC").total == Decimal("0.50166666")


def test_old_prices_are_said_to_be_old() -> None:
    tell_all(age_seconds=1000)
    value = valuing.value_of(trader(BTC="1"), coin="USDT")
    assert (value.total, value.is_stale) == (60000, True)


def test_nothing_is_worth_nothing_and_needs_no_price() -> None:
    value = valuing.value_of(trader(USDT="0.00000001"), coin="USDT")
    assert (value.total, value.taken_at, value.is_stale) == (Decimal("0.00000001"), None, False)
    with pytest.raises(UnknownCoin):
        valuing.value_of(trader(), coin="DOGE")


def test_over_http_it_is_ones_own() -> None:
    tell_all()
    answer = Api(token=token_of(trader(ETH="2"))).get("/api/v1/balances/value?coin=USDT").json()
    assert (answer["coin"], answer["total"], answer["without_rate"]) == ("USDT", "6000", [])
    assert Api().get("/api/v1/balances/value?coin=USDT").status_code == 401


def test_parts_are_amounts_balances_or_whole_wallets_and_what_is_named_must_have_a_price() -> None:
    tell_all()
    customer = trader(BTC="0.5", USDT="100", CNY="7")
    ledger.hold(**words_of_hold(customer, "0.25", coin="BTC"))

    def worth(*parts: Part) -> Decimal:
        return valuing.value_of_parts(customer, parts, coin="USDT").total

    assert worth(Part(coin="BTC", amount=Decimal("0.1"))) == 6_000
    assert worth(Part(coin="BTC", amount=Decimal("0.1")), Part(coin="USDT", amount=Decimal(1))) == 6_001
    assert worth(Part(coin="BTC")) == 30_000
    assert (worth(Part()), worth(Part(Wallet.FUTURES)), worth()) == (30_100, 0, 0)
    with pytest.raises(RateUnknown):
        worth(Part(coin="CNY"))
    with pytest.raises(UnknownCoin):
        worth(Part(coin="DOGE"))
