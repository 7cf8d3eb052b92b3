"""What exx's endpoints share: the visit, the captcha, the proofs, and the answer that signs a browser in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from django.conf import settings
from rest_framework import serializers

from accounts import errors
from accounts.api.authentication import refuse_other_page
from accounts.api.exx.users import InfoOutput, Shown, name_of
from accounts.api.native.calls import client_of, session_of
from accounts.models import Visit
from accounts.models.sessions import Due, Level
from accounts.services import sessions, trade_password, visits
from accounts.services.captcha_doors import Captcha
from accounts.services.dues import SENT
from accounts.services.login import SignIn
from accounts.services.second_factor import Method, Proof
from config.dialects.exx.dialect import BOTH, GOOGLE, PLACE, SET_SAFE_PASSWORD, WELL, message, session_cookie, shown_cookies
from config.dialects.exx.fields import OPTIONAL, CodeOrEncrypted, Encrypted
from config.dialects.exx.texts import SUCCESS, TEXTS, in_language
from config.kit.errors import LevelTooLow
from config.kit.operations import Answer, Call, Cookie
from config.kit.scalars import ScalarOutput
from messaging.errors import CaptchaRequired, CaptchaUnavailable, CaptchaWrong, TooManyCaptchas
from messaging.models import CaptchaKind
from messaging.services.captchas import CaptchaAnswer

__all__ = ["client_of", "session_of"]

CAPTCHA_REFUSALS = (CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable)
DEVICE_SECONDS = int(timedelta(days=180).total_seconds())


class State(IntEnum):
    """`[env]uon`. Source: gaps.md, exx, "Cookies"."""

    OUT = 0
    IN = 1
    GOOGLE = 2
    PLACE = 3
    BOTH = 4
    SAFE_PASSWORD = 5


NUMBERS = {
    State.IN: WELL,
    State.GOOGLE: GOOGLE,
    State.PLACE: PLACE,
    State.BOTH: BOTH,
    State.SAFE_PASSWORD: SET_SAFE_PASSWORD,
}
"""What the answer to a sign-in says of each state."""


class ResMsgOutput(serializers.Serializer[Any]):
    """Number and sentence."""

    code = serializers.CharField()
    message = serializers.CharField()


class EmptyOutput(ScalarOutput):
    """`datas` that hold nothing."""

    schema = {"type": "object", "maxProperties": 0, "example": {}}


class ProofInput(serializers.Serializer[Any]):
    """The code that was sent, encrypted; that of Google Authenticator, encrypted or plain."""

    dynamicCode = Encrypted(**OPTIONAL)
    googleCode = CodeOrEncrypted(**OPTIONAL)

    example_fields: tuple[str, ...] = ("googleCode",)


@dataclass(frozen=True, repr=False)
class SignedIn:
    """How far a sign-in came, and the language to answer in."""

    shown: Shown
    number: int
    language: str


class SignInOutput(serializers.Serializer[Any]):
    """1000 and the customer, or what is still due and whose it is."""

    resMsg = ResMsgOutput()
    datas = InfoOutput()

    def to_representation(self, instance: SignedIn) -> dict[str, Any]:
        """In the words of the document."""
        number = instance.number
        said = SUCCESS if number == WELL else in_language(TEXTS[number], instance.language)
        return {"resMsg": message(number, said), "datas": InfoOutput(instance.shown).data}


def token_of(call: Call) -> str | None:
    """The cookie, whatever it stands for."""
    return call.request.COOKIES.get(session_cookie()) or None


def visit_of(call: Call) -> Visit | None:
    """The visit of the browser that asks; another site's page can't ask for anything. Raises CrossSite."""
    refuse_other_page(call.request)
    return visits.find(token_of(call))


def device_of(call: Call) -> str | None:
    """The token of a device that signed in before."""
    return call.request.COOKIES.get(device_cookie()) or None


def device_cookie() -> str:
    """A cookie of ours, by which a device stays known."""
    return f"{settings.EXX_COOKIE_PREFIX}device"


def captcha_of(visit: Visit | None, characters: str | None, *, is_due: bool = False) -> Captcha:
    """What the request says to the picture that was drawn for its browser."""
    said = characters or ""
    drawn = visit.picture_id if visit is not None else ""
    answer = CaptchaAnswer(CaptchaKind.PICTURE, drawn, said) if drawn and said else None
    return Captcha(answer, kinds=(CaptchaKind.PICTURE,), is_due=is_due)


def proofs_of(call: Call, visit: Visit | None, *, allowed: tuple[Method, ...]) -> list[Proof]:
    """The codes that were shown, Google's first: a mistake there leaves the one that was sent for another try.

    The client does not say by which way the latter came; the visit knows.
    """
    google, dynamic = (_text(visit, call.input[name] or "") for name in ("googleCode", "dynamicCode"))
    sent = next((way.value for way in allowed if way in SENT), Method.EMAIL.value)
    way = (visit.code_way if visit is not None else "") or sent
    shown = [(Method.TOTP.value, google), (way, dynamic)]
    return [Proof(method, code) for method, code in shown if code]


def _text(visit: Visit | None, came: bytes | str) -> str:
    return came if isinstance(came, str) else visits.read(visit, came)


def answer(call: Call, visit: Visit | None, made: SignIn, *, is_new: bool = False) -> Answer:
    """Say how far the sign-in came, with a cookie that nobody had before; the visit's key goes on under it.

    Raises LevelTooLow for an account that is not activated, FactorNotServed for one whose factor has no word here.
    """
    if made.session.level == Level.LOW:
        sessions.revoke(user=made.session.user, name="current", current=made.session, client=client_of(call))
        raise LevelTooLow(level=Level.LOW, required=Level.FULL)
    state = state_of(made)
    visits.move(visit, token=made.token)
    user, is_whole = made.session.user, is_new or state == State.IN
    told = SignedIn(Shown(user, is_whole), WELL if is_new else NUMBERS[state], call.language)
    return Answer(told, output=SignInOutput, cookies=_cookies(made, state))


def state_of(made: SignIn) -> State:
    """What the sign-in still needs. Raises FactorNotServed."""
    if not made.methods:
        return State.IN if trade_password.is_set(made.session.user) else State.SAFE_PASSWORD
    has_google, has_sent = Method.TOTP in made.methods, bool(SENT & set(made.methods))
    if made.session.due == Due.BOTH:
        if not has_google:
            raise errors.FactorNotServed
        return State.BOTH
    if not (has_google or has_sent):
        raise errors.FactorNotServed
    return State.GOOGLE if has_google else State.PLACE


def _cookies(made: SignIn, state: State) -> tuple[Cookie, ...]:
    lifetime = visits.LIFETIME if made.methods else sessions.ABSOLUTE_LIFETIME
    age = int(lifetime.total_seconds())
    cookies = (
        Cookie(session_cookie(), made.token, max_age=age),
        *told_cookies(state, uid=made.session.user.uid, name=name_of(made.session.user), age=age),
    )
    return (*cookies, Cookie(device_cookie(), made.device_token, max_age=DEVICE_SECONDS)) if made.device_token else cookies


def told_cookies(state: State, *, uid: int, name: str, age: int) -> tuple[Cookie, ...]:
    """What pages read of the state; a name may hold what cookies can't."""
    values = (str(int(state)), str(uid), quote(name, safe="*+"))
    return tuple(
        Cookie(cookie, value, max_age=age, http_only=False) for cookie, value in zip(shown_cookies(), values, strict=True)
    )


def signed_out() -> tuple[Cookie, ...]:
    """The state says out, everything else is taken back."""
    state, uid, name = shown_cookies()
    gone = tuple(Cookie(cookie, "", max_age=0) for cookie in (session_cookie(), uid, name))
    return (Cookie(state, str(int(State.OUT)), max_age=int(visits.LIFETIME.total_seconds()), http_only=False), *gone)
