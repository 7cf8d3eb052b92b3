"""What a sign-in still has to show after its first proof: the second factor, a code because the place is new, or both."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.errors import PasswordDue
from accounts.models import KnownDevice, Session, User
from accounts.models.sessions import Due, Level
from accounts.services import devices, passwords, second_factor
from accounts.services.clients import Client
from accounts.services.manners import OURS, Manners
from accounts.services.second_factor import Method, Proof
from messaging.models import Purpose

SENT = frozenset({Method.EMAIL, Method.PHONE})
"""Methods whose codes we send. One of them answers the question of the place as well."""


def of_sign_in(
    user: User, *, device: KnownDevice | None, client: Client, shown: Method | None, manners: Manners = OURS
) -> Due | None:
    """What is due after the first proof; None for nothing. `shown` is the way of a code that was the first proof.

    Raises PasswordDue where the only second factor is the very way by which that code came: two codes to one mailbox
    are one factor.
    """
    if shown is not None and manners.password_after_code:
        return Due.PASSWORD if passwords.has_one(user) else after_code(user, shown)
    factors = second_factor.due_methods(user) if manners.always_two_steps else second_factor.login_methods(user)
    if shown is not None and set(factors) - {Method.RECOVERY_CODE} == {shown}:
        if passwords.has_one(user):
            raise PasswordDue
        factors = ()
    place = shown is None and not SENT & set(factors) and _place_is_due(user, device, client)
    if factors:
        return Due.BOTH if place else Due.SECOND_FACTOR
    return Due.OTHER_PLACE if place else None


def after_code(user: User, shown: Method) -> Due | None:
    """What is due after a code (and the password, where there is one): the factors that are on, but for the code's own way.

    A code that was sent answers the question of the place as well.
    """
    return Due.SECOND_FACTOR if set(second_factor.login_methods(user)) - {Method.RECOVERY_CODE, shown} else None


def _place_is_due(user: User, device: KnownDevice | None, client: Client) -> bool:
    asks = user.checks_other_places and bool(place_methods(user))
    return asks and devices.is_strange(user=user, device=device, ip=client.ip)


def place_methods(user: User) -> tuple[Method, ...]:
    """By which ways a customer in a new place may show to be the owner."""
    return (Method.EMAIL,) * bool(user.email) + (Method.PHONE,) * bool(user.phone)


def methods(session: Session) -> tuple[Method, ...]:
    """The methods of which the session waits for one, of each kind that is due, also where the password comes first."""
    due = due_of(session)
    if due == Due.PASSWORD:
        rest = after_code(session.user, Method(session.shown))
        return second_factor.due_methods(session.user) if rest else ()
    factors = second_factor.due_methods(session.user) if due in (Due.SECOND_FACTOR, Due.BOTH) else ()
    return factors + (place_methods(session.user) if due in (Due.OTHER_PLACE, Due.BOTH) else ())


def due_of(session: Session) -> Due | None:
    """What the session waits for."""
    if session.level != Level.PRE2FA:
        return None
    return Due(session.due or Due.SECOND_FACTOR)


@dataclass(frozen=True)
class Asked:
    """Which question a proof answers, and what is due after it."""

    purpose: Purpose
    allowed: tuple[Method, ...]
    rest: Due | None = None


def asked(session: Session, proof: Proof | None) -> Asked:
    """The question that this proof answers: of the two, a code that was sent answers that of the place.

    Raises PasswordDue where the password comes first.
    """
    user, due = session.user, due_of(session)
    if due == Due.PASSWORD:
        raise PasswordDue
    if due is None:
        return Asked(Purpose.SECOND_FACTOR, second_factor.methods(user))
    if due == Due.OTHER_PLACE:
        return Asked(Purpose.OTHER_PLACE, place_methods(user))
    if due == Due.BOTH and proof is not None and proof.method in SENT:
        return Asked(Purpose.OTHER_PLACE, place_methods(user), rest=Due.SECOND_FACTOR)
    return Asked(Purpose.SECOND_FACTOR, second_factor.due_methods(user), rest=Due.OTHER_PLACE if due == Due.BOTH else None)


def rest_of(session: Session, asked: Asked) -> Asked:
    """The question that is left after this one. Call it where there is one."""
    if asked.rest == Due.OTHER_PLACE:
        return Asked(Purpose.OTHER_PLACE, place_methods(session.user))
    return Asked(Purpose.SECOND_FACTOR, second_factor.due_methods(session.user))
