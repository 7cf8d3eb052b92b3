"""How a request carries the proof of a second factor: `method` and `code`, or a passkey's `assertion`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.services.second_factor import Method, Proof
from config.kit.fields import CodeField
from config.kit.operations import Call

METHODS = tuple(method.value for method in Method)


class ProofInput(serializers.Serializer[Any]):
    """The second factor: a code of the authenticator, or one that was sent for the act's purpose.

    Without `method` the strongest one of the customer's is meant. Inherit from this to ask for a proof.
    """

    example_fields: tuple[str, ...] = ("method", "code")
    method = serializers.ChoiceField(choices=METHODS, required=False, allow_null=True, default=None)
    code = CodeField(required=False, default="", allow_blank=True)


def proof_of(call: Call) -> Proof | None:
    """What was shown; None where nothing was, so that the refusal says which methods would do."""
    if not call.input.get("code"):
        return None
    return Proof(method=call.input.get("method") or "", code=call.input["code"])
