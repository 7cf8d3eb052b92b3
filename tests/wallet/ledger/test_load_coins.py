"""`manage.py load_coins`."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from wallet.models.coins import Coin, CoinNetwork

pytestmark = pytest.mark.django_db


def load(*options: str) -> str:
    told = StringIO()
    call_command("load_coins", *options, stdout=told)
    return told.getvalue()


def test_every_coin_and_network_of_the_contracts_is_there():
    pairs = set(CoinNetwork.objects.values_list("coin__code", "network__name"))
    assert pairs >= {
        ("BTC", "Bitcoin"), ("BTC", "Liquid"), ("ETH", "Ethereum (ERC-20)"), ("USDT", "Ethereum (ERC-20)"),
        ("USDT", "Omni"), ("USDT", "Liquid"), ("USDT", "Tron (TRC-20)"), ("TRX", "Tron (TRC-20)"),
    }  # fmt: skip
    scales = dict(Coin.objects.values_list("code", "scale"))
    assert scales == {"BTC": 8, "ETH": 18, "USDT": 8, "TRX": 6, "USD": 2, "TWD": 2, "CNY": 4}


def test_only_what_the_development_chain_carries_is_open():
    opened = CoinNetwork.objects.filter(is_deposit_open=True, is_withdrawal_open=True, confirmations=3)
    assert set(opened.values_list("coin__code", "network__code")) == {("ETH", "ETHEREUM"), ("USDT", "ETHEREUM")}
    assert not CoinNetwork.objects.exclude(pk__in=opened).filter(is_deposit_open=True).exists()


def test_outside_development_everything_starts_closed():
    CoinNetwork.objects.all().delete()
    load()
    assert CoinNetwork.objects.count() == 11
    assert not CoinNetwork.objects.filter(is_deposit_open=True).exists()
    assert not CoinNetwork.objects.filter(is_withdrawal_open=True).exists()


def test_loading_again_adds_nothing_and_leaves_what_an_operator_changed():
    CoinNetwork.objects.filter(coin__code="ETH").update(withdrawal_fee=Decimal("0.5"), is_withdrawal_open=False)
    assert "0 rows added, 0 restored, 1 left" in load("--development")
    assert CoinNetwork.objects.get(coin__code="ETH").withdrawal_fee == Decimal("0.5")
    assert "0 rows added, 1 restored, 0 left" in load("--development", "--reset")
    assert CoinNetwork.objects.get(coin__code="ETH").withdrawal_fee == Decimal("0.002")


def test_production_refuses_the_development_set(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        load("--development")
