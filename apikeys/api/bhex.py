"""API keys on bhex. Source: bhex: 创建ApiKey … 删除ApiKey; gaps.md, bhex, "API keys".

A key signs requests as our own do (docs/dialects/native-signing.md): the document says nothing of how its keys sign.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.bhex.calls import PROOF_REFUSALS, ProofInput, proof_of
from accounts.api.bhex.users import account_id
from apikeys import errors
from apikeys.models import LABEL_LENGTH_MAX, Scheme, Scope, State
from apikeys.services import keys
from apikeys.services.keys import IssuedKey
from apikeys.services.terms import Terms
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import NumberText, OptionalChoice
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.clock import milliseconds, now
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.flow import IllegalMove
from config.kit.operations import Call, Needs, operation

TERMS = Terms(key_length=64, keys_max=5, networks_max=5)
"""Source: gaps.md, bhex, "API keys" and 31026."""
READS, OPERATES = 0, 1
SCOPES: dict[int, tuple[Scope, ...]] = {READS: (Scope.READ,), OPERATES: (Scope.READ, Scope.TRADE)}
"""`type`. No key of this dialect lets money out: the document knows no such type."""
MAIN_ACCOUNT, FIRST = 1, 0
"""The only `account_type` and `account_index`: bhex names no other account of a customer."""
ENABLED, DISABLED = "1", "0"
STATUSES = {1: True, 0: False, 2: False}
"""`status` as it comes in. Source: gaps.md, bhex, "API keys"."""
ADDRESSES_LENGTH_MAX = 1_000


class KeyFields(serializers.Serializer[Any]):
    """Which key."""

    id = NumberText()


class NewKeyFields(serializers.Serializer[Any]):
    """A key to be made."""

    account_type = OptionalChoice(choices=(MAIN_ACCOUNT,), default=MAIN_ACCOUNT)
    account_index = OptionalChoice(choices=(FIRST,), default=FIRST)
    type = OptionalChoice(choices=sorted(SCOPES), default=OPERATES)
    tag = Text(max_length=LABEL_LENGTH_MAX)


class AddressFields(KeyFields):
    """From where the key may be used."""

    ip_white_list = Text(max_length=ADDRESSES_LENGTH_MAX)

    def validate_ip_white_list(self, text: str) -> list[str]:
        """One address or more; commas alone are none."""
        if not (parts := [part.strip() for part in text.split(",") if part.strip()]):
            raise serializers.ValidationError(serializers.CharField.default_error_messages["blank"])
        return parts


class StatusFields(KeyFields):
    """Whether the key is in force."""

    status = serializers.ChoiceField(choices=sorted(STATUSES))


class CreateKeyInput(NewKeyFields, ProofInput):
    """A key to be made, with the second factor."""


class KeyAddressesInput(AddressFields, ProofInput):
    """The same of a key's addresses."""


class KeyStatusInput(StatusFields, ProofInput):
    """The same of a key's standing."""


class DeleteKeyInput(KeyFields, ProofInput):
    """The same of a key's end."""


class BhexKeyOutput(serializers.Serializer[Any]):
    """A key; its secret stands in the answer that made it and nowhere else."""

    id = serializers.CharField()
    accountId = serializers.CharField()
    accountType = serializers.IntegerField()
    accountIndex = serializers.IntegerField()
    accountName = serializers.CharField(allow_blank=True)
    apiKey = serializers.CharField()
    secretKey = serializers.CharField(allow_blank=True)
    tag = serializers.CharField()
    type = serializers.IntegerField(help_text="0 reads, 1 operates")
    ipWhiteList = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=(DISABLED, ENABLED))
    created = serializers.CharField(help_text="ms")

    def to_representation(self, instance: IssuedKey) -> dict[str, Any]:
        """In the words of the document."""
        key = instance.api_key
        return {
            "id": str(key.public_id),
            "accountId": account_id(key.user),
            "accountType": MAIN_ACCOUNT,
            "accountIndex": FIRST,
            "accountName": key.user.username or "",
            "apiKey": key.key,
            "secretKey": instance.secret,
            "tag": key.label,
            "type": READS if key.scopes == [Scope.READ] else OPERATES,
            "ipWhiteList": ",".join(key.networks),
            "status": ENABLED if key.standing(now()) == State.ACTIVE else DISABLED,
            "created": str(milliseconds(key.created_at)),
        }


class CreateKey(BhexView):
    """POST /api/user/api_key/create. Source: bhex: 创建ApiKey."""

    @operation(
        needs=Needs(),
        input=CreateKeyInput,
        output=BhexKeyOutput,
        rate="20/m",
        refusals=(errors.TooManyKeys, *PROOF_REFUSALS),
        summary="Make an API key",
    )
    def post(self, call: Call) -> IssuedKey:
        """A new key with its secret."""
        return keys.create(
            customer=call.user,
            proof=proof_of(call),
            label=call.input["tag"],
            scopes=SCOPES[call.input["type"]],
            scheme=Scheme.NATIVE_HMAC,
            terms=TERMS,
        )


class Keys(BhexView):
    """POST /api/user/api_keys. Source: bhex: ApiKey列表."""

    @operation(needs=Needs(), output=BhexKeyOutput, many=True, rate="60/m", summary="List the API keys")
    def post(self, call: Call) -> list[IssuedKey]:
        """The account's own, newest first, without their secrets."""
        return [IssuedKey(key, "") for key in keys.of_customer(call.user).filter(user=call.user).order_by("-id")]


class ChangeKeyAddresses(BhexView):
    """POST /api/user/api_key/update_ips. Source: bhex: 修改ApiKey IP白名单."""

    @operation(
        needs=Needs(),
        input=KeyAddressesInput,
        output=SuccessOutput,
        rate="20/m",
        refusals=(Absent, errors.NetworkInvalid, errors.TooManyNetworks, *PROOF_REFUSALS),
        summary="Bind an API key to addresses",
    )
    def post(self, call: Call) -> object:
        """In place of those before."""
        addresses = call.input["ip_white_list"]
        keys.change(customer=call.user, public_id=call.input["id"], proof=proof_of(call), networks=addresses, terms=TERMS)
        return SUCCESS


class ChangeKeyStatus(BhexView):
    """POST /api/user/api_key/change_status. Source: bhex: 启用/禁用ApiKey."""

    @operation(
        needs=Needs(),
        input=KeyStatusInput,
        output=SuccessOutput,
        rate="20/m",
        refusals=(Absent, IllegalMove, *PROOF_REFUSALS),
        summary="Enable or disable an API key",
    )
    def post(self, call: Call) -> object:
        """What is enabled already stays so."""
        is_enabled = STATUSES[call.input["status"]]
        keys.change(customer=call.user, public_id=call.input["id"], proof=proof_of(call), enabled=is_enabled)
        return SUCCESS


class DeleteKey(BhexView):
    """POST /api/user/api_key/delete. Source: bhex: 删除ApiKey."""

    @operation(
        needs=Needs(),
        input=DeleteKeyInput,
        output=SuccessOutput,
        rate="20/m",
        refusals=(Absent, *PROOF_REFUSALS),
        summary="Delete an API key",
    )
    def post(self, call: Call) -> object:
        """The key and its secret are gone."""
        keys.delete(customer=call.user, public_id=call.input["id"], proof=proof_of(call))
        return SUCCESS
