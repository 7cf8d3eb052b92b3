"""Withdrawals on the native dialect."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from wallet.api.native.calls import client_reference, key_id, replay_header
from wallet.chains import errors as chain_errors
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX, Withdrawal, WithdrawalState
from wallet.services.travel_rule import requiring
from wallet.services.travel_rule.requiring import TravelRule
from wallet.services.withdrawals import cancel, confirm, errors, reads, request, verification


class WithdrawalInput(serializers.Serializer[dict[str, Any]]):
    """What to send where. The fee comes on top of `amount`."""

    coin = Text(max_length=16)
    network = Text(max_length=32)
    address = Text(max_length=ADDRESS_CHARACTERS_MAX)
    memo = Text(max_length=MEMO_CHARACTERS_MAX, required=False, allow_blank=True, default="")
    amount = AmountField()


class WithdrawalOutput(serializers.Serializer[Withdrawal]):
    """A withdrawal as its customer sees it."""

    id = PublicId(source="public_id")
    coin = serializers.CharField(source="coin_network.coin.code")
    network = serializers.CharField(source="coin_network.network.code")
    address = serializers.CharField()
    memo = serializers.CharField()
    amount = AmountField()
    fee = AmountField()
    state = serializers.ChoiceField(choices=WithdrawalState.choices)
    methods = serializers.SerializerMethodField()
    expires_at = serializers.SerializerMethodField()
    tx_hash = serializers.SerializerMethodField()
    confirmations = serializers.SerializerMethodField()
    confirmations_required = serializers.IntegerField(source="coin_network.confirmations")
    travel_rule = serializers.SerializerMethodField()
    created_at = TimestampField()
    finished_at = TimestampField(allow_null=True)

    def get_methods(self, withdrawal: Withdrawal) -> list[str]:
        """What will confirm it, strongest first; empty once it is confirmed."""
        if withdrawal.state != WithdrawalState.VERIFICATION:
            return []
        # One serializer speaks for all rows of an answer, and they are one customer's.
        known: dict[int, list[str]] = self.__dict__.setdefault("methods_of", {})
        if withdrawal.customer_id not in known:
            known[withdrawal.customer_id] = list(verification.methods(withdrawal.customer))
        return known[withdrawal.customer_id]

    def get_expires_at(self, withdrawal: Withdrawal) -> str | None:
        """Until when it can be confirmed; null once it is."""
        if withdrawal.state != WithdrawalState.VERIFICATION:
            return None
        return TimestampField().to_representation(withdrawal.expires_at)

    @extend_schema_field(serializers.ChoiceField(choices=[state.value for state in TravelRule]))
    def get_travel_rule(self, withdrawal: Withdrawal) -> str:
        """Whether who the beneficiary is has been told; while it is `missing`, nothing is approved or sent."""
        return requiring.state_of(withdrawal).value

    def get_tx_hash(self, withdrawal: Withdrawal) -> str | None:
        """The transaction on the chain, once it was sent."""
        sent = reads.on_chain(withdrawal)
        return sent.tx_hash if sent is not None else None

    def get_confirmations(self, withdrawal: Withdrawal) -> int:
        """Confirmations at the last look."""
        sent = reads.on_chain(withdrawal)
        return sent.confirmations if sent is not None else 0


class Withdrawals(NativeView):
    """`/api/v1/withdrawals`: a customer's withdrawals, newest first, and asking for one."""

    @operation(needs=Needs(scope="read"), output=WithdrawalOutput, page=Keyset("-id"), summary="List withdrawals")
    def get(self, call: Call) -> object:
        """All of them, page by page."""
        return reads.of_customer(call.user)

    @operation(
        needs=Needs(scope="withdraw"),
        idempotent=True,
        input=WithdrawalInput,
        output=WithdrawalOutput,
        status=201,
        refusals=(
            errors.AmountBelowMinimum,
            errors.OwnAddress,
            errors.MemoRequired,
            errors.WithdrawalsClosed,
            errors.LimitUnset,
            errors.LimitExceeded,
            errors.KeyCapExceeded,
            errors.TooManyOpen,
            errors.AddressNotTrusted,
            errors.AddressCoolingDown,
            errors.ReferenceTaken,
            chain_errors.InvalidAddress,
            chain_errors.InvalidMemo,
            chain_errors.NetworkNotConnected,
        ),
        rate="30/m",
        summary="Ask for a withdrawal",
    )
    def post(self, call: Call) -> Answer:
        """Reserve amount and fee. With `Idempotency-Key`, asking again gives the same withdrawal."""
        made = request.request(
            customer=call.user,
            **call.input,
            client_reference=client_reference(call),
            api_key_id=key_id(call),
            ip=call.ip,
            language=call.language,
        )
        return Answer(made.withdrawal, headers=replay_header(replayed=made.replayed))


class WithdrawalById(NativeView):
    """`/api/v1/withdrawals/{id}`: one withdrawal."""

    @operation(needs=Needs(scope="read"), output=WithdrawalOutput, refusals=(Absent,), summary="Read a withdrawal")
    def get(self, call: Call) -> Withdrawal:
        """The withdrawal."""
        return reads.get(customer=call.user, public_id=call.path["id"])


class WithdrawalConfirmation(NativeView):
    """`/api/v1/withdrawals/{id}/confirm`: the customer's proof."""

    @operation(
        needs=Needs(),
        idempotent=True,
        input=ProofInput,
        output=WithdrawalOutput,
        refusals=(Absent, IllegalMove, errors.WithdrawalExpired, *REFUSALS),
        rate="30/m",
        summary="Confirm a withdrawal",
    )
    def post(self, call: Call) -> Withdrawal:
        """Into review. Without a code, the code is sent (again) and the answer says that it is due."""
        return confirm.confirm(
            customer=call.user,
            public_id=call.path["id"],
            proof=proof_of(call),
            language=call.language,
            ip=call.ip,
        )


class WithdrawalCancellation(NativeView):
    """`/api/v1/withdrawals/{id}/cancel`: taking a request back."""

    @operation(
        needs=Needs(),
        idempotent=True,
        output=WithdrawalOutput,
        refusals=(Absent, IllegalMove),
        rate="30/m",
        summary="Cancel a withdrawal",
    )
    def post(self, call: Call) -> Withdrawal:
        """While it waits for its proof or for an officer; the money is available again."""
        return cancel.cancel(customer=call.user, public_id=call.path["id"])
