"""Opening an account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.models import User
from accounts.services import registration
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode


class RegistrationInput(serializers.Serializer[Any]):
    """Exactly one of email and phone, and the code that was sent there."""

    example_fields = ("email",)
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    username = Text(max_length=32, required=False)
    password = Secret()
    code = CodeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way in."""
        if bool(attrs.get("email")) == bool(attrs.get("phone")):
            raise serializers.ValidationError({"email": "Exactly one of email and phone is due."})
        return attrs


class RegistrationOutput(serializers.Serializer[Any]):
    """The new account."""

    uid = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    username = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    registered_at = TimestampField()


class Registration(NativeView):
    """`POST /api/v1/registration`: open an account with a code that was sent for the purpose `registration`."""

    @operation(
        needs=Needs(login=False),
        input=RegistrationInput,
        output=RegistrationOutput,
        status=201,
        rate="60/m",
        summary="Open an account",
        refusals=(
            errors.PasswordRefused,
            errors.UsernameInvalid,
            errors.UsernameTaken,
            errors.AlreadyRegistered,
            errors.PhoneCountryClosed,
            InvalidEmail,
            InvalidPhone,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
        ),
    )
    def post(self, call: Call) -> User:
        """Open it."""
        return registration.register(
            email=call.input.get("email"),
            phone=call.input.get("phone"),
            username=call.input.get("username"),
            password=call.input["password"],
            code=call.input["code"],
            language=call.language,
            ip=call.ip,
            user_agent=call.user_agent,
        )
