"""The second step of a log-in where a dialect has one field for its code, and no door at which to ask for one."""

from __future__ import annotations

from accounts.errors import FactorNotServed, TotpNotBound
from accounts.models import Session
from accounts.models.logins import LoginAct
from accounts.models.sessions import Due
from accounts.services import code_requests, dues, logins, second_factor, sessions, totp
from accounts.services.clients import Client
from accounts.services.login import SignIn
from accounts.services.second_factor import Method, Proof
from messaging.errors import CodeRefused
from messaging.models import Purpose

SHOWN = (Method.TOTP, Method.PHONE, Method.EMAIL)
"""What a code of digits can be, strongest first."""


def proof_of(session: Session, code: str) -> Proof:
    """The code as the strongest of what the session waits for. Raises FactorNotServed where that is no code of digits."""
    return Proof(_way(session), code)


def prepare(made: SignIn, *, language: str, ip: str) -> None:
    """Send the code of the step that is due, where it is one that is sent.

    Raises FactorNotServed, TooManyCodes, DestinationMissing.
    """
    if not made.methods:
        return
    session, way = made.session, _way(made.session)
    if way == Method.TOTP:
        return
    code_requests.ask(
        purpose=Purpose.OTHER_PLACE if session.due == Due.OTHER_PLACE else Purpose.SECOND_FACTOR,
        email=session.user.email if way == Method.EMAIL else None,
        phone=session.user.phone if way == Method.PHONE else None,
        session=session,
        language=language,
        ip=ip,
    )


def freshen(*, session: Session, code: str, client: Client) -> None:
    """Show a code of the authenticator once more: the session is fresh, with the token that it has.

    Raises TotpNotBound, WrongCode, TooManyAttempts, NotSignedIn where the session ended meanwhile.
    """
    user = session.user
    if totp.bound(user) is None:
        raise TotpNotBound
    try:
        second_factor.require(
            user, Proof(Method.TOTP, code), Purpose.SECOND_FACTOR, session=str(session.public_id), client=client
        )
    except CodeRefused:
        logins.note(user=user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        raise
    sessions.freshen(session)


def _way(session: Session) -> Method:
    allowed = dues.methods(session) or dues.asked(session, None).allowed
    way = next((way for way in SHOWN if way in allowed), None)
    if way is None:
        raise FactorNotServed
    return way
