"""Sending codes on bitflex. Source: bitflex: 发送邮箱验证码, 发送短信验证码; gaps.md, bitflex."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, session_of
from accounts.models.sessions import Due
from accounts.services import code_requests, password_recovery, sessions
from accounts.services.captcha_doors import Captcha
from accounts.services.second_factor import Method
from config.dialects.bitflex.dialect import BitflexView
from config.kit.errors import InvalidInput
from config.kit.fields import Secret, Text
from config.kit.operations import Call, Needs, operation
from config.kit.scalars import TrueOutput
from messaging.errors import (
    CaptchaRequired,
    CaptchaUnavailable,
    CaptchaWrong,
    InvalidEmail,
    InvalidPhone,
    TooManyCaptchas,
    TooManyCodes,
)
from messaging.models import CaptchaKind, Channel, Purpose
from messaging.services.captchas import CaptchaAnswer

REGISTER, LOGIN, RESET = "REGISTER", "LOGIN", "RESET_LOGIN_PASSWD"
OWN: dict[str, Purpose] = {
    "BIND_GOOGLE": Purpose.TOTP_BIND,
    "CHANGE_LOGIN_PASSWD": Purpose.PASSWORD_CHANGE,
    "SET_ANTI_PHISHING_CODE": Purpose.ANTI_PHISHING,
    "RESET_PIN": Purpose.TRADE_PASSWORD_RESET,
    "CREATE_API": Purpose.API_KEY,
    "UPDATE_API": Purpose.API_KEY_CHANGE,
    "DELETE_API": Purpose.API_KEY_DELETE,
    "ADD_SUB_USER": Purpose.SUB_ACCOUNT_ADD,
    "DELETE_SUB_USER": Purpose.SUB_ACCOUNT_DELETE,
    "RESET_SUB_PASSWD": Purpose.SUB_ACCOUNT_PASSWORD,
    "WITHDRAW": Purpose.WITHDRAWAL,
    "ADD_WITHDRAW_ADDRESS": Purpose.TRUSTED_ADDRESS,
    "BIND_EMAIL": Purpose.SECURITY_SETTINGS,
    "BIND_PHONE": Purpose.SECURITY_SETTINGS,
}
"""`type` → what a code to the customer's own address is good for. Codes of a withdrawal or an address are bound to that one
thing, whose own door sends them: here they are refused."""
BY_EMAIL = (
    "BIND_EMAIL",
    "BIND_PHONE",
    "BIND_GOOGLE",
    "CHANGE_LOGIN_PASSWD",
    "SET_ANTI_PHISHING_CODE",
    "WITHDRAW",
    "ADD_WITHDRAW_ADDRESS",
)
BY_SMS = (
    "BIND_PHONE",
    "BIND_EMAIL",
    "RESET_PIN",
    "WITHDRAW",
    "ADD_WITHDRAW_ADDRESS",
    "CREATE_API",
    "UPDATE_API",
    "DELETE_API",
    "ADD_SUB_USER",
    "DELETE_SUB_USER",
    "RESET_SUB_PASSWD",
    "CHANGE_LOGIN_PASSWD",
    "BIND_GOOGLE",
)
SCENE = "ic_message"
CLIENT_LENGTH_MAX = 1_000
CAPTCHA_REFUSALS = (CaptchaRequired, CaptchaWrong, TooManyCaptchas, CaptchaUnavailable)
PUBLIC = (
    InvalidEmail,
    InvalidPhone,
    TooManyCodes,
    errors.PhoneCountryClosed,
    errors.EmailTaken,
    errors.PhoneTaken,
    errors.AccountUnknown,
    *CAPTCHA_REFUSALS,
)
SIGNED_IN = (
    InvalidEmail,
    InvalidPhone,
    TooManyCodes,
    errors.PurposeElsewhere,
    errors.PhoneCountryClosed,
    errors.DestinationMissing,
    errors.AuthenticatorDue,
    errors.ContactTaken,
    errors.ContactUnchanged,
    errors.ContactNotBound,
    errors.NotForSubAccounts,
)


class CaptchaInput(serializers.Serializer[Any]):
    """Aliyun's answer: apps bring the session alone, pages all four."""

    session_id = Text(max_length=512)
    sig = Text(max_length=1024, required=False, allow_blank=True)
    token = Text(max_length=1024, required=False, allow_blank=True)
    scene = Text(max_length=64, required=False, allow_blank=True)


class LaterCaptchaInput(CaptchaInput):
    """The same where it is asked for after failures only."""

    session_id = Text(max_length=512, required=False, allow_blank=True)


class PublicEmailInput(CaptchaInput):
    """A code to register, or to reset a password."""

    email = Text(max_length=254)
    type = serializers.ChoiceField(choices=(REGISTER, RESET))


class PublicSmsInput(CaptchaInput):
    """The same by SMS, or the code of a log-in that waits."""

    phone = Text(max_length=24, required=False, allow_blank=True)
    area_code = Text(max_length=8, required=False, allow_blank=True)
    sms_token = Secret(max_length=64, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=(REGISTER, LOGIN, RESET))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A log-in is named by its token, everything else by the phone with its area."""
        needed = ("sms_token",) if attrs["type"] == LOGIN else ("phone", "area_code")
        missing = {name: ["This field is required."] for name in needed if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class OwnEmailInput(serializers.Serializer[Any]):
    """A code by email to who is signed in; to another address only where it is to be bound."""

    email = Text(max_length=254, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=BY_EMAIL)


class OwnSmsInput(serializers.Serializer[Any]):
    """A code by SMS to who is signed in; to another phone only where it is to be bound."""

    phone = Text(max_length=24, required=False, allow_blank=True)
    area_code = Text(max_length=8, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=BY_SMS)


def captcha_of(call: Call, *, is_due: bool = True) -> Captcha:
    """The captcha that came. Only a client that says to be an app may bring the session alone."""
    said = call.input
    extra = {name: said[name] for name in ("token", "scene") if said.get(name)}
    answer = CaptchaAnswer(CaptchaKind.ALIYUN, said.get("session_id") or "", said.get("sig") or "", extra)
    from_an_app = not answer.answer and not extra
    if from_an_app and not is_app(call.request.headers.get("X-CLIENT", "")):
        return Captcha(None, kinds=(CaptchaKind.ALIYUN,), is_due=is_due)
    return Captcha(answer, kinds=(CaptchaKind.ALIYUN,), is_due=is_due)


def is_app(text: str) -> bool:
    """Whether `X-CLIENT` is what apps send. It opens nothing: an app's answers have a stricter budget of their own."""
    if not 0 < len(text) <= CLIENT_LENGTH_MAX:
        return False
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and str(said.get("client_type", "")).upper() in {"ANDROID", "ANDRIOD", "IOS"}


def phone_of(call: Call) -> str:
    """Phone with its area, as one text."""
    area = call.input["area_code"].removeprefix("+")
    return f"+{area}{call.input['phone']}"


def public(call: Call, *, email: str | None, phone: str | None) -> bool:
    """Send what anybody may ask for."""
    captcha = captcha_of(call)
    if call.input["type"] == REGISTER:
        code_requests.ask(
            purpose=Purpose.REGISTRATION,
            email=email,
            phone=phone,
            session=None,
            language=call.language,
            ip=call.ip,
            captcha=captcha,
        )
    else:
        channel, destination = (Channel.EMAIL, email or "") if email else (Channel.SMS, phone or "")
        password_recovery.start(
            channel=channel, destination=destination, language=call.language, client=client_of(call), captcha=captcha
        )
    return True


def own(call: Call, *, method: Method, bind: Purpose, new: str) -> bool:
    """Send a code to the customer's own address, or to the `new` one where that is to be bound."""
    session = session_of(call)
    name = "email" if method == Method.EMAIL else "phone"
    binds_new = call.input["type"] == f"BIND_{name.upper()}"
    if binds_new and not new:
        raise InvalidInput(fields={name: ["This field is required."]})
    purpose = bind if binds_new else OWN[call.input["type"]]
    address = new if binds_new else str(getattr(session.user, name) or "")
    if not address:
        raise errors.DestinationMissing(channel=name)
    code_requests.ask(
        purpose=purpose,
        email=address if method == Method.EMAIL else None,
        phone=address if method == Method.PHONE else None,
        session=session,
        language=call.language,
        ip=call.ip,
    )
    return True


class PublicEmail(BitflexView):
    """POST /v1/message/public-email. Source: bitflex: 发送邮箱验证码（无登录状态下）."""

    @operation(
        needs=Needs(login=False),
        input=PublicEmailInput,
        output=TrueOutput,
        rate="60/m",
        summary="Send a code to an email address",
        refusals=PUBLIC,
    )
    def post(self, call: Call) -> bool:
        """Always true, whether there is an account or not."""
        return public(call, email=call.input["email"], phone=None)


class PublicSms(BitflexView):
    """POST /v1/message/public-sms. Source: bitflex: 发送短信验证码(无登录状态下)."""

    @operation(
        needs=Needs(login=False),
        input=PublicSmsInput,
        output=TrueOutput,
        rate="60/m",
        summary="Send a code to a phone, or of a log-in",
        refusals=(*PUBLIC, errors.WaitingSessionInvalid, errors.SecondFactorNotDue, errors.DestinationMissing),
    )
    def post(self, call: Call) -> bool:
        """Always true, whether there is an account or not."""
        if call.input["type"] != LOGIN:
            return public(call, email=None, phone=phone_of(call))
        session = sessions.waiting(call.input["sms_token"])
        code_requests.ask_captcha(captcha_of(call), ip=call.ip)
        purpose = Purpose.OTHER_PLACE if session.due == Due.OTHER_PLACE else Purpose.SECOND_FACTOR
        if not session.user.phone:
            raise errors.DestinationMissing(channel="phone")
        code_requests.ask(
            purpose=purpose, email=None, phone=session.user.phone, session=session, language=call.language, ip=call.ip
        )
        return True


class OwnEmail(BitflexView):
    """POST /v1/user/message/email. Source: bitflex: 发送邮箱验证码（登录状态下）."""

    @operation(
        needs=Needs(), input=OwnEmailInput, output=TrueOutput, rate="60/m", summary="Send a code by email", refusals=SIGNED_IN
    )
    def post(self, call: Call) -> bool:
        """To the own address."""
        return own(call, method=Method.EMAIL, bind=Purpose.EMAIL_BIND, new=call.input.get("email") or "")


class OwnSms(BitflexView):
    """POST /v1/user/message/sms. Source: bitflex: 发送短信验证码（登录状态下）."""

    @operation(
        needs=Needs(), input=OwnSmsInput, output=TrueOutput, rate="60/m", summary="Send a code by SMS", refusals=SIGNED_IN
    )
    def post(self, call: Call) -> bool:
        """To the own phone."""
        new = phone_of(call) if call.input.get("phone") and call.input.get("area_code") else ""
        return own(call, method=Method.PHONE, bind=Purpose.PHONE_BIND, new=new)
