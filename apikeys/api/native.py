"""The customer's API keys, native dialect."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication

from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from apikeys import errors
from apikeys.api.authentication import BtseKeyAuthentication, SpotKeyAuthentication
from apikeys.models import LABEL_LENGTH_MAX, NETWORKS_MAX, ApiKey, Scheme, Scope
from apikeys.services import keys, standing
from apikeys.services.public_keys import TEXT_LENGTH_MAX
from config.dialects.native.dialect import NativeView
from config.kit.clock import now
from config.kit.dialect import KeyRates, taking
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.flow import IllegalMove
from config.kit.operations import ANY_SCOPE
from config.kit.views import Call, Needs, operation

CAPS_MAX = 50
LEARNT_OF_ITSELF = (
    "scopes_now", "lapses_at", "seen_from", "requests_per_key", "requests_per_customer", "requests_per_address",
)  # fmt: skip
COIN = re.compile(r"[A-Z0-9]{2,16}", re.ASCII)


class ApiKeyProofInput(ProofInput):
    """The second factor: the authenticator's code, else one sent by POST /api/v1/codes for the act's purpose."""


class DailyCapField(serializers.Serializer[Any]):
    """The most that may leave in a coin in 24 hours."""

    coin = Text(max_length=16)
    amount = AmountField(positive=False)

    def validate_coin(self, coin: str) -> str:
        """As the books write it: a cap in `eth` would hold nothing."""
        if not COIN.fullmatch(coin):
            raise serializers.ValidationError("A coin's code is due, in capitals, like ETH.")
        return coin

    def validate_amount(self, amount: Decimal) -> Decimal:
        """Zero means none at all; less is nothing."""
        if amount < 0:
            raise serializers.ValidationError("An amount of zero or more is due.")
        return amount


class ApiKeyInput(ApiKeyProofInput):
    """A key to be made."""

    label = Text(max_length=LABEL_LENGTH_MAX)  # type: ignore[assignment]  # the stubs' Field has a title of this name
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, max_length=len(Scope.values)
    )
    networks = serializers.ListField(child=Text(max_length=64), required=False, default=list, max_length=NETWORKS_MAX)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    scheme = serializers.ChoiceField(choices=Scheme.choices, required=False, default=Scheme.NATIVE_HMAC)
    public_key = Text(max_length=TEXT_LENGTH_MAX, multiline=True, required=False, allow_blank=True, default="")
    sub_account = Text(max_length=9, required=False, allow_blank=True, default="", help_text="uid of a sub-account")
    daily_caps = serializers.ListField(child=DailyCapField(), required=False, default=list, max_length=CAPS_MAX)

    def validate_daily_caps(self, caps: list[dict[str, Any]]) -> dict[str, Decimal]:
        """One for each coin."""
        found = {cap["coin"]: cap["amount"] for cap in caps}
        if len(found) != len(caps):
            raise serializers.ValidationError("A coin stands twice.")
        return found


class ApiKeyChangeInput(ApiKeyProofInput):
    """What can be changed; only what is given changes."""

    example_fields = (*ProofInput.example_fields, "networks")
    label = Text(max_length=LABEL_LENGTH_MAX, required=False)  # type: ignore[assignment]  # as above
    enabled = serializers.BooleanField(required=False)
    networks = serializers.ListField(child=Text(max_length=64), required=False, max_length=NETWORKS_MAX)


class ApiKeyOutput(serializers.Serializer[ApiKey]):
    """A key without its secret."""

    id = PublicId(source="public_id")
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    scheme = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    daily_caps = DailyCapField(many=True, source="daily_caps.all")
    uid = serializers.CharField(source="user.uid", help_text="The account that the key acts for.")
    state = serializers.SerializerMethodField()
    created_at = TimestampField()
    last_used_at = TimestampField(allow_null=True)
    expires_at = TimestampField(allow_null=True)
    withdraws_from = TimestampField(allow_null=True)

    @extend_schema_field({"type": "string", "enum": ["active", "paused", "disabled", "expired", "lapsed"]})
    def get_state(self, api_key: ApiKey) -> str:
        """What the key is now."""
        return api_key.standing(now())


class IssuedKeyOutput(ApiKeyOutput):
    """A new key with its secret, this once; an Ed25519 key has none that we know."""

    secret = serializers.CharField()

    def to_representation(self, instance: keys.IssuedKey) -> dict[str, object]:  # type: ignore[override]  # a key and its secret
        """The key's members and the secret."""
        shown = ApiKeyOutput(instance.api_key).data
        return {**shown, "secret": instance.secret}


class OwnKeyOutput(ApiKeyOutput):
    """What the key that asks is and may do now."""

    scopes_now = serializers.ListField(child=serializers.CharField())
    lapses_at = TimestampField(allow_null=True)
    seen_from = serializers.CharField()
    requests_per_key = serializers.CharField(allow_null=True)
    requests_per_customer = serializers.CharField(allow_null=True)
    requests_per_address = serializers.CharField(allow_null=True, help_text="At each endpoint.")

    def to_representation(self, instance: standing.Standing) -> dict[str, object]:  # type: ignore[override]  # a key and more
        """The key's members and what it may do now."""
        shown: dict[str, object] = dict(ApiKeyOutput(instance.api_key).data)
        for name in LEARNT_OF_ITSELF:
            value = getattr(instance, name)
            shown[name] = TimestampField().to_representation(value) if name == "lapses_at" and value else value
        return shown


class OneApiKey(NativeView):
    """PATCH|DELETE /api/v1/api-keys/{id}: pause, free, rebind or rename a key; end it for good."""

    @operation(
        needs=Needs(),
        input=ApiKeyChangeInput,
        output=ApiKeyOutput,
        refusals=(errors.NetworkInvalid, errors.NetworksRequired, IllegalMove, *REFUSALS),
        rate="20/m",
        summary="Change an API key",
    )
    def patch(self, call: Call) -> ApiKey:
        """At once and everywhere."""
        wanted = {name: call.input[name] for name in ("enabled", "networks", "label") if name in call.input}
        return keys.change(customer=call.user, public_id=call.path["id"], proof=proof_of(call), **wanted)

    @operation(
        needs=Needs(),
        input=ApiKeyProofInput,
        status=204,
        refusals=(Absent, *REFUSALS),
        rate="20/m",
        summary="Delete an API key",
    )
    def delete(self, call: Call) -> None:
        """The key and its secret are gone."""
        keys.delete(customer=call.user, public_id=call.path["id"], proof=proof_of(call))


class OwnApiKey(NativeView):
    """GET /api/v1/api-keys/self: what the key that signed the request is, may do, and how often.

    A key of any scheme asks, signing with the headers of its own.
    """

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Those of each scheme, then the session's, which is told that a key is due."""
        return [BtseKeyAuthentication(), SpotKeyAuthentication(), *super().get_authenticators()]

    @operation(needs=Needs(scope=ANY_SCOPE, keys_only=True), output=OwnKeyOutput, summary="What this API key may do")
    def get(self, call: Call) -> standing.Standing:
        """The key, its scopes now, its networks, caps and rates."""
        signed_by = type(self.request.successful_authenticator)
        spoken = taking(f"{signed_by.__module__}.{signed_by.__qualname__}")
        return standing.read(
            api_key_id=call.credential.id if call.credential else 0,
            ip=call.ip,
            rates=spoken.key_rates if spoken is not None else KeyRates(),
        )
