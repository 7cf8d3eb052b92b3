"""Listing API keys and making one, native dialect: it stands here because a key's caps name coins."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.api.native.proofs import REFUSALS, proof_of, without_proof
from apikeys import errors
from apikeys.api.native import ApiKeyInput, ApiKeyOutput, IssuedKeyOutput
from apikeys.models import ApiKey
from apikeys.services import keys
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from wallet.errors import UnknownCoin
from wallet.services import api_keys


class ApiKeys(NativeView):
    """GET|POST /api/v1/api-keys: the customer's keys; a new key, whose secret is shown in this answer only."""

    @operation(needs=Needs(), output=ApiKeyOutput, page=Keyset("-id"), rate="60/m", summary="List the API keys")
    def get(self, call: Call) -> QuerySet[ApiKey]:
        """The keys that are not deleted, those of the sub-accounts among them."""
        return keys.of_customer(call.user)

    @operation(
        needs=Needs(),
        input=ApiKeyInput,
        output=IssuedKeyOutput,
        status=201,
        refusals=(
            errors.NetworkInvalid,
            errors.NetworksRequired,
            errors.ExpiryInvalid,
            errors.PublicKeyInvalid,
            errors.TooManyKeys,
            UnknownCoin,
            Absent,
            *REFUSALS,
        ),
        rate="20/m",
        summary="Make an API key",
    )
    def post(self, call: Call) -> keys.IssuedKey:
        """A new key."""
        return api_keys.create(customer=call.user, proof=proof_of(call), **without_proof(call))
