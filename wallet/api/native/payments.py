"""Payments for services on the native dialect."""

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
from wallet.models.payments import CODE_CHARACTERS_MAX as SERVICE_CHARACTERS_MAX
from wallet.models.payments import Payment, PaymentState
from wallet.services.payments import errors as refusals
from wallet.services.payments import paying, reads
from wallet.services.withdrawals.errors import LimitExceeded


class PaymentInput(serializers.Serializer[Any]):
    """What to pay for, and how much."""

    service = Text(max_length=SERVICE_CHARACTERS_MAX, help_text="code of the service")
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = AmountField()
    hold = serializers.BooleanField(default=False, help_text="only set the amount aside; it is captured or voided later")


class PaymentOutput(serializers.Serializer[Payment]):
    """A payment as its customer sees it."""

    id = PublicId(source="public_id")
    service = serializers.CharField(source="service.code")
    coin = serializers.CharField(source="coin.code")
    amount = AmountField()
    captured_amount = AmountField(allow_null=True, help_text="what was taken; the rest of what was held is available again")
    state = serializers.ChoiceField(choices=PaymentState.choices)
    created_at = TimestampField()
    state_since = TimestampField()
    expires_at = TimestampField(allow_null=True, help_text="until when it is held; null where it was taken at once")


class Payments(NativeView):
    """`/api/v1/payments`: a customer's payments, newest first, and making one."""

    @operation(needs=Needs(scope="read"), output=PaymentOutput, page=Keyset("-id"), summary="List payments")
    def get(self, call: Call) -> object:
        """All of them, page by page."""
        return reads.of_customer(call.user)

    @operation(
        needs=Needs(scope="transfer"),
        idempotent=True,
        input=PaymentInput,
        output=PaymentOutput,
        status=201,
        rate="60/m",
        refusals=(
            refusals.UnknownService,
            errors.UnknownCoin,
            account_errors.NotForSubAccounts,
            NotEntitled,
            refusals.PaymentsClosed,
            account_errors.SecurityHoldActive,
            refusals.PaymentLimitUnset,
            LimitExceeded,
            refusals.TooManyHeldPayments,
            errors.InsufficientFunds,
            errors.IdempotencyConflict,
        ),
        summary="Pay for a service",
    )
    def post(self, call: Call) -> Answer:
        """At once, or held. With `Idempotency-Key`, asking again gives the same payment."""
        made = paying.pay(
            customer=call.user,
            **call.input,
            client_reference=client_reference(call),
            api_key_id=key_id(call),
        )
        return Answer(made.payment, headers=replay_header(replayed=made.replayed))


class PaymentById(NativeView):
    """`/api/v1/payments/{id}`: one payment."""

    @operation(needs=Needs(scope="read"), output=PaymentOutput, refusals=(Absent,), summary="Read a payment")
    def get(self, call: Call) -> Payment:
        """The payment."""
        return reads.get(customer=call.user, public_id=call.path["id"])
