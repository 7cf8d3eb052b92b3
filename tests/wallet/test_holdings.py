"""The chain's word against the books': a coin is stopped when the wallets hold less than customers own, and not else."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from config.kit.clock import now
from tests.wallet.deposits import arrange as deposits
from tests.wallet.pairs.arrange import accept
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network
from tests.wallet.withdrawals.outside import HOT_WALLET
from wallet.chains import registry
from wallet.chains.errors import ChainUnavailable, NetworkNotConnected
from wallet.models import Alarm, Coin, CoinNetwork
from wallet.models.deposits import Deposit
from wallet.services import holdings

__all__ = ["customer", "network"]
pytestmark = pytest.mark.django_db
COLD = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.fixture
def purse(network: Any, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Decimal]:
    """What the chain says that each address holds of each coin; the paying wallet has ten ether to begin with."""
    held: dict[tuple[str, str], Decimal] = {(HOT_WALLET, "ETH"): Decimal(10)}
    monkeypatch.setattr(network, "balance", lambda address, *, asset: held.get((address, asset.coin), Decimal(0)))
    return held


def found(coin: str = "ETH") -> holdings.Compared:
    return next(one for one in holdings.compare().compared if one.coin == coin)


def is_stopped(coin: str = "ETH") -> bool:
    return bool(Coin.objects.get(code=coin).withdrawals_stopped_because)


def test_wallets_that_hold_what_customers_own_are_enough_and_more_is_no_difference(customer, purse):
    assert (found().owed, found().held, found().is_short, is_stopped()) == (10, 10, False, False)
    purse[HOT_WALLET, "ETH"] = Decimal(5000)
    assert not found().is_short
    assert not Alarm.objects.exists()


def test_a_shortage_stops_that_coin_alone_and_rings_until_it_is_over(customer, purse):
    purse[HOT_WALLET, "ETH"] = Decimal("9.999999999999999999")
    report = holdings.compare()
    assert (report.ok, report.stopped, is_stopped("ETH"), is_stopped("USDT")) == (False, ["ETH"], True, False)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.subject, alarm.detail) == ("wallets_short", "ETH", "9.999999999999999999 of 10 found")
    assert holdings.compare().stopped == []
    purse[HOT_WALLET, "ETH"] = Decimal(10)
    assert holdings.compare().ok
    alarm.refresh_from_db()
    assert (alarm.ended_at is not None, is_stopped()) == (True, True)


def test_cold_wallets_and_what_lies_on_deposit_addresses_count(customer, purse, settings):
    settings.COLD_WALLETS = {"ETHEREUM": [COLD]}
    purse[HOT_WALLET, "ETH"], purse[COLD, "ETH"] = Decimal(1), Decimal(9)
    assert (found().held, found().is_short) == (10, False)
    deposit = deposits.deposit(customer)
    deposits.read_to(deposit)
    accept(deposit)
    assert (found("USDT").owed, found("USDT").is_short) == (20, True)
    purse[deposit.deposit_address.address, "USDT"] = Decimal(20)
    assert not found("USDT").is_short


def test_no_more_addresses_are_asked_than_it_takes(customer, purse, settings):
    settings.COLD_WALLETS = {"ETHEREUM": [COLD]}
    assert found().addresses == 1


def test_what_was_sent_and_is_not_settled_may_have_left_already(customer, network, purse):
    withdrawal = arrange.sent(customer)
    purse[HOT_WALLET, "ETH"] = 10 - withdrawal.amount
    assert (found().owed, found().is_short) == (9, False)
    arrange.mine(network, withdrawal)
    for _ in range(2):
        withdrawal = arrange.step(withdrawal)
    assert withdrawal.state == "success"
    assert (found().owed, found().is_short) == (10 - withdrawal.total, False)


def test_what_is_signed_and_not_sent_is_still_owed(customer, purse):
    arrange.signed(customer)
    assert found().owed == 10


def test_a_credited_deposit_that_left_its_chain_stops_its_customer_and_not_the_coin(customer, purse):
    deposit = deposits.deposit(customer)
    deposits.read_to(deposit)
    accept(deposit)
    Deposit.objects.update(contradicted_at=now())
    assert (found("USDT").owed, is_stopped("USDT")) == (0, False)


def test_what_the_books_owe_once_the_wallets_were_asked_is_what_counts(customer, purse, network, monkeypatch):
    def balance(address: str, *, asset: Any) -> Decimal:
        arrange.fund(customer, "1")
        return purse.get((address, asset.coin), Decimal(0))

    monkeypatch.setattr(network, "balance", balance)
    assert found().is_short


def test_a_node_that_does_not_answer_is_told_and_nothing_is_concluded(customer, network, monkeypatch):
    def silent(address: str, *, asset: Any) -> Decimal:
        raise ChainUnavailable(network="ETHEREUM", reason="silent")

    monkeypatch.setattr(network, "balance", silent)
    report = holdings.compare()
    assert (report.ok, set(report.unseen), is_stopped()) == (True, {"ETH", "USDT"}, False)
    assert set(Alarm.objects.values_list("kind", "subject")) == {("wallets_unseen", "ETH"), ("wallets_unseen", "USDT")}


def test_a_coin_that_a_network_carries_which_can_not_be_asked_is_unseen(customer, purse, monkeypatch):
    known = registry.gateway

    def gateway(code: str) -> Any:
        if code == "LIQUID":
            raise NetworkNotConnected(network=code)
        return known(code)

    monkeypatch.setattr(registry, "gateway", gateway)
    CoinNetwork.objects.filter(coin__code="USDT", network__code="LIQUID").update(is_deposit_open=True)
    assert set(holdings.compare().unseen) == {"USDT"}


def test_the_command_tells_and_ends_with_one_where_a_coin_is_short(customer, purse):
    told = StringIO()
    call_command("compare_wallets", "--json", stdout=told)
    assert json.loads(told.getvalue())["coins"][0] | {"owed": "10"} == {
        "coin": "ETH", "owed": "10", "held": "10", "addresses": 1, "ok": True,
    }  # fmt: skip
    purse[HOT_WALLET, "ETH"] = Decimal(1)
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("compare_wallets", "--keep-open", stdout=told)
    assert "SHORT" in told.getvalue()
    assert (is_stopped(), Alarm.objects.exists()) == (False, False)
