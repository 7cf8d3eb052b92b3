"""Transfers between the spot and the futures wallet on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from kyc.errors import NotEntitled
from wallet import errors
from wallet.api.native.calls import client_reference, key_id, replay_header
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.funds_transfers import Direction, FundsTransfer
from wallet.services.funds_transfers import errors as refusals
from wallet.services.funds_transfers import moving, reads
from wallet.services.withdrawals.errors import LimitExceeded


class FundsTransferInput(serializers.Serializer[Any]):
    """What to move, and where to."""

    direction = serializers.ChoiceField(choices=Direction.choices)
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = AmountField()


class FundsTransferOutput(serializers.Serializer[FundsTransfer]):
    """A transfer between wallets; `posting` is that of its two lines in the statement."""

    id = PublicId(source="public_id")
    direction = serializers.ChoiceField(choices=Direction.choices)
    coin = serializers.CharField(source="coin.code")
    amount = AmountField()
    posting = PublicId(source="posting_id")
    created_at = TimestampField()


class FundsTransfers(NativeView):
    """`/api/v1/funds-transfers`: a customer's transfers between wallets, newest first, and making one."""

    @operation(
        needs=Needs(scope="read"), output=FundsTransferOutput, page=Keyset("-id"), summary="List transfers between wallets"
    )
    def get(self, call: Call) -> object:
        """All of them, page by page."""
        return reads.of_customer(call.user)

    @operation(
        needs=Needs(scope="transfer"),
        idempotent=True,
        input=FundsTransferInput,
        output=FundsTransferOutput,
        status=201,
        rate="60/m",
        refusals=(
            errors.UnknownCoin,
            errors.FuturesNotOpen,
            refusals.FundsTransfersClosed,
            NotEntitled,
            account_errors.SecurityHoldActive,
            refusals.FundsTransferLimitUnset,
            LimitExceeded,
            errors.InsufficientFunds,
            errors.IdempotencyConflict,
        ),
        summary="Move money between spot and futures",
    )
    def post(self, call: Call) -> Answer:
        """At once. With `Idempotency-Key`, asking again gives the same transfer."""
        made = moving.move(customer=call.user, **call.input, client_reference=client_reference(call), api_key_id=key_id(call))
        return Answer(made.transfer, headers=replay_header(replayed=made.replayed))


class FundsTransferById(NativeView):
    """`/api/v1/funds-transfers/{id}`: one transfer."""

    @operation(
        needs=Needs(scope="read"), output=FundsTransferOutput, refusals=(Absent,), summary="Read a transfer between wallets"
    )
    def get(self, call: Call) -> FundsTransfer:
        """The transfer."""
        return reads.get(customer=call.user, public_id=call.path["id"])
