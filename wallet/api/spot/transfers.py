"""Transfers on spot: to other customers, and between the own wallets."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from accounts.services.receivers import Named
from config.dialects.spot.dialect import SpotView
from config.dialects.spot.fields import IdText, MaybeText, MaybeWhole, amount
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.flow import IllegalMove
from config.kit.money import AmountInvalid, AmountTooFine
from config.kit.operations import Answer, Call, Needs, operation
from kyc.errors import NotEntitled
from wallet import errors
from wallet.api.spot.calls import IdOutput, NullOutput, business_reference, key_id, nonce_reference
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.funds_transfers import Direction
from wallet.models.transfers import REMARK_CHARACTERS_MAX
from wallet.services.funds_transfers import errors as funds_refusals
from wallet.services.funds_transfers import moving
from wallet.services.transfers import cancel, request
from wallet.services.transfers import errors as refusals
from wallet.services.withdrawals.errors import KeyCapExceeded, LimitExceeded, ReferenceTaken

OUT_BIZ_ID_CHARACTERS_MAX = 32
INT64_MAX = 2**63 - 1
NEEDED = {"uid": ("toUid",), "phone": ("toPhoneCountryCode", "toPhoneNumber"), "email": ("toEmail",)}
"""`toType` → what must be there with it."""
WAYS = {"spot_futures": Direction.SPOT_TO_FUTURES, "futures_spot": Direction.FUTURES_TO_SPOT}
"""The document's words of the directions."""


class InsideTransferInput(serializers.Serializer[Any]):
    """How much to whom. Source: spot: 4. 发起站内转账."""

    example_fields = ("toUid",)
    outBizId = MaybeText(max_length=OUT_BIZ_ID_CHARACTERS_MAX)
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = amount()
    toType = serializers.ChoiceField(choices=list(NEEDED))
    toUid = MaybeWhole(least=1, most=INT64_MAX)
    toPhoneCountryCode = MaybeText(max_length=8)
    toPhoneNumber = MaybeText(max_length=32)
    toEmail = MaybeText(max_length=254)
    remark = MaybeText(max_length=REMARK_CHARACTERS_MAX)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the way asks for is there."""
        missing = [name for name in NEEDED[attrs["toType"]] if not attrs[name]]
        if missing:
            due = str(serializers.Field.default_error_messages["required"])
            raise serializers.ValidationError({name: [due] for name in missing})
        return attrs


def named(wished: dict[str, Any]) -> Named:
    """The receiver by every name that was given: names of different customers are refused, not chosen among."""
    area, number = wished["toPhoneCountryCode"].removeprefix("+"), wished["toPhoneNumber"]
    return Named(uid=str(wished["toUid"] or ""), phone=f"+{area}{number}" if area and number else "", email=wished["toEmail"])


class InsideTransferCancelInput(serializers.Serializer[Any]):
    """Which one."""

    insideTransferId = IdText(required=True, allow_blank=False, default=serializers.empty)


class InsideTransfer(SpotView):
    """POST /api/spot/v1/inside_transfer. Source: spot: 4. 发起站内转账; `data` is the bare id as in the sample (gaps.md)."""

    @operation(
        needs=Needs(scope="withdraw"),
        input=InsideTransferInput,
        output=IdOutput,
        refusals=(
            errors.UnknownCoin,
            AmountInvalid,
            AmountTooFine,
            account_errors.NotForSubAccounts,
            NotEntitled,
            account_errors.SecurityHoldActive,
            account_errors.ReceiverNotNamed,
            account_errors.ReceiverUnknown,
            account_errors.ReceiversDiffer,
            account_errors.ReceiverLocked,
            refusals.ReceiverUnavailable,
            refusals.ReceiverIsFamily,
            refusals.TransferToOneself,
            refusals.TransfersClosed,
            refusals.TransferLimitUnset,
            refusals.TooManyOpenTransfers,
            refusals.TransferHeld,
            LimitExceeded,
            KeyCapExceeded,
            errors.InsufficientFunds,
            ReferenceTaken,
        ),
        summary="Send to another customer",
    )
    def post(self, call: Call) -> int:
        """Its id; the same one for ever for the same `outBizId` and body."""
        wished = call.input
        made = request.request(
            customer=call.user,
            receiver=named(wished),
            coin=wished["coin"],
            amount=wished["amount"],
            remark=wished["remark"],
            client_reference=business_reference(wished["outBizId"]) or nonce_reference(call),
            api_key_id=key_id(call),
            ip=call.ip,
        )
        return made.transfer.public_id


class InsideTransferCancel(SpotView):
    """POST /api/spot/v1/inside_transfer/cancel. Source: spot: 5. 撤销站内转账; `data` is null as in the sample (gaps.md)."""

    @operation(
        needs=Needs(scope="withdraw"),
        input=InsideTransferCancelInput,
        output=NullOutput,
        refusals=(Absent, IllegalMove),
        summary="Take a transfer back",
    )
    def post(self, call: Call) -> Answer:
        """Until the first officer has approved it."""
        cancel.cancel(customer=call.user, public_id=call.input["insideTransferId"])
        return Answer(None, status=200)


class FundsTransferInput(serializers.Serializer[Any]):
    """What to move, and where to. Source: spot: 7. 划转."""

    type = serializers.ChoiceField(choices=list(WAYS))
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = amount()


class FundsTransfer(SpotView):
    """POST /api/spot/v1/funds_transfer. Source: spot: 7. 划转; `data` is the bare id as in the sample (gaps.md)."""

    @operation(
        needs=Needs(scope="transfer"),
        input=FundsTransferInput,
        output=IdOutput,
        refusals=(
            errors.UnknownCoin,
            AmountInvalid,
            AmountTooFine,
            errors.FuturesNotOpen,
            funds_refusals.FundsTransfersClosed,
            NotEntitled,
            account_errors.SecurityHoldActive,
            funds_refusals.FundsTransferLimitUnset,
            LimitExceeded,
            errors.InsufficientFunds,
            errors.IdempotencyConflict,
        ),
        summary="Move money between spot and futures",
    )
    def post(self, call: Call) -> int:
        """Its id; done at once."""
        made = moving.move(
            customer=call.user,
            direction=WAYS[call.input["type"]],
            coin=call.input["coin"],
            amount=call.input["amount"],
            client_reference=nonce_reference(call),
            api_key_id=key_id(call),
        )
        return made.transfer.public_id
