"""What left and what came, on spot."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.spot.dialect import SpotView
from config.dialects.spot.fields import IdText, MaybeChoice, MaybeMoment, MaybeText, MaybeWhole, padded
from config.kit.fields import MillisTimestamp
from config.kit.operations import Call, Needs, operation
from messaging.services.destinations import country_prefix
from wallet.api.spot.calls import business_id, business_reference
from wallet.api.spot.transfers import OUT_BIZ_ID_CHARACTERS_MAX
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.deposits import HASH_CHARACTERS_MAX, DepositState
from wallet.models.transfers import REMARK_CHARACTERS_MAX, TransferState
from wallet.models.withdrawals import WithdrawalState
from wallet.services.records import incoming, outgoing
from wallet.services.records.window import ROWS_MAX, Window

LIMIT_MAX = 2**31 - 1
"""An int32; above ROWS_MAX it means ROWS_MAX. Source: gaps.md, spot."""
OUT_PLACES, IN_PLACES = 20, 8
"""Decimals of amounts in the samples of the two pages."""
OUT = {outgoing.WITHDRAWAL: "withdraw", outgoing.TRANSFER: "inside_transfer_out"}
IN = {incoming.DEPOSIT: "deposit", incoming.TRANSFER: "inside_transfer_in"}
WITHDRAWAL_STATUS = {
    WithdrawalState.VERIFICATION: "verification",
    WithdrawalState.REVIEW: "pending",
    WithdrawalState.SECOND_REVIEW: "pending",
    WithdrawalState.APPROVED: "pending",
    WithdrawalState.SIGNING: "pending",
    WithdrawalState.BROADCAST: "pending",
    WithdrawalState.UNKNOWN: "pending",
    WithdrawalState.CONFIRMING: "pending",
    WithdrawalState.SUCCESS: "success",
    WithdrawalState.CANCELLED: "cancelled",
    WithdrawalState.EXPIRED: "cancelled",
    WithdrawalState.REJECTED: "fail",
    WithdrawalState.FAILED: "fail",
}
TRANSFER_STATUS = {
    TransferState.VERIFICATION: "verification",
    TransferState.OPENED: "verification",
    TransferState.REVIEW: "pending",
    TransferState.SECOND_REVIEW: "pending",
    TransferState.COMPLETED: "success",
    TransferState.CANCELLED: "cancelled",
    TransferState.EXPIRED: "cancelled",
    TransferState.REJECTED: "fail",
}
DEPOSIT_STATUS = {
    DepositState.PENDING: "pending",
    DepositState.HELD: "pending",
    DepositState.CREDITED: "success",
    DepositState.ORPHANED: "cancelled",
}


def named_by(record: outgoing.Outgoing, way: str) -> str | None:
    """The receiver's name, where the sender used one of this `toType`."""
    return record.receiver.text if record.receiver and record.receiver.way == way else None


def window(wished: dict[str, Any]) -> Window:
    """Both ends belong to it, to the millisecond."""
    return Window(since=wished["startTime"], until=wished["endTime"], limit=min(wished["limit"] or ROWS_MAX, ROWS_MAX))


def kind(words: dict[str, str], word: str) -> str:
    """Our word of the document's; nothing of nothing."""
    return next((ours for ours, theirs in words.items() if theirs == word), "")


class WithdrawTransferPageInput(serializers.Serializer[Any]):
    """Which records; what is left out, null or empty narrows nothing. Source: spot: 6. 获取提币记录."""

    id = IdText()
    outBizId = MaybeText(max_length=OUT_BIZ_ID_CHARACTERS_MAX)
    coin = MaybeText(max_length=CODE_CHARACTERS_MAX)
    transactionHash = MaybeText(max_length=HASH_CHARACTERS_MAX)
    type = MaybeChoice(choices=list(OUT.values()))
    startTime = MaybeMoment()
    endTime = MaybeMoment(after=1)
    remark = MaybeText(max_length=REMARK_CHARACTERS_MAX)
    limit = MaybeWhole(least=1, most=LIMIT_MAX)


class WithdrawTransferOutput(serializers.Serializer[outgoing.Outgoing]):
    """One record; `address` and `toAddress` say the same (gaps.md)."""

    id = serializers.CharField()
    outBizId = serializers.SerializerMethodField(method_name="get_out_biz_id")
    type = serializers.SerializerMethodField()
    coin = serializers.CharField()
    amount = serializers.SerializerMethodField(help_text="what the receiver gets")
    status = serializers.SerializerMethodField()
    ctime = MillisTimestamp(source="at")
    network = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    toAddress = serializers.CharField(source="address", allow_null=True)
    transactionHash = serializers.CharField(source="tx_hash", allow_null=True)
    feeCoin = serializers.CharField(source="coin")
    fee = serializers.SerializerMethodField()
    memo = serializers.CharField(allow_null=True)
    toType = serializers.SerializerMethodField(method_name="get_to_type", help_text="by which name the receiver was named")
    toUid = serializers.SerializerMethodField(method_name="get_to_uid")
    toPhoneCountryCode = serializers.SerializerMethodField(method_name="get_to_phone_country_code")
    toPhoneNumber = serializers.SerializerMethodField(method_name="get_to_phone_number")
    toEmail = serializers.SerializerMethodField(method_name="get_to_email")
    remark = serializers.CharField(allow_null=True)

    def get_out_biz_id(self, record: outgoing.Outgoing) -> str | None:
        """As its client called it."""
        return business_id(record.client_reference)

    def get_type(self, record: outgoing.Outgoing) -> str:
        """The document's word."""
        return OUT[record.kind]

    def get_amount(self, record: outgoing.Outgoing) -> str:
        """Exact."""
        return padded(record.amount, OUT_PLACES)

    def get_fee(self, record: outgoing.Outgoing) -> str:
        """Exact."""
        return padded(record.fee, OUT_PLACES)

    def get_status(self, record: outgoing.Outgoing) -> str:
        """The document's word."""
        state = record.state
        return TRANSFER_STATUS[state] if isinstance(state, TransferState) else WITHDRAWAL_STATUS[state]

    def get_to_type(self, record: outgoing.Outgoing) -> str | None:
        """The document's words are ours."""
        return record.receiver.way if record.receiver else None

    def get_to_uid(self, record: outgoing.Outgoing) -> int | None:
        """Where it was named so."""
        found = named_by(record, "uid")
        return int(found) if found else None

    def get_to_phone_country_code(self, record: outgoing.Outgoing) -> str | None:
        """Digits alone, as clients may send it."""
        phone = named_by(record, "phone")
        return country_prefix(phone).removeprefix("+") if phone else None

    def get_to_phone_number(self, record: outgoing.Outgoing) -> str | None:
        """What stands behind it."""
        phone = named_by(record, "phone")
        return phone.removeprefix(country_prefix(phone)) if phone else None

    def get_to_email(self, record: outgoing.Outgoing) -> str | None:
        """Where it was named so."""
        return named_by(record, "email")


class WithdrawTransferPage(SpotView):
    """POST /api/spot/v1/withdraw_transfer/page. Source: spot: 6. 获取提币记录(提币+站内转账)."""

    @operation(
        needs=Needs(scope="read"),
        input=WithdrawTransferPageInput,
        output=WithdrawTransferOutput,
        many=True,
        summary="List withdrawals and transfers to others",
    )
    def post(self, call: Call) -> list[outgoing.Outgoing]:
        """Newest first; further back by `endTime`."""
        wished = call.input
        wanted = outgoing.Wanted(
            kind=kind(OUT, wished["type"]),
            public_id=wished["id"],
            client_reference=business_reference(wished["outBizId"]) or "",
            coin=wished["coin"],
            tx_hash="" if wished["type"] == OUT[outgoing.TRANSFER] else wished["transactionHash"],
            remark=wished["remark"],
            window=window(wished),
        )
        return outgoing.of_customer(call.user, wanted)


class DepositPageInput(serializers.Serializer[Any]):
    """Which records; what is left out, null or empty narrows nothing. Source: spot: 8. 获取充币记录."""

    id = IdText()
    coin = MaybeText(max_length=CODE_CHARACTERS_MAX)
    type = MaybeChoice(choices=list(IN.values()))
    transactionHash = MaybeText(max_length=HASH_CHARACTERS_MAX)
    startTime = MaybeMoment()
    endTime = MaybeMoment(after=1)
    limit = MaybeWhole(least=1, most=LIMIT_MAX)


class DepositRecordOutput(serializers.Serializer[incoming.Incoming]):
    """One record; `id` is a number below 2^53, as in the sample (gaps.md)."""

    id = serializers.IntegerField()
    transactionHash = serializers.CharField(source="tx_hash", allow_null=True)
    coin = serializers.CharField()
    network = serializers.CharField(allow_null=True)
    type = serializers.SerializerMethodField()
    fromAddress = serializers.CharField(source="sender", help_text="of a transfer a number that is stable per pair")
    toAddress = serializers.CharField(source="receiver")
    amount = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    ctime = MillisTimestamp(source="at")

    def get_type(self, record: incoming.Incoming) -> str:
        """The document's word."""
        return IN[record.kind]

    def get_amount(self, record: incoming.Incoming) -> str:
        """Exact."""
        return padded(record.amount, IN_PLACES)

    def get_status(self, record: incoming.Incoming) -> str:
        """The document's word."""
        state = record.state
        return TRANSFER_STATUS[state] if isinstance(state, TransferState) else DEPOSIT_STATUS[state]


class DepositPage(SpotView):
    """POST /api/spot/v1/deposit/page. Source: spot: 8. 获取充币记录(充币+站内转账)."""

    @operation(
        needs=Needs(scope="read"),
        input=DepositPageInput,
        output=DepositRecordOutput,
        many=True,
        summary="List deposits and transfers from others",
    )
    def post(self, call: Call) -> list[incoming.Incoming]:
        """Newest first; further back by `endTime`."""
        wished = call.input
        wanted = incoming.Wanted(
            kind=kind(IN, wished["type"]),
            public_id=wished["id"],
            coin=wished["coin"],
            tx_hash="" if wished["type"] == IN[incoming.TRANSFER] else wished["transactionHash"],
            window=window(wished),
        )
        return incoming.of_customer(call.user, wanted)
