"""Coins, balances and the statement on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from wallet import errors
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.ledger import AccountKind, PostingKind
from wallet.services import balances, coin_list, statement
from wallet.services.balances import Balance
from wallet.services.coin_list import CarriedBy, CoinView
from wallet.services.statement import StatementLine


class CoinNetworkOutput(serializers.Serializer[CarriedBy]):
    """How a network carries a coin."""

    network = serializers.CharField(help_text="code of the network")
    name = serializers.CharField()
    scale = serializers.IntegerField(help_text="decimal places of a withdrawal at the most")
    contract_address = serializers.CharField(help_text="of a token; empty for the network's own coin")
    confirmations = serializers.IntegerField()
    memo_required = serializers.BooleanField()
    is_deposit_open = serializers.BooleanField()
    is_withdrawal_open = serializers.BooleanField()
    deposit_minimum = AmountField()
    withdrawal_minimum = AmountField()
    withdrawal_fee = AmountField()


class CoinOutput(serializers.Serializer[CoinView]):
    """A coin and the networks that carry it."""

    coin = serializers.CharField(help_text="code of the coin")
    name = serializers.CharField()
    kind = serializers.CharField(help_text="crypto or fiat")
    scale = serializers.IntegerField(help_text="decimal places of a balance")
    networks = CoinNetworkOutput(many=True)


class CoinsOutput(serializers.Serializer[dict[str, Any]]):
    """Every coin; never more than one page."""

    results = CoinOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BalanceOutput(serializers.Serializer[Balance]):
    """A balance in one coin. `total` is the sum of the others."""

    coin = serializers.CharField()
    available = AmountField()
    held = AmountField()
    futures_available = AmountField()
    futures_held = AmountField()
    total = AmountField()


class BalancesOutput(serializers.Serializer[dict[str, Any]]):
    """The balance in every coin; never more than one page."""

    results = BalanceOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class StatementLineOutput(serializers.Serializer[StatementLine]):
    """One entry: what an account gained, or (below zero) lost."""

    id = PublicId()
    posting = PublicId(source="posting_id")
    coin = serializers.CharField()
    account = serializers.ChoiceField(choices=AccountKind.choices)
    kind = serializers.ChoiceField(choices=PostingKind.choices)
    amount = AmountField()
    created_at = TimestampField()
    counterparty = serializers.CharField(help_text="the customer on the other side, in words; empty where there is none")


class BalancesQuery(serializers.Serializer[dict[str, Any]]):
    """What narrows the balances."""

    coin = Text(max_length=CODE_CHARACTERS_MAX, required=False)


class StatementQuery(serializers.Serializer[dict[str, Any]]):
    """What narrows the statement."""

    coin = Text(max_length=CODE_CHARACTERS_MAX, required=False)
    kind = serializers.ChoiceField(choices=PostingKind.choices, required=False)


class Coins(NativeView):
    """`/api/v1/coins`: the coins we carry, and how."""

    @operation(needs=Needs(login=False), output=CoinsOutput, summary="List coins and their networks")
    def get(self, call: Call) -> object:
        """All of them, in the order of lists."""
        return {"results": coin_list.listed(), "next": None, "previous": None}


class Balances(NativeView):
    """`/api/v1/balances`: what the customer has."""

    @operation(
        needs=Needs(scope="read"),
        query=BalancesQuery,
        output=BalancesOutput,
        refusals=(errors.UnknownCoin,),
        summary="Read balances",
    )
    def get(self, call: Call) -> object:
        """Every coin, zeros included; or one."""
        return {"results": balances.of_customer(call.user, coin=call.query.get("coin")), "next": None, "previous": None}


class Statement(NativeView):
    """`/api/v1/statement`: every entry of the customer's accounts."""

    @operation(
        needs=Needs(scope="read"),
        query=StatementQuery,
        output=StatementLineOutput,
        page=Keyset("-id"),
        refusals=(errors.UnknownCoin,),
        summary="Read the statement",
    )
    def get(self, call: Call) -> object:
        """Newest first."""
        return statement.of_customer(call.user, coin=call.query.get("coin"), kind=call.query.get("kind"))
