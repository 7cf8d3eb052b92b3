"""Sending codes on bhex. Source: bhex: 发送验证码 and its kin; gaps.md, bhex, "Codes for signed-out users"."""

from __future__ import annotations

from accounts import errors
from accounts.api.bhex.calls import CAPTCHA_REFUSALS, captcha_of, client_of, session_of
from accounts.api.bhex.code_inputs import (
    EMAIL,
    PURPOSES,
    SMS,
    OrderOutput,
    PublicEmailInput,
    PublicInput,
    PublicSmsInput,
    ReceiverInput,
    TypeInput,
    WaitingInput,
    WaitingReceiverInput,
)
from accounts.models import Session
from accounts.services import code_requests, password_recovery, sessions
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import phone_of
from config.kit.errors import InvalidInput, NotSignedIn
from config.kit.operations import Call, Needs, operation
from messaging.errors import ChannelInvalid, InvalidEmail, InvalidPhone, TooManyCodes
from messaging.models import Channel, Purpose
from messaging.services.codes import SentCode

BINDS = {Purpose.PHONE_BIND, Purpose.EMAIL_BIND}
"""To the new destination a code is sent by the public addresses; to the present one it is a second factor."""
REFUSALS = (
    errors.PurposeElsewhere,
    errors.PhoneCountryClosed,
    errors.DestinationMissing,
    errors.AuthenticatorDue,
    errors.EmailTaken,
    errors.PhoneTaken,
    errors.AccountUnknown,
    errors.ContactUnchanged,
    errors.ContactNotBound,
    errors.NotForSubAccounts,
    errors.SecondFactorNotDue,
    errors.WaitingSessionInvalid,
    InvalidEmail,
    InvalidPhone,
    ChannelInvalid,
    TooManyCodes,
    *CAPTCHA_REFUSALS,
)


def ask(call: Call, *, email: str | None, phone: str | None) -> SentCode:
    """Send what a public address asks for: to a destination that is named."""
    purpose = PURPOSES[int(call.input["type"])]
    if purpose == Purpose.RECOVERY:
        channel, destination = (Channel.EMAIL, email or "") if email else (Channel.SMS, phone or "")
        return password_recovery.start(
            channel=channel, destination=destination, language=call.language, client=client_of(call), captcha=captcha_of(call)
        ).sent
    if purpose in code_requests.UNNAMED:
        return own_unnamed(call, purpose, email=email, phone=phone)
    return code_requests.ask(
        purpose=purpose,
        email=email,
        phone=phone,
        session=session_of(call) if call.credential else None,
        language=call.language,
        ip=call.ip,
        captcha=captcha_of(call),
    )


def ask_own(call: Call, receiver: int) -> SentCode:
    """Send a code to the customer's own phone or email."""
    purpose = PURPOSES[int(call.input["type"])]
    return own(call, Purpose.SECURITY_SETTINGS if purpose in BINDS else purpose, receiver, session_of(call))


def own(call: Call, purpose: Purpose, receiver: int, session: Session) -> SentCode:
    """Send a code of the purpose to the phone or email of whose session it is. Raises DestinationMissing, as `ask` else."""
    user = session.user
    destination = user.phone if receiver == SMS else user.email
    if not destination:
        raise errors.DestinationMissing(channel="phone" if receiver == SMS else "email")
    email, phone = (None, destination) if receiver == SMS else (destination, None)
    if purpose in code_requests.UNNAMED:
        return own_unnamed(call, purpose, email=email, phone=phone)
    if purpose not in code_requests.PURPOSES or purpose in code_requests.PUBLIC_DOORS:
        raise InvalidInput(fields={"type": ["No code of this type is sent here."]})
    return code_requests.ask(purpose=purpose, email=email, phone=phone, session=session, language=call.language, ip=call.ip)


def own_unnamed(call: Call, purpose: Purpose, *, email: str | None, phone: str | None) -> SentCode:
    """Send a code for a withdrawal, an address or a payment before that is named. Raises NotSignedIn, as the service else."""
    if not call.credential:
        raise NotSignedIn
    return code_requests.ask_unnamed(
        purpose=purpose, email=email, phone=phone, session=session_of(call), language=call.language, ip=call.ip
    )


class SendSms(BhexView):
    """POST /api/user/send_sms_verify_code. Source: bhex: 发送验证码-用户请求发送短信验证码 (struck out, and served)."""

    @operation(needs=Needs(), input=TypeInput, output=OrderOutput, rate="60/m", summary="Send a code by SMS", refusals=REFUSALS)
    def post(self, call: Call) -> SentCode:
        """To the own phone."""
        return ask_own(call, SMS)


class SendEmail(BhexView):
    """POST /api/user/send_email_verify_code. Source: bhex: 发送验证码-用户请求发送邮箱验证码 (struck out, and served)."""

    @operation(
        needs=Needs(), input=TypeInput, output=OrderOutput, rate="60/m", summary="Send a code by email", refusals=REFUSALS
    )
    def post(self, call: Call) -> SentCode:
        """To the own email."""
        return ask_own(call, EMAIL)


class Send(BhexView):
    """POST /api/user/send_verify_code. Source: bhex: 发送验证码."""

    @operation(needs=Needs(), input=ReceiverInput, output=OrderOutput, rate="60/m", summary="Send a code", refusals=REFUSALS)
    def post(self, call: Call) -> SentCode:
        """To the own phone or email."""
        return ask_own(call, int(call.input["receiver_type"]))


class SendSmsForLogin(BhexView):
    """POST /api/user/send_sms_verify_code/authorize_advance. Source: bhex: 用户登录二次验证发送短信验证码 (struck out)."""

    @operation(
        needs=Needs(login=False),
        input=WaitingInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send the code of a log-in by SMS",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To the phone of who logs in."""
        return for_login(call, SMS)


class SendEmailForLogin(BhexView):
    """POST /api/user/send_email_verify_code/authorize_advance. Source: bhex: 用户登录二次验证发送邮箱验证码 (struck out)."""

    @operation(
        needs=Needs(login=False),
        input=WaitingInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send the code of a log-in by email",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To the email of who logs in."""
        return for_login(call, EMAIL)


class SendForLogin(BhexView):
    """POST /api/user/send_verify_code/authorize_advance. Source: bhex: 用户登录二次验证发送验证码."""

    @operation(
        needs=Needs(login=False),
        input=WaitingReceiverInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send the code of a log-in",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To the phone or email of who logs in."""
        return for_login(call, int(call.input["receiver_type"]))


def for_login(call: Call, receiver: int) -> SentCode:
    """Send the code that a log-in waits for: of the second factor, or because the place is new."""
    session = sessions.waiting(call.input["request_id"])
    purpose = Purpose.OTHER_PLACE if session.due == "other_place" else Purpose.SECOND_FACTOR
    return own(call, purpose, receiver, session)


class CommonSms(BhexView):
    """POST /api/common/send_sms_verify_code. Source: gaps.md, bhex, "Codes for signed-out users"."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True),
        input=PublicSmsInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send a code to a phone",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To the phone that is named."""
        return ask(call, email=None, phone=phone_of(call.input))


class CommonEmail(BhexView):
    """POST /api/common/send_email_verify_code. Source: gaps.md, bhex, "Codes for signed-out users"."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True),
        input=PublicEmailInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send a code to an email address",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To the address that is named."""
        return ask(call, email=call.input["email"], phone=None)


class Common(BhexView):
    """POST /api/common/send_verify_code. Source: gaps.md, bhex, "Codes for signed-out users"."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True),
        input=PublicInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send a code to a phone or an email address",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> SentCode:
        """To what is named."""
        by_email = int(call.input["receiver_type"]) == EMAIL
        return ask(call, email=call.input["email"] if by_email else None, phone=None if by_email else phone_of(call.input))
