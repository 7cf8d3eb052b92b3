"""Asking a customer for the second factor of a money act, and sending the code where a code is the proof."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import User
from accounts.services import second_factor
from accounts.services.second_factor import Proof


def require(
    *,
    customer: User,
    proof: Proof | None,
    purpose: str,
    context: str,
    facts: Mapping[str, str],
    language: str,
    ip: str,
) -> str:
    """Promise that the second factor was shown for this act; answers the method. The strongest is meant where none is named.

    Without one the act waits: a code is sent, unless an authenticator or passkey is bound, and SecondFactorRequired says
    which methods would do. Call it before the transaction of the act.
    Raises SecondFactorRequired, TooManyCodes, DestinationMissing, WrongCode, CodeExpired, TooManyAttempts.
    """
    if proof is None or proof.is_empty:
        asked = proof.method if proof is not None else ""
        way = next((way for way in second_factor.methods(customer, purpose) if asked in {"", way.value}), None)
        if way is not None and way in second_factor.CHANNEL:
            second_factor.send(customer, way, purpose, context, language=language, ip=ip, facts=facts)
    return second_factor.require(customer, proof, purpose, context).value
