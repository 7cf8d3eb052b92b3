"""How a request carries the proof of a second factor: `method` and `code`, or a passkey's answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.passkey_fields import AssertionField
from accounts.errors import SecondFactorRequired
from accounts.services.second_factor import Method, Proof
from config.kit.errors import NotFresh
from config.kit.fields import CodeField
from config.kit.operations import Call
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode

METHODS = tuple(method.value for method in Method)
MEMBERS = ("method", "code", "passkey")
REFUSALS = (SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts)
"""What an endpoint refuses that asks for a proof."""
FRESH_REFUSALS = (NotFresh, *REFUSALS)
"""What an endpoint refuses that takes a fresh sign-in in a proof's place."""


class ProofInput(serializers.Serializer[Any]):
    """The second factor: a code of the authenticator, one that was sent for the act's purpose, or a passkey's answer.

    Without `method` the strongest one of the customer's is meant. Inherit from this to ask for a proof. A request without
    one is told which methods would do, and gets the challenge for a passkey where that is one of them.
    """

    example_fields: tuple[str, ...] = ("method", "code")
    method = serializers.ChoiceField(choices=METHODS, required=False, allow_null=True, default=None)
    code = CodeField(required=False, default="", allow_blank=True)
    passkey = AssertionField(required=False, allow_null=True, default=None)


def proof_of(call: Call) -> Proof:
    """What was shown, and in which session; empty where nothing was, so that the refusal says which methods would do."""
    method, code, passkey = (call.input.get(member) for member in MEMBERS)
    session = getattr(call.request, "customer_session", None)
    named = str(session.public_id) if session else ""
    return Proof(method=method or "", code=code or "", passkey=passkey, session=named)


def without_proof(call: Call) -> dict[str, Any]:
    """The rest of the input, as keyword arguments."""
    return {name: value for name, value in call.input.items() if name not in MEMBERS}


def is_fresh(call: Call) -> bool:
    """Whether the session showed a proof in the last minutes."""
    return bool(call.credential and call.credential.fresh)
