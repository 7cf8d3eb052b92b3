"""Signing up and in by a code alone, on bhex. Source: bhex: 快捷注册, 快捷登录, 快捷登录二次验证."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import MANNERS, NO_CAPTCHA, client_of, device_of, signed_in
from accounts.api.bhex.oauth_codes import REFUSALS as OAUTH_REFUSALS
from accounts.api.bhex.oauth_codes import OAuthFields, check, code_of
from accounts.api.bhex.password_fields import digest_or_plain
from accounts.api.bhex.sign_in import Signing, SignInOutput, answer
from accounts.api.bhex.sign_up import REFUSALS as SIGN_UP_REFUSALS
from accounts.api.bhex.sign_up import CodeFields, welcome
from accounts.api.bhex.users import BhexUserOutput
from accounts.services import code_login, registration, sessions
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import Digest, Email, Mobile, NationalCode, Order, VerifyCode, phone_of
from config.kit.fields import Secret
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode

MOBILE, EMAIL = "mobile", "email"
NEEDED = {MOBILE: ("national_code", "mobile"), EMAIL: ("email",)}
"""What each way needs; the document marks all as due, and says so of each in its remarks."""


class AddressInput(serializers.Serializer[Any]):
    """By phone or by email, as `way` says; what belongs to the other way is not looked at."""

    way = ""
    national_code = NationalCode(required=False, allow_blank=True)
    mobile = Mobile(required=False, allow_blank=True)
    email = Email(required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Without the other way's parameters."""
        if isinstance(data, Mapping):
            other = NEEDED[EMAIL if data.get(self.way) == MOBILE else MOBILE]
            data = {name: data[name] for name in data if name not in other}
        return dict(super().to_internal_value(data))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the way needs has to be there."""
        missing = {name: ["This field is required."] for name in NEEDED[attrs[self.way]] if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return dict(super().validate(attrs))


class QuickSignUpInput(AddressInput, CodeFields):
    """The way, the address, and the code that proves it."""

    way = "register_type"
    register_type = serializers.ChoiceField(choices=tuple(NEEDED))


class QuickAuthorizeInput(AddressInput, OAuthFields):
    """The way, the address, and the code that was sent there."""

    way = "login_type"
    login_type = serializers.ChoiceField(choices=tuple(NEEDED))
    order_id = Order()
    verify_code = VerifyCode()


class QuickAdvanceInput(OAuthFields):
    """The log-in that waits, and the password: the document doesn't say here that it is a digest."""

    request_id = Secret(max_length=64)
    password = Digest()


class QuickAuthorizeOutput(SignInOutput):
    """Whether the password is due, what waits otherwise, or the customer."""

    needCheckPassword = serializers.BooleanField()

    def to_representation(self, instance: Signing) -> dict[str, Any]:
        """In the words of the document; the word for the second factor is there where one is due as well."""
        made, told = instance.made, super().to_representation(instance)
        if made.waits_for_password:
            told |= {"requestId": made.token, "user": None}
        return {"needCheckPassword": made.waits_for_password, **told}


class QuickSignUp(BhexView):
    """POST /api/user/quick_sign_up. Source: bhex: 快捷注册."""

    @operation(
        needs=Needs(login=False),
        input=QuickSignUpInput,
        output=BhexUserOutput,
        rate="60/m",
        summary="Open an account by a code alone",
        refusals=SIGN_UP_REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """The new customer without a password, signed in."""
        check(call)
        made = registration.register_by_code(
            email=call.input.get("email"),
            phone=phone_of(call.input),
            code=call.input["verify_code"],
            order=call.input["order_id"],
            referral_code=call.input.get("invite_code") or None,
            language=call.language,
            client=client_of(call),
            device_token=device_of(call),
            captcha=NO_CAPTCHA,
        )
        return welcome(call, made)


class QuickAuthorize(BhexView):
    """POST /api/user/quick_authorize. Source: bhex: 快捷登录."""

    @operation(
        needs=Needs(login=False),
        input=QuickAuthorizeInput,
        output=QuickAuthorizeOutput,
        rate="120/m",
        summary="Log in by a code",
        refusals=(
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            InvalidEmail,
            InvalidPhone,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.AccountStopped,
            errors.CredentialsChanged,
            errors.FactorNotServed,
            *OAUTH_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The password is due where the account has one; else the second factor where one is on; else it is whole."""
        check(call)
        made = code_login.log_in_by_code(
            email=call.input.get("email"),
            phone=phone_of(call.input),
            code=call.input["verify_code"],
            order=call.input["order_id"],
            client=client_of(call),
            device_token=device_of(call),
            captcha=NO_CAPTCHA,
            manners=MANNERS,
        )
        if made.waits_for_password or made.methods:
            return Answer(Signing(made, call.language), output=QuickAuthorizeOutput)
        told = Signing(made, call.language, code_of(call, made.session))
        return Answer(told, output=QuickAuthorizeOutput, cookies=signed_in(made))


class QuickAuthorizeAdvance(BhexView):
    """POST /api/user/quick_authorize_advance. Source: bhex: 快捷登录二次验证."""

    @operation(
        needs=Needs(login=False),
        input=QuickAdvanceInput,
        output=BhexUserOutput,
        rate="120/m",
        summary="Show the password after a code",
        refusals=(
            errors.WrongCredentials,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.WaitingSessionInvalid,
            errors.PasswordNotDue,
            errors.SecondFactorNotDue,
            errors.FactorNotServed,
            *OAUTH_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The customer, signed in; or what waits still, as a first step tells it, where a second factor is on."""
        check(call)
        given = digest_or_plain(call.input["password"])
        made = code_login.show_password(
            session=sessions.waiting(call.input["request_id"]),
            password=given.text,
            form=given.form,
            client=client_of(call),
            device_token=device_of(call),
            manners=MANNERS,
        )
        if made.methods:
            return answer(call, made)
        return welcome(call, made)
