"""The second factor: `require` is the only door for sensitive acts, and the server decides the strength.

Where an authenticator is bound, a code sent by mail or message is answered like a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.errors import AuthenticatorDue, DestinationMissing, SecondFactorRequired
from accounts.models import User
from accounts.models.users import SecondFactorChannel
from accounts.services import attempts, totp
from messaging.errors import TooManyAttempts, WrongCode
from messaging.models import Channel
from messaging.services import codes
from messaging.services.codes import SentCode


class Method(StrEnum):
    """By what a second factor is shown."""

    TOTP = "totp"
    EMAIL = "email"
    PHONE = "phone"


CHANNEL = {Method.EMAIL: Channel.EMAIL, Method.PHONE: Channel.SMS}
"""By which channel a method's codes travel."""


@dataclass(frozen=True)
class Proof:
    """What a customer shows: the method (empty for the strongest that would do) and its code."""

    method: str
    code: str

    def __repr__(self) -> str:
        return f"Proof(method={self.method!r})"


def methods(user: User) -> tuple[Method, ...]:
    """The methods that would do for a sensitive act, strongest first: the authenticator alone where one is bound."""
    if totp.bound(user):
        return (Method.TOTP,)
    chosen = user.second_factor_channel
    ways = [Method.EMAIL] * bool(user.email) + [Method.PHONE] * bool(user.phone)
    return tuple(sorted(ways, key=lambda way: way.value != chosen))


def login_methods(user: User) -> tuple[Method, ...]:
    """The methods of which one is due after the password; none where the customer has turned none on."""
    if totp.bound(user):
        return (Method.TOTP,)
    chosen = user.second_factor_channel
    if chosen == SecondFactorChannel.EMAIL and user.email:
        return (Method.EMAIL,)
    if chosen == SecondFactorChannel.PHONE and user.phone:
        return (Method.PHONE,)
    return ()


def require(user: User, proof: Proof | None, purpose: str, context: str = "", *, session: str = "") -> None:
    """Promise that the user's second factor was shown now, for this purpose and context; the code is spent.

    Call it before the transaction of the act: attempts are committed before anything is compared.
    Raises SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts; RuntimeError inside a transaction.
    """
    take(user, proof, allowed=methods(user), purpose=purpose, context=context, session=session)


def take(user: User, proof: Proof | None, *, allowed: tuple[Method, ...], purpose: str, context: str, session: str) -> None:
    """Like `require`, with the methods that would do given. Raises as there."""
    if proof is None or not proof.code:
        raise SecondFactorRequired(methods=[method.value for method in allowed])
    method = proof.method or next(iter(allowed), "")
    if method not in allowed:
        _refuse_weaker(user)
    authenticator = totp.bound(user)
    if method == Method.TOTP and authenticator is not None:
        totp.check(authenticator, proof.code)
        return
    way = Method(method)
    codes.verify(
        purpose=purpose,
        channel=CHANNEL[way],
        destination=destination_of(user, way),
        code=proof.code,
        user=user,
        context=context,
        session=session,
    )


def _refuse_weaker(user: User) -> None:
    """A method that would not do is counted and answered like a wrong code."""
    (attempt,) = attempts.begin(totp.factor_subject(user.pk))
    if attempt.locked_for:
        raise TooManyAttempts(retry_after=attempt.locked_for)
    raise WrongCode(attempts_left=attempts.failures_left(attempt))


def challenge(
    user: User,
    purpose: str,
    context: str = "",
    *,
    language: str,
    ip: str,
    facts: Mapping[str, str] | None = None,
    session: str = "",
) -> SentCode | None:
    """Send the code for an act where the strongest method is one that is sent; None where the authenticator makes it.

    Raises TooManyCodes, DestinationMissing.
    """
    allowed = methods(user)
    if Method.TOTP in allowed:
        return None
    return send(
        user,
        allowed[0] if allowed else Method.EMAIL,
        purpose,
        context,
        language=language,
        ip=ip,
        facts=facts,
        session=session,
    )


def send(
    user: User,
    way: Method,
    purpose: str,
    context: str = "",
    *,
    language: str,
    ip: str,
    facts: Mapping[str, str] | None = None,
    session: str = "",
) -> SentCode:
    """Send a code of this purpose to the user's own destination. Raises TooManyCodes, DestinationMissing."""
    if way == Method.TOTP:
        raise AuthenticatorDue
    return codes.send(
        purpose=purpose,
        channel=CHANNEL[way],
        destination=destination_of(user, way),
        user=user,
        context=context,
        session=session,
        language=language,
        ip=ip,
        facts=dict(facts or {}),
    )


def destination_of(user: User, way: Method) -> str:
    """Where the user's codes of this method go. Raises DestinationMissing."""
    destination = user.phone if way == Method.PHONE else user.email
    if not destination:
        raise DestinationMissing(channel=way.value)
    return destination
