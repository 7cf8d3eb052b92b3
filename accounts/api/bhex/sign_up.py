"""Opening an account on bhex. Source: bhex: 手机号注册, 邮箱注册."""

from __future__ import annotations

from accounts import errors
from accounts.api.bhex.calls import MANNERS, NO_CAPTCHA, client_of, device_of, signed_in
from accounts.api.bhex.oauth_codes import REFUSALS as OAUTH_REFUSALS
from accounts.api.bhex.oauth_codes import OAuthFields, check, code_of
from accounts.api.bhex.password_fields import NewPasswordFields
from accounts.api.bhex.users import BhexUserOutput, shown
from accounts.models.passwords import Form
from accounts.models.sessions import SignedInBy
from accounts.services import devices, login, registration
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import Email, Mobile, NationalCode, Order, VerifyCode, phone_of
from config.kit.fields import Text
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode

REFUSALS = (
    errors.PasswordRefused,
    errors.PasswordsDiffer,
    errors.AlreadyRegistered,
    errors.PhoneCountryClosed,
    errors.ReferralUnknown,
    errors.ReferralLocked,
    errors.AddressLocked,
    errors.AccountStopped,
    errors.CredentialsChanged,
    InvalidEmail,
    InvalidPhone,
    WrongCode,
    CodeExpired,
    TooManyAttempts,
    *OAUTH_REFUSALS,
)


class CodeFields(OAuthFields):
    """The code that proves the address, and who invited."""

    order_id = Order()
    verify_code = VerifyCode()
    invite_code = Text(max_length=32, required=False, allow_blank=True)


class PasswordFields(CodeFields, NewPasswordFields):
    """And the password."""


class MobileSignUpInput(PasswordFields):
    """By phone."""

    national_code = NationalCode()
    mobile = Mobile()


class EmailSignUpInput(PasswordFields):
    """By email."""

    email = Email()


def welcome(call: Call, made: login.SignIn) -> Answer:
    """The customer, signed in, with the code for an application where one is named."""
    approved = code_of(call, made.session)
    return Answer(shown(made.session.user, language=call.language, approved=approved), cookies=signed_in(made))


def sign_up(call: Call, *, email: str | None, phone: str | None) -> Answer:
    """Open the account, and sign in at once."""
    check(call)
    client = client_of(call)
    user = registration.register(
        email=email,
        phone=phone,
        password=call.input["password1"],
        form=Form.MD5,
        code=call.input["verify_code"],
        order=call.input["order_id"],
        referral_code=call.input.get("invite_code") or None,
        language=call.language,
        ip=call.ip,
        user_agent=call.user_agent,
        captcha=NO_CAPTCHA,
    )
    made = login.admit(
        user=user,
        device=devices.find(device_of(call)),
        client=client,
        by=SignedInBy.REGISTRATION,
        manners=MANNERS,
        is_proven=True,
    )
    return welcome(call, made)


class MobileSignUp(BhexView):
    """POST /api/user/mobile_sign_up. Source: bhex: 手机号注册."""

    @operation(
        needs=Needs(login=False),
        input=MobileSignUpInput,
        output=BhexUserOutput,
        rate="60/m",
        summary="Open an account by phone",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """The new customer, signed in."""
        return sign_up(call, email=None, phone=phone_of(call.input))


class EmailSignUp(BhexView):
    """POST /api/user/email_sign_up. Source: bhex: 邮箱注册."""

    @operation(
        needs=Needs(login=False),
        input=EmailSignUpInput,
        output=BhexUserOutput,
        rate="60/m",
        summary="Open an account by email",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """The new customer, signed in."""
        return sign_up(call, email=call.input["email"], phone=None)
