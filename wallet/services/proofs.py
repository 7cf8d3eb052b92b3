"""Asking a customer for the second factor of a money act, and sending the code where a code is the proof."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.errors import SecondFactorRequired
from accounts.models import User
from accounts.services import second_factor
from accounts.services.second_factor import Method, Proof


def require(
    *,
    customer: User,
    method: str | None,
    code: str,
    purpose: str,
    context: str,
    facts: Mapping[str, str],
    language: str,
    ip: str,
) -> str:
    """Promise that the second factor was shown for this act; answers the method. The strongest is meant where none is named.

    Without a code the act waits: the code is sent, unless the authenticator makes it, and SecondFactorRequired says
    which methods would do. Call it before the transaction of the act.
    Raises SecondFactorRequired, TooManyCodes, DestinationMissing, WrongCode, CodeExpired, TooManyAttempts.
    """
    allowed = second_factor.methods(customer)
    chosen = method or (allowed[0].value if allowed else "")
    if not code:
        if chosen in allowed and chosen != Method.TOTP:
            second_factor.send(customer, Method(chosen), purpose, context, language=language, ip=ip, facts=facts)
        raise SecondFactorRequired(methods=[way.value for way in allowed])
    second_factor.require(customer, Proof(method=chosen, code=code), purpose, context)
    return chosen
