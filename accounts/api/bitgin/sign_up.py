"""Opening an account on bitgin. Source: bitgin: Register, 2FA Verify, Get Verification Code."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bitgin.calls import (
    CAPTCHA_REFUSALS,
    CaptchaInput,
    LanguageInput,
    captcha_of,
    client_of,
    language_of,
    session_of,
)
from accounts.models.passwords import Form
from accounts.services import activation_names, name_codes, registration
from accounts.services.name_codes import Asked
from config.dialects.bitgin.dialect import BitginView, quiet
from config.kit.fields import CodeField, Secret, Text
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.scalars import NullOutput
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, TooManyCodes, WrongCode
from messaging.models import Channel

DONE = Answer(None, status=200)
"""`data: null`."""


class RegisterInput(LanguageInput):
    """User name, email, the SHA-256 of the password in hex, and a captcha."""

    username = Text(max_length=32)
    email = Text(max_length=254)
    password = Secret()
    captchaId = Text(max_length=64)
    captchaNumber = Secret(max_length=32)


class VerifyInput(serializers.Serializer[Any]):
    """The mailed code and whose it is."""

    loginName = Text(max_length=254)
    code = CodeField()


class CodeInput(CaptchaInput):
    """Who asks for a code, and to which phone; by mail without one. A captcha only where the installation asks for one."""

    loginName = Text(max_length=254)
    mobilePhone = Text(max_length=24, required=False, allow_blank=True, allow_null=True)


class CodeOutput(serializers.Serializer[Any]):
    """Where the code goes: one of both."""

    email = serializers.CharField(required=False)
    mobilePhone = serializers.CharField(required=False)

    def to_representation(self, instance: Asked) -> dict[str, Any]:
        """By the way that it takes."""
        return {"email" if instance.channel == Channel.EMAIL else "mobilePhone": instance.shown}


class Register(BitginView):
    """POST /v1/register. Source: bitgin: Register."""

    @operation(
        needs=Needs(login=False),
        input=RegisterInput,
        output=NullOutput,
        rate="60/m",
        summary="Open an account that waits for its mailed code",
        refusals=(
            errors.EmailTaken,
            errors.UsernameTaken,
            errors.UsernameInvalid,
            errors.PasswordRefused,
            InvalidEmail,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """Nothing, whether the email is taken or not; a code is mailed, or a word to whose email it is."""
        said = call.input
        registration.register_unproven(
            email=said["email"],
            username=said["username"],
            password=said["password"],
            form=Form.SHA256,
            language=language_of(call),
            client=client_of(call),
            captcha=captcha_of(call, is_due=True),
        )
        return DONE


class Verify(BitginView):
    """POST /v1/verify. Source: bitgin: 2FA Verify, "for regist flow"."""

    @operation(
        needs=Needs(login=False),
        input=VerifyInput,
        output=NullOutput,
        rate="60/m",
        summary="Activate an account with its mailed code",
        refusals=(WrongCode, CodeExpired, TooManyAttempts, errors.AddressLocked),
    )
    def post(self, call: Call) -> Answer:
        """Nothing; sessions that waited for it are whole."""
        activation_names.activate(login=call.input["loginName"], code=call.input["code"], client=client_of(call))
        return DONE


class ApplyVerificationCode(BitginView):
    """POST /v1/apply_verification_code. Source: bitgin: Get Verification Code."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True, level="low"),
        input=CodeInput,
        output=CodeOutput,
        envelope=quiet,
        rate="60/m",
        summary="Send a code by email or SMS",
        refusals=(
            errors.AccountUnknown,
            errors.AlreadyActivated,
            errors.NotForSubAccounts,
            InvalidPhone,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Asked:
        """Where it goes, in the words of who asked."""
        return name_codes.send(
            login=call.input["loginName"],
            phone=call.input.get("mobilePhone") or None,
            session=session_of(call),
            language=call.language,
            client=client_of(call),
            captcha=captcha_of(call),
        )
