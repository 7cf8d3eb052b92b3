"""The customer's API keys, native dialect."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.native.proofs import ProofInput
from apikeys import errors
from apikeys.models import LABEL_LENGTH_MAX, NETWORKS_MAX, ApiKey, Scope
from apikeys.services import keys
from config.dialects.native.dialect import NativeView
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.fields import PublicId, Text, TimestampField
from config.kit.paging import Keyset
from config.kit.views import Call, Needs, operation


class ApiKeyProofInput(ProofInput):
    """The second factor: the authenticator's code, else one sent by POST /api/v1/codes for the purpose `api_key`."""


class ApiKeyInput(ApiKeyProofInput):
    """A key to be made."""

    label = Text(max_length=LABEL_LENGTH_MAX)  # type: ignore[assignment]  # the stubs' Field has a title of this name
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, max_length=len(Scope.values)
    )
    networks = serializers.ListField(child=Text(max_length=64), required=False, default=list, max_length=NETWORKS_MAX)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ApiKeyOutput(serializers.Serializer[ApiKey]):
    """A key without its secret."""

    id = PublicId(source="public_id")
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    scheme = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    state = serializers.SerializerMethodField()
    created_at = TimestampField()
    last_used_at = TimestampField(allow_null=True)
    expires_at = TimestampField(allow_null=True)
    withdraws_from = TimestampField(allow_null=True)

    @extend_schema_field({"type": "string", "enum": ["active", "disabled", "expired", "lapsed"]})
    def get_state(self, api_key: ApiKey) -> str:
        """What the key is now."""
        return api_key.standing(now())


class IssuedKeyOutput(ApiKeyOutput):
    """A new key with its secret, this once."""

    secret = serializers.CharField()

    def to_representation(self, instance: keys.IssuedKey) -> dict[str, object]:  # type: ignore[override]  # a key and its secret
        """The key's members and the secret."""
        shown = ApiKeyOutput(instance.api_key).data
        return {**shown, "secret": instance.secret}


class ApiKeys(NativeView):
    """GET|POST /api/v1/api-keys: the customer's keys; a new key, whose secret is shown in this answer only."""

    @operation(needs=Needs(), output=ApiKeyOutput, page=Keyset("-id"), rate="60/m", summary="List the API keys")
    def get(self, call: Call) -> QuerySet[ApiKey]:
        """The keys that are not deleted."""
        return keys.of_customer(call.user)

    @operation(
        needs=Needs(),
        input=ApiKeyInput,
        output=IssuedKeyOutput,
        status=201,
        refusals=(errors.NetworkInvalid, errors.NetworksRequired, errors.ExpiryInvalid, errors.TooManyKeys),
        rate="20/m",
        summary="Make an API key",
    )
    def post(self, call: Call) -> keys.IssuedKey:
        """A new key."""
        return keys.create(customer=call.user, **call.input)


class OneApiKey(NativeView):
    """DELETE /api/v1/api-keys/{id}: end a key for good."""

    @operation(needs=Needs(), input=ApiKeyProofInput, status=204, refusals=(Absent,), rate="20/m", summary="Delete an API key")
    def delete(self, call: Call) -> None:
        """The key and its secret are gone."""
        keys.delete(customer=call.user, public_id=call.path["id"], **call.input)
