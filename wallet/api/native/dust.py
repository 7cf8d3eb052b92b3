"""Small balances exchanged together, on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from wallet import errors
from wallet.api.native.calls import key_id
from wallet.api.native.conversions import ALLOWED, ConversionOutput
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services.conversions import dust
from wallet.services.conversions import errors as refusals
from wallet.services.conversions.dust import Offered
from wallet.services.rates import errors as rate_errors

SMALL = (*(refusal for refusal in ALLOWED if refusal is not refusals.ConversionTooLarge), refusals.NotDust)
"""What may be refused at the offer, and again when it is taken."""


class DustQuoteInput(serializers.Serializer[Any]):
    """Into which coin, and which balances: all small ones where none is named."""

    target_coin = Text(max_length=CODE_CHARACTERS_MAX, help_text="code of the coin that is received")
    coins = serializers.ListField(
        child=Text(max_length=CODE_CHARACTERS_MAX),
        required=False,
        default=list,
        max_length=dust.COINS_MAX,
        help_text="codes of the coins that are given",
    )


class DustPartOutput(serializers.Serializer[Any]):
    """One balance of an offer, whole."""

    source_coin = serializers.CharField(source="source_coin.code")
    source_amount = AmountField()
    target_amount = AmountField()
    price = AmountField(help_text="units of the target for one of the source, before the spread")
    fee = AmountField(help_text="the spread, in the target")


class DustQuoteOutput(serializers.Serializer[Offered]):
    """An offer for small balances; it is taken whole."""

    id = PublicId(source="quote.public_id")
    target_coin = serializers.CharField(source="quote.target_coin.code")
    target_amount = AmountField(help_text="what all parts make together")
    fee = AmountField()
    parts = DustPartOutput(many=True)
    created_at = TimestampField(source="quote.created_at")
    expires_at = TimestampField(source="quote.expires_at")


class DustInput(serializers.Serializer[Any]):
    """The offer to take."""

    quote = Text(max_length=32, help_text="id of the offer")


class DustOutput(serializers.Serializer[Any]):
    """A conversion for each part."""

    results = ConversionOutput(many=True)


class DustQuotes(NativeView):
    """`POST /api/v1/conversions/dust-quotes`: an offer for small balances that stands for seconds."""

    @operation(
        needs=Needs(scope="trade"),
        idempotent=True,
        input=DustQuoteInput,
        output=DustQuoteOutput,
        status=201,
        rate="60/m",
        refusals=(
            errors.UnknownCoin,
            refusals.SameCoin,
            refusals.NoDust,
            errors.AmountOutOfRange,
            rate_errors.RateUnknown,
            rate_errors.RateStale,
            *SMALL,
        ),
        summary="Ask for an offer for small balances",
    )
    def post(self, call: Call) -> Offered:
        """A balance is small while it is less than one conversion of its coin takes. Nothing is reserved."""
        return dust.quote(customer=call.user, **call.input)


class DustConversions(NativeView):
    """`POST /api/v1/conversions/dust`: taking such an offer."""

    @operation(
        needs=Needs(scope="trade"),
        idempotent=True,
        input=DustInput,
        output=DustOutput,
        status=201,
        rate="60/m",
        refusals=(Absent, refusals.QuoteExpired, refusals.QuoteUsed, errors.InsufficientFunds, *SMALL),
        summary="Convert small balances by an offer",
    )
    def post(self, call: Call) -> Answer:
        """All of them at once, or none."""
        made = dust.convert(customer=call.user, quote=call.input["quote"], api_key_id=key_id(call))
        return Answer({"results": made})
