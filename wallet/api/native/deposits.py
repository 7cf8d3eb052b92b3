"""Deposits on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.calls import client_of
from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from kyc.errors import NotEntitled
from wallet.chains import errors as chain_errors
from wallet.models.deposits import Deposit, DepositAddress, DepositState
from wallet.services.deposits import addresses, errors, history

COIN_CHARACTERS_MAX = 16
NETWORK_CHARACTERS_MAX = 32


class DepositAddressInput(serializers.Serializer[dict[str, Any]]):
    """The coin to receive and the network to receive it over."""

    coin = Text(max_length=COIN_CHARACTERS_MAX)
    network = Text(max_length=NETWORK_CHARACTERS_MAX)


class DepositAddressQuery(serializers.Serializer[dict[str, Any]]):
    """Which addresses to list."""

    coin = Text(max_length=COIN_CHARACTERS_MAX, required=False, default="")
    network = Text(max_length=NETWORK_CHARACTERS_MAX, required=False, default="")


class DepositableCoin(serializers.Serializer[Any]):
    """A coin that the address takes. Less than `minimum` is not credited by itself."""

    coin = serializers.CharField(source="coin.code")
    minimum = AmountField(source="deposit_minimum", read_only=True)
    confirmations = serializers.IntegerField()


class DepositAddressOutput(serializers.Serializer[DepositAddress]):
    """One address. It takes every coin in `coins`; anything else sent to it is lost."""

    id = PublicId(source="public_id")
    network = serializers.CharField(source="network.code")
    address = serializers.CharField()
    memo = serializers.CharField()
    coins = DepositableCoin(source="network.open_for_deposit", many=True)
    created_at = TimestampField()


class DepositAddresses(NativeView):
    """`/api/v1/deposit-addresses`: where the customer's deposits arrive."""

    @operation(
        needs=Needs(scope="read"),
        query=DepositAddressQuery,
        output=DepositAddressOutput,
        page=Keyset("-id"),
        summary="List deposit addresses",
    )
    def get(self, call: Call) -> object:
        """The customer's addresses, newest first."""
        return addresses.of_customer(call.user, **call.query)

    @operation(
        needs=Needs(),
        idempotent=True,
        input=DepositAddressInput,
        output=DepositAddressOutput,
        status=201,
        also={200: DepositAddressOutput},
        refusals=(
            errors.DepositsClosed,
            NotEntitled,
            chain_errors.NetworkNotConnected,
            chain_errors.DerivationKeyUnfit,
        ),
        rate="30/m",
        summary="Get the deposit address for a coin and network",
    )
    def post(self, call: Call) -> Answer:
        """The same address each time: 201 when it is new, 200 afterwards."""
        issued, is_new = addresses.issue(customer=call.user, client=client_of(call), **call.input)
        return Answer(issued, status=201 if is_new else 200)


class DepositQuery(serializers.Serializer[dict[str, Any]]):
    """Which deposits to list."""

    coin = Text(max_length=COIN_CHARACTERS_MAX, required=False, default="")
    state = serializers.ChoiceField(choices=DepositState.choices, required=False, default="")


class DepositOutput(serializers.Serializer[Deposit]):
    """One deposit. It is in the balance once its state is `credited`."""

    id = PublicId(source="public_id")
    coin = serializers.CharField(source="coin_network.coin.code")
    network = serializers.CharField(source="network.code")
    address = serializers.CharField(source="deposit_address.address")
    tx_hash = serializers.CharField()
    output_index = serializers.IntegerField()
    amount = AmountField(read_only=True)
    state = serializers.ChoiceField(choices=DepositState.choices)
    held_because = serializers.CharField()
    confirmations = serializers.IntegerField()
    confirmations_required = serializers.IntegerField(source="coin_network.confirmations")
    seen_at = TimestampField()
    credited_at = TimestampField(allow_null=True)


class Deposits(NativeView):
    """`/api/v1/deposits`: what arrived for the customer over the chains."""

    @operation(needs=Needs(scope="read"), query=DepositQuery, output=DepositOutput, page=Keyset("-id"), summary="List deposits")
    def get(self, call: Call) -> object:
        """The customer's deposits, newest first."""
        return history.of_customer(call.user, **call.query)
