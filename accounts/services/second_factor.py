"""The second factor: `require` is the only door for sensitive acts, and the server decides the strength.

Where an authenticator app or a passkey is bound, either does, and a code sent by mail or message is answered like a wrong
one and counted. A recovery code stands in where a factor may be lost (`recovery_codes.PURPOSES`). Each refusal says
which methods would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.errors import (
    AuthenticatorDue,
    DestinationMissing,
    SecondFactorExpired,
    SecondFactorLocked,
    SecondFactorRequired,
    SecondFactorWrong,
)
from accounts.models import Passkey, User
from accounts.models.users import SecondFactorChannel
from accounts.services import assertions, ceremonies, factor_attempts, logins, recovery_codes, totp
from accounts.services.clients import Client
from accounts.services.passkey_json import Assertion
from config.kit.errors import NotFresh
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode


class Method(StrEnum):
    """By what a second factor is shown."""

    TOTP = "totp"
    PASSKEY = "passkey"
    EMAIL = "email"
    PHONE = "phone"
    RECOVERY_CODE = "recovery_code"


CHANNEL = {Method.EMAIL: Channel.EMAIL, Method.PHONE: Channel.SMS}
"""By which channel a method's codes travel; the other methods need nothing sent."""


@dataclass(frozen=True)
class Proof:
    """What a customer shows: the method (empty for the strongest that would do) and its code, or a passkey's answer.

    `session` is the id of the session that shows it: a passkey's challenge is bound to the one that asked for it.
    `order` names the sending of the code, in dialects whose clients do.
    """

    method: str
    code: str = ""
    passkey: Assertion | None = None
    session: str = ""
    order: str | None = None

    def __repr__(self) -> str:
        return f"Proof(method={self.method!r})"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is shown."""
        return not self.code and self.passkey is None


def strong_methods(user: User) -> tuple[Method, ...]:
    """The methods of the factors that the user has bound and that can be used."""
    ways = [Method.TOTP] * (totp.bound(user) is not None)
    ways += [Method.PASSKEY] * Passkey.objects.filter(user=user, suspended_at__isnull=True).exists()
    return tuple(ways)


def has_strong(user: User) -> bool:
    """Whether an authenticator or a passkey is bound, usable or not: then nothing weaker does."""
    return totp.bound(user) is not None or Passkey.objects.filter(user=user).exists()


def methods(user: User, purpose: str = "") -> tuple[Method, ...]:
    """The methods that would do for an act of this purpose, strongest first; nothing that is sent where a factor is bound."""
    ways = strong_methods(user)
    if not ways and not has_strong(user):
        ways = _sent_methods(user)
    return ways + _stand_in(user, purpose)


def login_methods(user: User) -> tuple[Method, ...]:
    """The methods of which one is due after the password; none where the customer has turned none on."""
    ways = strong_methods(user)
    if not ways and not has_strong(user):
        ways = tuple(way for way in _sent_methods(user) if way.value == user.second_factor_channel)
        if not ways:
            return ()
    return ways + _stand_in(user, Purpose.SECOND_FACTOR)


def due_methods(user: User) -> tuple[Method, ...]:
    """What a session that waits for a second factor takes: the login methods, or what can be sent where none is turned on.

    A dialect whose log-ins always have two steps lets sessions wait that would be whole elsewhere; the code goes first
    by the way by which the account was opened.
    """
    opened_by = user.register_type  # phone and email are called as methods are
    return login_methods(user) or tuple(sorted(_sent_methods(user), key=lambda way: way.value != opened_by))


def is_on(user: User) -> bool:
    """Whether a log-in asks for a second factor."""
    return has_strong(user) or user.second_factor_channel != SecondFactorChannel.NONE


def _sent_methods(user: User) -> tuple[Method, ...]:
    ways = [Method.EMAIL] * bool(user.email) + [Method.PHONE] * bool(user.phone)
    return tuple(sorted(ways, key=lambda way: way.value != user.second_factor_channel))


def _stand_in(user: User, purpose: str) -> tuple[Method, ...]:
    stands = purpose in recovery_codes.PURPOSES and recovery_codes.unused(user).exists()
    return (Method.RECOVERY_CODE,) if stands else ()


def require(
    user: User, proof: Proof | None, purpose: str, context: str = "", *, session: str = "", client: Client | None = None
) -> Method:
    """Promise that the user's second factor was shown now, for this purpose and context; what was shown is spent.

    Answers by which method. Call it before the transaction of the act: attempts are committed before anything is
    compared. `client` is for the log of the account, where a recovery code was used.
    Raises SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts (each with the methods that would do);
    RuntimeError inside a transaction.
    """
    return take(user, proof, allowed=methods(user, purpose), purpose=purpose, context=context, session=session, client=client)


def require_or_fresh(user: User, proof: Proof | None, purpose: str, *, is_fresh: bool, client: Client | None = None) -> None:
    """Promise a proof where a second factor is on; else a proof or a fresh sign-in.

    Raises NotFresh (with the methods that would do), and what `require` raises.
    """
    if is_on(user) or (proof is not None and not proof.is_empty):
        require(user, proof, purpose, client=client)
    elif not is_fresh:
        raise not_fresh(user)


def not_fresh(user: User) -> NotFresh:
    """The refusal of a sign-in that is too old, with the methods that would make it fresh again."""
    return NotFresh(methods=_names(methods(user)))


def take(
    user: User,
    proof: Proof | None,
    *,
    allowed: tuple[Method, ...],
    purpose: str,
    context: str,
    session: str,
    client: Client | None = None,
) -> Method:
    """Like `require`, with the methods that would do given. Raises as there."""
    names = _names(allowed)
    if proof is None or proof.is_empty:
        options = {}
        if Method.PASSKEY in allowed:
            asking = session or (proof.session if proof else "")
            options = ceremonies.options_for(user, purpose, context, session=asking).options
        raise SecondFactorRequired(methods=names, passkey_options=options)
    try:
        return _compare(user, proof, allowed=allowed, purpose=purpose, context=context, session=session, client=client)
    except WrongCode as refused:
        raise SecondFactorWrong(attempts_left=refused.attempts_left, channel=refused.channel, methods=names) from None
    except CodeExpired as refused:
        raise SecondFactorExpired(channel=refused.channel, methods=names) from None
    except TooManyAttempts as refused:
        raise SecondFactorLocked(retry_after=refused.retry_after, methods=names) from None


def _compare(
    user: User,
    proof: Proof,
    *,
    allowed: tuple[Method, ...],
    purpose: str,
    context: str,
    session: str,
    client: Client | None,
) -> Method:
    method = proof.method or (Method.PASSKEY if proof.passkey is not None else next(iter(allowed), ""))
    authenticator = totp.bound(user) if method == Method.TOTP else None
    if method not in allowed:
        _refuse_weaker(user, method)
    elif authenticator is not None:
        totp.check(authenticator, proof.code)
    elif method == Method.PASSKEY and proof.passkey is not None:
        shown_in = session or proof.session
        assertions.check(user, proof.passkey, purpose=purpose, context=context, session=shown_in, client=client)
    elif method == Method.RECOVERY_CODE:
        recovery_codes.check(user, proof.code, client=client)
    elif method in CHANNEL:
        way = Method(method)
        codes.verify(
            purpose=purpose,
            channel=CHANNEL[way],
            destination=destination_of(user, way),
            code=proof.code,
            user=user,
            context=context,
            session=session,
            order=proof.order,
        )
    else:
        _refuse_weaker(user, method)
    return Method(method)


def _refuse_weaker(user: User, method: str) -> None:
    """A method that would not do is counted and answered like a wrong code of it."""
    attempt = factor_attempts.begin(factor_attempts.subject_of(user.pk))
    raise factor_attempts.wrong(attempt, channel=CHANNEL[Method(method)].value if method in CHANNEL else "")


def _names(ways: tuple[Method, ...]) -> list[str]:
    return [way.value for way in ways]


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
    """Send the code for an act where the strongest method is one that is sent; None where a bound factor is the proof.

    Raises TooManyCodes, DestinationMissing.
    """
    if has_strong(user):
        return None
    way = next(iter(_sent_methods(user)), Method.EMAIL)
    return send(user, way, purpose, context, language=language, ip=ip, facts=facts, session=session)


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
    """Send a code of this purpose to the user's own destination. Raises AuthenticatorDue, TooManyCodes, DestinationMissing."""
    if way not in CHANNEL:
        raise AuthenticatorDue
    sent = codes.send(
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
    logins.note_sent(user=user, channel=CHANNEL[way], ip=ip)
    return sent


def destination_of(user: User, way: Method) -> str:
    """Where the user's codes of this method go. Raises DestinationMissing."""
    destination = user.phone if way == Method.PHONE else user.email
    if not destination:
        raise DestinationMissing(channel=way.value)
    return destination
