"""Withdrawals to bank accounts on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from kyc import errors as kyc_errors
from wallet import errors as wallet_errors
from wallet.api.native.calls import client_reference, replay_header
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalState
from wallet.services.fiat_withdrawals import cancel, confirm, errors, reads, request
from wallet.services.withdrawals import errors as outgoing_errors


class FiatWithdrawalInput(serializers.Serializer[dict[str, Any]]):
    """How much to which of the own verified bank accounts. The fee comes on top of `amount`."""

    coin = Text(max_length=CODE_CHARACTERS_MAX, help_text="a fiat coin")
    bank_account = Text(max_length=16, help_text="id of a verified bank account, as GET /bank-accounts names it")
    amount = AmountField()


class FiatWithdrawalOutput(serializers.Serializer[FiatWithdrawal]):
    """A withdrawal to a bank account as its customer sees it."""

    id = PublicId(source="public_id")
    coin = serializers.CharField(source="coin_network.coin.code")
    bank_account = PublicId()
    amount = AmountField()
    fee = AmountField()
    state = serializers.ChoiceField(choices=FiatWithdrawalState.choices)
    methods = serializers.SerializerMethodField()
    expires_at = serializers.SerializerMethodField()
    bank_reference = serializers.SerializerMethodField()
    created_at = TimestampField()
    state_since = TimestampField()
    finished_at = TimestampField(allow_null=True)

    def get_methods(self, withdrawal: FiatWithdrawal) -> list[str]:
        """What will confirm it, strongest first; empty once it is confirmed."""
        if withdrawal.state != FiatWithdrawalState.VERIFICATION:
            return []
        # One serializer speaks for all rows of an answer, and they are one customer's.
        known: dict[int, list[str]] = self.__dict__.setdefault("methods_of", {})
        if withdrawal.customer_id not in known:
            known[withdrawal.customer_id] = list(confirm.methods(withdrawal.customer))
        return known[withdrawal.customer_id]

    def get_expires_at(self, withdrawal: FiatWithdrawal) -> str | None:
        """Until when it can be confirmed; null once it is."""
        if withdrawal.state != FiatWithdrawalState.VERIFICATION:
            return None
        return TimestampField().to_representation(withdrawal.expires_at)

    def get_bank_reference(self, withdrawal: FiatWithdrawal) -> str | None:
        """Under which the bank paid it; null before."""
        return withdrawal.paid_line.reference if withdrawal.paid_line else None


class FiatWithdrawals(NativeView):
    """`/api/v1/fiat-withdrawals`: a customer's withdrawals to bank accounts, newest first, and asking for one."""

    @operation(
        needs=Needs(scope="read"), output=FiatWithdrawalOutput, page=Keyset("-id"), summary="List withdrawals to bank accounts"
    )
    def get(self, call: Call) -> object:
        """All of them, page by page."""
        return reads.of_customer(call.user)

    @operation(
        needs=Needs(),
        idempotent=True,
        input=FiatWithdrawalInput,
        output=FiatWithdrawalOutput,
        status=201,
        refusals=(
            wallet_errors.UnknownCoin,
            errors.NotAFiatCoin,
            outgoing_errors.AmountBelowMinimum,
            account_errors.NotForSubAccounts,
            kyc_errors.NotEntitled,
            account_errors.SecurityHoldActive,
            errors.FiatWithdrawalsClosed,
            Absent,
            kyc_errors.BankAccountNotVerified,
            kyc_errors.BankAccountCoolingDown,
            errors.BankAccountOfAnotherCoin,
            kyc_errors.BankAccountHolderDiffers,
            errors.FiatLimitUnset,
            outgoing_errors.LimitExceeded,
            errors.TooManyOpenFiat,
            wallet_errors.InsufficientFunds,
            outgoing_errors.ReferenceTaken,
        ),
        rate="30/m",
        summary="Ask for a withdrawal to a bank account",
    )
    def post(self, call: Call) -> Answer:
        """Reserve amount and fee. With `Idempotency-Key`, asking again gives the same withdrawal."""
        made = request.request(
            customer=call.user, **call.input, client_reference=client_reference(call), ip=call.ip, language=call.language
        )
        return Answer(made.withdrawal, headers=replay_header(replayed=made.replayed))


class FiatWithdrawalById(NativeView):
    """`/api/v1/fiat-withdrawals/{id}`: one withdrawal to a bank account."""

    @operation(
        needs=Needs(scope="read"),
        output=FiatWithdrawalOutput,
        refusals=(Absent,),
        summary="Read a withdrawal to a bank account",
    )
    def get(self, call: Call) -> FiatWithdrawal:
        """The withdrawal."""
        return reads.get(customer=call.user, public_id=call.path["id"])


class FiatWithdrawalConfirmation(NativeView):
    """`/api/v1/fiat-withdrawals/{id}/confirm`: the customer's proof."""

    @operation(
        needs=Needs(),
        idempotent=True,
        input=ProofInput,
        output=FiatWithdrawalOutput,
        refusals=(Absent, IllegalMove, errors.FiatWithdrawalExpired, errors.FiatWithdrawalHeld, *REFUSALS),
        rate="30/m",
        summary="Confirm a withdrawal to a bank account",
    )
    def post(self, call: Call) -> FiatWithdrawal:
        """Into review. Without a code, the code is sent (again) and the answer says that it is due."""
        return confirm.confirm(
            customer=call.user,
            public_id=call.path["id"],
            proof=proof_of(call),
            language=call.language,
            ip=call.ip,
        )


class FiatWithdrawalCancellation(NativeView):
    """`/api/v1/fiat-withdrawals/{id}/cancel`: taking a request back."""

    @operation(
        needs=Needs(),
        idempotent=True,
        output=FiatWithdrawalOutput,
        refusals=(Absent, IllegalMove),
        rate="30/m",
        summary="Cancel a withdrawal to a bank account",
    )
    def post(self, call: Call) -> FiatWithdrawal:
        """While it waits for its proof or for the first officer; the money is available again."""
        return cancel.cancel(customer=call.user, public_id=call.path["id"])
