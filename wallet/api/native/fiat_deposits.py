"""Deposits from bank accounts on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from kyc.errors import NotEntitled
from wallet import errors as wallet_errors
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.fiat_deposits import FiatDeposit
from wallet.services.fiat_deposits import reads
from wallet.services.fiat_deposits.reads import PayInto


class CoinQuery(serializers.Serializer[dict[str, Any]]):
    """One coin's only."""

    coin = Text(max_length=CODE_CHARACTERS_MAX, required=False, default="", help_text="a fiat coin")


class FiatDepositOutput(serializers.Serializer[FiatDeposit]):
    """Money that a bank brought. It is in the balance while its state is `credited`."""

    id = PublicId(source="public_id")
    coin = serializers.CharField(source="coin.code")
    amount = AmountField(read_only=True)
    bank_reference = serializers.CharField(source="reference")
    state = serializers.ChoiceField(
        choices=(reads.CREDITED, reads.REVERSED),
        source="standing",
        help_text="`reversed` where the bank took it back or it was credited by mistake",
    )
    credited_at = TimestampField(source="finished_at")
    reversed_at = TimestampField(allow_null=True)


class FiatDeposits(NativeView):
    """`/api/v1/fiat-deposits`: what banks brought for the customer."""

    @operation(
        needs=Needs(scope="read"),
        query=CoinQuery,
        output=FiatDepositOutput,
        page=Keyset("-id"),
        summary="List deposits from bank accounts",
    )
    def get(self, call: Call) -> object:
        """The customer's deposits of fiat money, newest first; our officers credit them from the bank's statement."""
        return reads.of_customer(call.user, **call.query)


class FiatDepositById(NativeView):
    """`/api/v1/fiat-deposits/{id}`: one deposit from a bank account."""

    @operation(
        needs=Needs(scope="read"), output=FiatDepositOutput, refusals=(Absent,), summary="Read a deposit from a bank account"
    )
    def get(self, call: Call) -> FiatDeposit:
        """The deposit."""
        return reads.get(customer=call.user, public_id=call.path["id"])


class PayIntoOutput(serializers.Serializer[PayInto]):
    """An account of ours. `remark` goes onto the payment, so that we know whose it is."""

    coin = serializers.CharField(source="account.coin.code")
    bank = serializers.CharField(source="account.bank")
    holder = serializers.CharField(source="account.holder")
    account_number = serializers.CharField(source="account.account_number")
    swift_code = serializers.CharField(source="account.swift_code")
    remark = serializers.CharField()


class PayIntoListOutput(serializers.Serializer[dict[str, Any]]):
    """All of them, in the order of coins."""

    results = PayIntoOutput(many=True)


class FiatDepositAccounts(NativeView):
    """`/api/v1/fiat-deposit-accounts`: where to pay fiat money to."""

    @operation(
        needs=Needs(scope="read"),
        query=CoinQuery,
        output=PayIntoListOutput,
        refusals=(wallet_errors.UnknownCoin, account_errors.NotForSubAccounts, NotEntitled),
        summary="List the accounts to pay fiat money to",
    )
    def get(self, call: Call) -> dict[str, Any]:
        """Pay from a bank account in your own name: what others pay is sent back."""
        return {"results": reads.accounts_for(call.user, **call.query)}
