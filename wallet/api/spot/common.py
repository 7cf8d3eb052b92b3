"""What spot's clients look up before they ask for anything: coins with their networks, rates, deposit addresses."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from accounts.services import clients
from config.dialects.spot.dialect import SpotView
from config.kit.fields import AmountField, Text
from config.kit.operations import Call, Needs, operation
from kyc.errors import NotEntitled
from wallet import errors
from wallet.chains import errors as chain_errors
from wallet.models.coins import CODE_CHARACTERS_MAX, NETWORK_NAME_CHARACTERS_MAX, NetworkKind
from wallet.services import coins, traded
from wallet.services.deposits import addresses
from wallet.services.deposits.errors import DepositsClosed
from wallet.services.rates import reads as rates
from wallet.services.rates.reads import RateView
from wallet.services.traded import TradedCoin

PUBLIC_RATE = "10/s"
ADDRESS_FORM = {
    NetworkKind.EVM: "^0x[0-9a-fA-F]{40}$",
    NetworkKind.TRON: "^T[1-9A-HJ-NP-Za-km-z]{33}$",
    NetworkKind.BITCOIN: "^[a-zA-Z0-9]{25,110}$",
    NetworkKind.BANK: "",
}
"""What a form can check while its user types; whether an address is one is looked at when it is used."""


class SpotCoinNetworkOutput(serializers.Serializer[Any]):
    """How a network carries a coin. Amounts are what leaves the balance, the fee in them."""

    network = serializers.CharField(source="name")
    chain = serializers.CharField(source="code")
    contractPrecision = serializers.IntegerField(source="scale")
    contractAddress = serializers.CharField(source="contract_address")
    requireMemo = serializers.SerializerMethodField(method_name="get_require_memo", help_text="0 no, 1 yes")
    depositConfirm = serializers.IntegerField(source="confirmations")
    addressRegular = serializers.SerializerMethodField(method_name="get_address_regular")
    isOpen = serializers.BooleanField(source="is_open")
    isShow = serializers.SerializerMethodField(method_name="get_is_show")
    depositOpen = serializers.BooleanField(source="is_deposit_open")
    withdrawOpen = serializers.BooleanField(source="is_withdrawal_open")
    withdrawMin = AmountField(source="withdrawal_least")
    withdrawMax = AmountField(source="withdrawal_most")
    withdrawFee = AmountField(source="withdrawal_fee")
    depositMin = AmountField(source="deposit_minimum")

    def get_require_memo(self, row: traded.TradedNetwork) -> int:
        """As a number."""
        return int(row.memo_required)

    def get_address_regular(self, row: traded.TradedNetwork) -> str:
        """Empty where there is none."""
        return ADDRESS_FORM[row.kind]

    def get_is_show(self, row: traded.TradedNetwork) -> bool:
        """What is not to be shown is not listed."""
        return True


class SpotCoinOutput(serializers.Serializer[TradedCoin]):
    """A coin with its networks."""

    name = serializers.CharField(source="code")
    fullName = serializers.CharField(source="name")
    quotePrecision = serializers.IntegerField(source="scale")
    depositOpen = serializers.BooleanField(source="is_deposit_open")
    withdrawOpen = serializers.BooleanField(source="is_withdrawal_open")
    withdrawMin = AmountField(source="withdrawal_least")
    withdrawMax = AmountField(source="withdrawal_most")
    networks = SpotCoinNetworkOutput(many=True)


class CoinNetworks(SpotView):
    """GET /api/spot/v1/common/coin/coin_network/list. Source: gaps.md, spot: the document refers to it only."""

    @operation(
        needs=Needs(login=False), output=SpotCoinOutput, many=True, rate=PUBLIC_RATE, summary="List coins and their networks"
    )
    def get(self, call: Call) -> list[TradedCoin]:
        """In the order of lists."""
        return traded.listed()


class SpotRateOutput(serializers.Serializer[RateView]):
    """One pair."""

    baseSymbol = serializers.CharField(source="base")
    quoteSymbol = serializers.CharField(source="quote")
    rate = AmountField(source="price")


class Rates(SpotView):
    """GET /api/spot/v1/common/rate/list. Source: gaps.md, spot: the document refers to it only."""

    @operation(needs=Needs(login=False), output=SpotRateOutput, many=True, rate=PUBLIC_RATE, summary="List rates")
    def get(self, call: Call) -> list[RateView]:
        """The newest price of every pair."""
        return list(rates.listed())


class DepositAddressInput(serializers.Serializer[Any]):
    """Which. Source: spot: 9. 获取充币地址."""

    coin = Text(max_length=CODE_CHARACTERS_MAX)
    network = Text(max_length=NETWORK_NAME_CHARACTERS_MAX)


class SpotDepositAddressOutput(serializers.Serializer[Any]):
    """One address."""

    coin = serializers.CharField()
    network = serializers.CharField()
    address = serializers.CharField()
    memo = serializers.CharField(allow_null=True)


class DepositAddress(SpotView):
    """POST /api/spot/v1/deposit/address. Source: spot: 9. 获取充币地址."""

    @operation(
        needs=Needs(scope="read"),
        input=DepositAddressInput,
        output=SpotDepositAddressOutput,
        many=True,
        refusals=(
            errors.UnknownCoin,
            errors.UnknownNetwork,
            DepositsClosed,
            NotEntitled,
            account_errors.NotForSubAccounts,
            chain_errors.NetworkNotConnected,
            chain_errors.DerivationKeyUnfit,
        ),
        summary="Get the deposit address for a coin and network",
    )
    def post(self, call: Call) -> list[dict[str, Any]]:
        """One, the same each time; it is made where there was none."""
        coin, network = call.input["coin"], coins.network_code(call.input["network"])
        client = clients.describe(ip=call.ip, user_agent=call.user_agent)
        found, _ = addresses.issue(customer=call.user, coin=coin, network=network, client=client)
        return [{"coin": coin, "network": found.network.name, "address": found.address, "memo": found.memo or None}]
