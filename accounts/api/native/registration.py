"""Opening an account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, session_of
from accounts.api.native.captchas import CAPTCHA_REFUSALS, CaptchaInput, captcha_of
from accounts.api.native.codes import CodeOutput
from accounts.api.native.sessions import SignInOutput
from accounts.services import activation, login, registration
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, Secret, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, TooManyCodes, WrongCode


class RegistrationInput(serializers.Serializer[Any]):
    """Exactly one of email and phone, and at least one of password and code.

    With both, the code was sent for the purpose `registration`. A code without a password was sent for the purpose
    `quick_registration`; the account is signed in at once and may set a password later. A password without a code (email
    only) opens an account that waits for its activation.
    """

    example_fields = ("email", "password", "code")
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    username = Text(max_length=32, required=False)
    password = Secret(required=False)
    code = CodeField(required=False)
    referral_code = Text(max_length=32, required=False, allow_blank=True)
    device_token = Secret(max_length=64, required=False)
    captcha = CaptchaInput(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One address, and something to prove it or to come back with."""
        if bool(attrs.get("email")) == bool(attrs.get("phone")):
            raise serializers.ValidationError({"email": "Exactly one of email and phone is due."})
        if not attrs.get("password") and not attrs.get("code"):
            raise serializers.ValidationError({"code": "A code, a password or both are due."})
        if not attrs.get("code") and attrs.get("phone"):
            raise serializers.ValidationError({"code": "A phone opens an account with its code only."})
        return attrs


class RegistrationOutput(serializers.Serializer[Any]):
    """The new account."""

    uid = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    username = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    registered_at = TimestampField()


class QuickOutput(SignInOutput):
    """The new account's first session."""

    uid = serializers.CharField(source="session.user.uid")


class Registration(NativeView):
    """`POST /api/v1/registration`: open an account with a code, a password or both."""

    @operation(
        needs=Needs(login=False),
        input=RegistrationInput,
        output=RegistrationOutput,
        status=201,
        also={202: CodeOutput},
        rate="60/m",
        summary="Open an account",
        refusals=(
            errors.PasswordRefused,
            errors.UsernameInvalid,
            errors.UsernameTaken,
            errors.AlreadyRegistered,
            errors.EmailTaken,
            errors.PhoneCountryClosed,
            errors.ReferralUnknown,
            errors.ReferralLocked,
            errors.AddressLocked,
            InvalidEmail,
            InvalidPhone,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """201 with the account, by code alone with its first session; 202 where it waits for activation."""
        said = {name: call.input.get(name) or None for name in ("username", "referral_code")}
        common: dict[str, Any] = {**said, "language": call.language, "captcha": captcha_of(call)}
        email, phone, code, password = (call.input.get(name) for name in ("email", "phone", "code", "password"))
        if not code:
            sent = registration.register_unproven(email=email or "", password=password or "", client=client_of(call), **common)
            return Answer(sent, status=202, output=CodeOutput)
        if not password:
            made = registration.register_by_code(
                email=email,
                phone=phone,
                code=code,
                client=client_of(call),
                device_token=call.input.get("device_token"),
                **common,
            )
            return Answer(made, output=QuickOutput)
        user = registration.register(
            email=email, phone=phone, code=code, password=password, ip=call.ip, user_agent=call.user_agent, **common
        )
        return Answer(user)


class ActivationInput(serializers.Serializer[Any]):
    """The code that was mailed for the purpose `activation`."""

    code = CodeField()


class Activation(NativeView):
    """`POST /api/v1/activation`: show the mailed code; the session rises to a full one."""

    @operation(
        needs=Needs(level="low"),
        input=ActivationInput,
        output=SignInOutput,
        status=201,
        rate="60/m",
        summary="Activate the own account",
        refusals=(errors.AlreadyActivated, WrongCode, CodeExpired, TooManyAttempts),
    )
    def post(self, call: Call) -> login.SignIn:
        """A new token; the old one is dead."""
        return activation.activate(session=session_of(call), code=call.input["code"], client=client_of(call))
