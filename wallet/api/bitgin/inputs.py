"""What a wallet operation reads. Source: bitgin: Wallet Operation, whose table leaves open which fields each needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from config.kit.fields import AmountField, CodeField, Text
from wallet.api.bitgin.words import WALLETS

TRANSFER, CONVERT, PAY, HOLD, VALUE = (
    "TRANSFER", "CONVERT", "PAY_FOR_SERVICE", "PRE_PAY_FOR_SERVICE", "GET_BALANCE_IN_QUOTE",
)  # fmt: skip
SOURCES_MAX = 20
"""Entries of `fromWallet`."""
ASSET_CHARACTERS_MAX = 16
NAME_CHARACTERS_MAX = 254
DUE = str(serializers.Field.default_error_messages["required"])
NOT_HERE = "This operation does not read it."


@dataclass(frozen=True)
class Shape:
    """Which fields an operation needs, and which others it reads; what else is there and not empty is refused."""

    needs: tuple[str, ...]
    reads: tuple[str, ...] = ()


SHAPES: dict[str, Shape] = {
    TRANSFER: Shape(("fromWallet",), ("receiver", "receiverEmail")),
    CONVERT: Shape(("fromWallet", "toAsset"), ("toAmount",)),
    PAY: Shape(("fromWallet", "receiver")),
    HOLD: Shape(("fromWallet", "receiver")),
    VALUE: Shape(("toAsset",), ("fromWallet",)),
}
MEANT = ("fromWallet", "receiver", "receiverEmail", "toAsset", "toAmount")
"""Fields that say what is to happen: one that an operation doesn't read could only be misunderstood."""


class MaybeText(Text):
    """A text, or nothing: empty, null or left out."""

    def __init__(self, **kwargs: Any) -> None:
        optional = {"required": False, "allow_blank": True, "allow_null": True, "default": ""}
        super().__init__(**{"max_length": ASSET_CHARACTERS_MAX, **optional, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Null is empty."""
        return (True, "") if data is None else super().validate_empty_values(data)


class MaybeAmount(AmountField):
    """An amount above zero as a number or text, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "default": None, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """An empty text is nothing."""
        return super().validate_empty_values(None if data == "" else data)


class SourceInput(serializers.Serializer[Any]):
    """One entry of "From wallet List"."""

    example_fields = ("wallet", "asset", "amount")
    wallet = serializers.ChoiceField(choices=sorted(WALLETS, reverse=True), required=False, allow_null=True, default="SPOT@")
    asset = MaybeText()
    amount = MaybeAmount()
    amountInToAsset = MaybeAmount()

    def validate_wallet(self, value: str | None) -> str:
        """The spot wallet where none is named."""
        return value or "SPOT@"


@extend_schema_field(SourceInput(many=True))
class SourcesField(serializers.ListField):
    """The list; in a form it is JSON in a text."""

    child = SourceInput()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "max_length": SOURCES_MAX, **kwargs})

    def get_value(self, dictionary: Any) -> Any:
        """As it was sent: of a form too."""
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> list[Any]:
        """The entries."""
        if isinstance(data, str):
            data = self._read(data)
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        return super().to_internal_value(data)

    def _read(self, text: str) -> Any:
        try:
            return json.loads(text, parse_float=Decimal) if text else []
        except (ValueError, RecursionError, ArithmeticError):
            self.fail("not_a_list", input_type="str")


class OperationInput(serializers.Serializer[Any]):
    """What is to happen with what."""

    example_fields = ("fromWallet", "receiver")
    operation = serializers.ChoiceField(choices=list(SHAPES))
    fromUser = MaybeText(max_length=NAME_CHARACTERS_MAX, help_text="oneself, or left out")
    fromWallet = SourcesField()
    receiver = MaybeText(max_length=NAME_CHARACTERS_MAX, help_text="the receiver's user name; of payments the service")
    receiverEmail = MaybeText(max_length=NAME_CHARACTERS_MAX)
    twoFAcode = CodeField(required=False, allow_blank=True, allow_null=True, help_text="of a TRANSFER, where one is due")
    toAsset = MaybeText()
    toAmount = MaybeAmount()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Everything that the operation needs is there, and nothing that it would leave aside."""
        shape, sources = SHAPES[attrs["operation"]], attrs.get("fromWallet") or []
        found = {**attrs, "fromWallet": sources}
        for name in shape.needs:
            if not found[name]:
                raise serializers.ValidationError({name: [DUE]})
        is_value = attrs["operation"] == VALUE
        same_asset = not is_value and bool(sources) and found["toAsset"] == sources[0]["asset"]
        for name in MEANT:
            if found[name] and name not in (*shape.needs, *shape.reads) and not (name == "toAsset" and same_asset):
                raise serializers.ValidationError({name: [NOT_HERE]})
        for index, source in enumerate(sources):
            reasons = _of_valued(source) if is_value else _of_given(source, attrs["operation"], found["toAmount"])
            if reasons:
                raise serializers.ValidationError({f"fromWallet.{index}.{name}": [why] for name, why in reasons.items()})
        if not is_value and len(sources) > 1:
            raise serializers.ValidationError({"fromWallet": ["One entry is due."]})
        return found


def _of_valued(source: dict[str, Any]) -> dict[str, str]:
    """What is the matter with a part whose worth is asked."""
    if source["amountInToAsset"] is not None:
        return {"amountInToAsset": NOT_HERE}
    return {"asset": DUE} if source["amount"] is not None and not source["asset"] else {}


def _of_given(source: dict[str, Any], operation: str, to_amount: Decimal | None) -> dict[str, str]:
    """What is the matter with a source of money: it has a coin, one amount, and lies in the spot wallet."""
    if source["wallet"] != "SPOT@":
        return {"wallet": "SPOT@ is due."}
    if not source["asset"]:
        return {"asset": DUE}
    told = [source["amount"], source["amountInToAsset"], to_amount]
    if operation != CONVERT and source["amountInToAsset"] is not None:
        return {"amountInToAsset": NOT_HERE}
    given = sum(amount is not None for amount in told)
    return {"amount": DUE} if not given else {"amount": "One amount is due."} if given > 1 else {}
