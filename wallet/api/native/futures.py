"""Opening the futures wallet, native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import Text, TimestampField
from config.kit.operations import Call, Needs, operation
from kyc.errors import NotEntitled
from wallet import errors
from wallet.models.futures import AGREEMENT_CHARACTERS_MAX
from wallet.services import futures
from wallet.services.futures import Standing


class FuturesInput(serializers.Serializer[Any]):
    """What the customer was shown and agrees to."""

    agreement = Text(max_length=AGREEMENT_CHARACTERS_MAX, help_text="The version, as GET of this path names it.")


class FuturesOutput(serializers.Serializer[Standing]):
    """Whether the futures wallet is open, on which terms, and the terms that are in force now."""

    is_open = serializers.BooleanField()
    opened_at = TimestampField(allow_null=True)
    agreement = serializers.CharField(allow_null=True, help_text="The version that was agreed to.")
    agreement_in_force = serializers.CharField()


class Futures(NativeView):
    """`GET|POST /api/v1/futures`: whether futures are open, and opening them."""

    @operation(needs=Needs(), output=FuturesOutput, summary="Read whether futures are open")
    def get(self, call: Call) -> Standing:
        """With the agreement that is in force."""
        return futures.standing(call.user)

    @operation(
        needs=Needs(),
        idempotent=True,
        input=FuturesInput,
        output=FuturesOutput,
        rate="20/m",
        refusals=(errors.FuturesAgreementChanged, NotEntitled),
        summary="Open futures",
    )
    def post(self, call: Call) -> Standing:
        """Once; asking again answers the same."""
        futures.open_for(user=call.user, agreement=call.input["agreement"])
        return futures.standing(call.user)
