"""Conversions on the native dialect."""

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
from wallet.models.conversions import Conversion, ConversionQuote
from wallet.services.conversions import errors as refusals
from wallet.services.conversions import executing, quoting, reads
from wallet.services.rates import errors as rate_errors
from wallet.services.withdrawals.errors import LimitExceeded

ALLOWED = (
    NotEntitled,
    account_errors.SecurityHoldActive,
    refusals.ConversionsClosed,
    refusals.ConversionTooSmall,
    refusals.ConversionTooLarge,
    refusals.ConversionLimitUnset,
    LimitExceeded,
)
"""What may be refused at the quote, and again when it is taken."""


class QuoteInput(serializers.Serializer[Any]):
    """What to exchange: one of the two amounts."""

    example_fields = ("source_amount",)
    source_coin = Text(max_length=CODE_CHARACTERS_MAX, help_text="code of the coin that is given")
    target_coin = Text(max_length=CODE_CHARACTERS_MAX, help_text="code of the coin that is received")
    source_amount = AmountField(required=False, allow_null=True, default=None, help_text="how much is given")
    target_amount = AmountField(required=False, allow_null=True, default=None, help_text="how much is received at least")


class QuoteOutput(serializers.Serializer[ConversionQuote]):
    """An offer. `source_amount` × `price` less the spread is `target_amount`, rounded down."""

    id = PublicId(source="public_id")
    source_coin = serializers.CharField(source="source_coin.code")
    target_coin = serializers.CharField(source="target_coin.code")
    source_amount = AmountField()
    target_amount = AmountField()
    price = AmountField(help_text="units of the target for one of the source, before the spread")
    spread_percent = AmountField()
    fee = AmountField(help_text="the spread, in the target")
    rate_taken_at = TimestampField()
    created_at = TimestampField()
    expires_at = TimestampField()


class ConversionInput(serializers.Serializer[Any]):
    """The quote to take."""

    quote = Text(max_length=32, help_text="id of the quote")


class ConversionOutput(serializers.Serializer[Conversion]):
    """A conversion; `posting` is that of its lines in the statement."""

    id = PublicId(source="public_id")
    quote = PublicId(source="quote.public_id")
    posting = PublicId(source="posting_id")
    source_coin = serializers.CharField(source="quote.source_coin.code")
    target_coin = serializers.CharField(source="quote.target_coin.code")
    source_amount = AmountField(source="quote.source_amount")
    target_amount = AmountField(source="quote.target_amount")
    price = AmountField(source="quote.price")
    spread_percent = AmountField(source="quote.spread_percent")
    fee = AmountField(source="quote.fee")
    created_at = TimestampField()


class ConversionQuotes(NativeView):
    """`POST /api/v1/conversions/quotes`: an offer that stands for seconds."""

    @operation(
        needs=Needs(scope="trade"),
        idempotent=True,
        input=QuoteInput,
        output=QuoteOutput,
        status=201,
        rate="60/m",
        refusals=(
            errors.UnknownCoin,
            refusals.SameCoin,
            refusals.OneAmountDue,
            errors.AmountOutOfRange,
            rate_errors.RateUnknown,
            rate_errors.RateStale,
            *ALLOWED,
        ),
        summary="Ask for a quote",
    )
    def post(self, call: Call) -> ConversionQuote:
        """Nothing is reserved."""
        return quoting.quote(customer=call.user, **call.input)


class Conversions(NativeView):
    """`/api/v1/conversions`: a customer's conversions, newest first, and taking a quote."""

    @operation(needs=Needs(scope="read"), output=ConversionOutput, page=Keyset("-id"), summary="List conversions")
    def get(self, call: Call) -> object:
        """All of them, page by page."""
        return reads.of_customer(call.user)

    @operation(
        needs=Needs(scope="trade"),
        idempotent=True,
        input=ConversionInput,
        output=ConversionOutput,
        status=201,
        rate="60/m",
        refusals=(
            Absent,
            refusals.QuoteExpired,
            refusals.QuoteUsed,
            errors.IdempotencyConflict,
            errors.InsufficientFunds,
            *ALLOWED,
        ),
        summary="Convert by a quote",
    )
    def post(self, call: Call) -> Answer:
        """At once, and once. With `Idempotency-Key`, asking again gives the same conversion."""
        made = executing.convert(
            customer=call.user,
            quote=call.input["quote"],
            client_reference=client_reference(call),
            api_key_id=key_id(call),
        )
        return Answer(made.conversion, headers=replay_header(replayed=made.replayed))


class ConversionById(NativeView):
    """`/api/v1/conversions/{id}`: one conversion."""

    @operation(needs=Needs(scope="read"), output=ConversionOutput, refusals=(Absent,), summary="Read a conversion")
    def get(self, call: Call) -> Conversion:
        """The conversion."""
        return reads.get(customer=call.user, public_id=call.path["id"])
