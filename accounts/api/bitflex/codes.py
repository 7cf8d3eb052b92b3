"""Sending codes on bitflex. Source: bitflex: 发送邮箱验证码, 发送短信验证码; gaps.md, bitflex."""

from __future__ import annotations

import json

from django.conf import settings

from accounts import errors
from accounts.api.bitflex.code_inputs import LOGIN, REGISTER, PublicEmailInput, PublicSmsInput
from accounts.api.native.calls import client_of, session_of
from accounts.models.sessions import Due
from accounts.services import code_requests, password_recovery, sessions
from accounts.services.captcha_doors import Captcha
from accounts.services.second_factor import Method
from config.dialects.bitflex.dialect import BitflexView
from config.kit.errors import InvalidInput
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
    "ADD_WITHDRAW_ADDRESS": Purpose.TRUSTED_ADDRESS,
    "BIND_EMAIL": Purpose.SECURITY_SETTINGS,
    "BIND_PHONE": Purpose.SECURITY_SETTINGS,
}
"""`type` → what a code to the customer's own address is good for. That of a new address is sent before it is named, and bound
to the session. That of a withdrawal is sent where one waits for it (`wallet.api.bitflex`)."""
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


def captcha_of(call: Call, *, is_due: bool = True) -> Captcha:
    """The captcha that came: all of a page's four parts, or the session alone of a client that says to be an app."""
    return Captcha(_answer(call), kinds=(CaptchaKind.ALIYUN,), is_due=is_due)


def _answer(call: Call) -> CaptchaAnswer | None:
    said = {name: call.input.get(name) or "" for name in ("session_id", "sig", "token", "scene")}
    extra = {name: said[name] for name in ("token", "scene")}
    if said["sig"] or any(extra.values()):
        is_whole = all(said.values()) and said["scene"] in settings.ALIYUN_CAPTCHA_SCENES
        return CaptchaAnswer(CaptchaKind.ALIYUN, said["session_id"], said["sig"], extra) if is_whole else None
    device = app_device(call.request.headers.get("X-CLIENT", ""))
    return None if device is None else CaptchaAnswer(CaptchaKind.ALIYUN, said["session_id"], device=device)


def app_device(text: str) -> str | None:
    """The device that `X-CLIENT` names; None where it is not what apps send.

    It opens nothing: answers of apps have stricter budgets of their own, one for the address and one for the device.
    """
    if not 0 < len(text) <= CLIENT_LENGTH_MAX:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or str(said.get("client_type", "")).upper() not in {"ANDROID", "ANDRIOD", "IOS"}:
        return None
    return str(said.get("device_id", ""))


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
        _recover(call, captcha, email=email, phone=phone)
    return True


def _recover(call: Call, captcha: Captcha, *, email: str | None, phone: str | None) -> None:
    language, client = call.language, client_of(call)
    if email or phone:
        channel, destination = (Channel.EMAIL, email) if email else (Channel.SMS, phone)
        password_recovery.start(
            channel=channel, destination=destination or "", language=language, client=client, captcha=captcha
        )
    else:
        password_recovery.start_by_bare_phone(number=call.input["phone"], language=language, client=client, captcha=captcha)


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
    send = code_requests.ask_unnamed if purpose in code_requests.UNNAMED else code_requests.ask
    send(
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
            return public(call, email=None, phone=phone_of(call) if call.input.get("area_code") else None)
        session = sessions.waiting(call.input["sms_token"])
        code_requests.ask_captcha(captcha_of(call), ip=call.ip)
        purpose = Purpose.OTHER_PLACE if session.due == Due.OTHER_PLACE else Purpose.SECOND_FACTOR
        if not session.user.phone:
            raise errors.DestinationMissing(channel="phone")
        code_requests.ask(
            purpose=purpose, email=None, phone=session.user.phone, session=session, language=call.language, ip=call.ip
        )
        return True


def own_by_email(call: Call) -> bool:
    """Send a code by email to who is signed in."""
    return own(call, method=Method.EMAIL, bind=Purpose.EMAIL_BIND, new=call.input.get("email") or "")


def own_by_sms(call: Call) -> bool:
    """Send a code by SMS to who is signed in."""
    new = phone_of(call) if call.input.get("phone") and call.input.get("area_code") else ""
    return own(call, method=Method.PHONE, bind=Purpose.PHONE_BIND, new=new)
