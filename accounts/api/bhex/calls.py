"""What bhex's endpoints share: the captcha, the sender, and the answer that signs a browser in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts.api.bhex.authentication import ACCOUNT, CSRF, DEVICE, TOKEN, USER, csrf_token
from accounts.api.bhex.users import account_id
from accounts.api.native.calls import client_of, session_of
from accounts.errors import SecondFactorRequired
from accounts.models.attempts import Scope
from accounts.services import sessions
from accounts.services.attempts import Budget
from accounts.services.captcha_doors import Captcha
from accounts.services.login import SignIn
from accounts.services.manners import Manners
from accounts.services.second_factor import Method, Proof
from config.dialects.bhex.fields import OptionalOrder, VerifyCode
from config.kit.errors import InvalidInput
from config.kit.fields import Text
from config.kit.operations import Call, Cookie
from messaging.errors import (
    CaptchaRequired,
    CaptchaUnavailable,
    CaptchaWrong,
    CodeExpired,
    TooManyAttempts,
    TooManyCaptchas,
    WrongCode,
)
from messaging.models import CaptchaKind
from messaging.services.captchas import CaptchaAnswer

__all__ = ["client_of", "session_of"]

LOCKING = Budget(timedelta(hours=24), ((5, 24 * 3_600),))
"""The fifth failure locks for a day. Source: gaps.md, bhex, "Login"."""
MANNERS = Manners(
    waiting=timedelta(hours=2),
    waiting_token_length=32,
    always_two_steps=True,
    password_after_code=True,
    budgets={Scope.NAME: LOCKING, Scope.DEVICE: LOCKING},
    captcha_after_failures=False,
)
"""How a log-in goes here: the numbers of its failures follow each other, no captcha comes between. Source: gaps.md, bhex."""
NO_CAPTCHA = Captcha(is_waived=True)
"""Where the document has no place for one: it was taken when the code was asked for. Source: gaps.md, bhex, "Captcha only"."""
AUTH_TYPES = {1: Method.PHONE, 2: Method.EMAIL, 3: Method.TOTP}
AUTH_WORDS = {Method.PHONE: "MOBILE", Method.EMAIL: "EMAIL", Method.TOTP: "GA"}
"""`auth_type` and `authType`. Source: bhex: 登录二次验证; endpoints, bhex_auth_type."""
DEVICE_SECONDS = 365 * 24 * 3_600
PROOF_REFUSALS = (SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts)
"""What an endpoint refuses that asks for a second factor."""
CAPTCHA_REFUSALS = (CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable)


class CaptchaInput(serializers.Serializer[Any]):
    """A Geetest answer, where one is asked for."""

    captcha_id = Text(max_length=512, required=False, allow_blank=True)
    captcha_response = Text(max_length=8192, required=False, allow_blank=True)


def captcha_of(call: Call) -> Captcha:
    """What the request says of a captcha."""
    said = call.input.get("captcha_id") or "", call.input.get("captcha_response") or ""
    answer = CaptchaAnswer(CaptchaKind.GEETEST_V3, *said) if any(said) else None
    return Captcha(answer, kinds=(CaptchaKind.GEETEST_V3, CaptchaKind.GEETEST, CaptchaKind.PICTURE))


class ProofInput(serializers.Serializer[Any]):
    """A second factor: by which way, its order where a code was sent, and the code."""

    auth_type = serializers.ChoiceField(choices=sorted(AUTH_TYPES))
    order_id = OptionalOrder()
    verify_code = VerifyCode()


def proof_of(call: Call) -> Proof:
    """The second factor that the request shows. Raises InvalidInput where a code that was sent comes without its order."""
    return proof(int(call.input["auth_type"]), call.input["order_id"], call.input["verify_code"])


def proof(auth_type: int, order: str, code: str) -> Proof:
    """The second factor of these three. Raises InvalidInput."""
    method = AUTH_TYPES[auth_type]
    if method == Method.TOTP:
        return Proof(method, code)
    if not order:
        raise InvalidInput(fields={"order_id": ["This field is required."]})
    return Proof(method, code, order=order)


def signed_in(made: SignIn) -> tuple[Cookie, ...]:
    """The cookies of a browser that is signed in now."""
    age = int(sessions.ABSOLUTE_LIFETIME.total_seconds())
    user = made.session.user
    cookies = (
        Cookie(TOKEN, made.token, max_age=age),
        Cookie(USER, str(user.uid), max_age=age, http_only=False),
        Cookie(ACCOUNT, account_id(user), max_age=age, http_only=False),
        Cookie(CSRF, csrf_token(made.session), max_age=age, http_only=False),
    )
    return (*cookies, Cookie(DEVICE, made.device_token, max_age=DEVICE_SECONDS)) if made.device_token else cookies


def signed_out() -> tuple[Cookie, ...]:
    """The same cookies taken back."""
    return tuple(Cookie(name, "", max_age=0) for name in (TOKEN, USER, ACCOUNT, CSRF))


def device_of(call: Call) -> str | None:
    """The token of a device that signed in before."""
    return call.request.COOKIES.get(DEVICE) or None
