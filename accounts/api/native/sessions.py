"""Logging in and out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, session_of
from accounts.api.native.captchas import CAPTCHA_REFUSALS, CaptchaInput, captcha_of
from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from accounts.models import Session
from accounts.services import code_login, login, sessions
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, PublicId, Secret, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode

NAMES = ("login", "email", "phone", "username")


class LoginInput(serializers.Serializer[Any]):
    """One name (`login` takes an email, a phone with +, a uid or a user name) and the password."""

    example_fields = ("login",)
    login = Text(max_length=254, required=False)
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    username = Text(max_length=254, required=False)
    password = Secret()
    device_token = Secret(max_length=64, required=False)
    captcha = CaptchaInput(required=False, allow_null=True, help_text="From the third failure of a name on.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one name."""
        given = [attrs[name] for name in NAMES if attrs.get(name)]
        if len(given) != 1:
            raise serializers.ValidationError({"login": "Exactly one of login, email, phone and username is due."})
        return {**attrs, "login": given[0]}


class CodeLoginInput(serializers.Serializer[Any]):
    """Exactly one of email and phone, and the code that was sent there for the purpose `login`."""

    example_fields = ("email",)
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    code = CodeField()
    device_token = Secret(max_length=64, required=False)
    captcha = CaptchaInput(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One address."""
        if bool(attrs.get("email")) == bool(attrs.get("phone")):
            raise serializers.ValidationError({"email": "Exactly one of email and phone is due."})
        return attrs


class SignInOutput(serializers.Serializer[Any]):
    """A session of which nothing more is due."""

    token = serializers.CharField()
    level = serializers.CharField(source="session.level")
    expires_at = TimestampField(source="session.expires_at")
    fresh_until = TimestampField(source="session.fresh_until")
    device_token = serializers.CharField(allow_null=True)


class SecondFactorDueOutput(serializers.Serializer[Any]):
    """A `pre2fa` session that waits for the second factor, for a code because the place is new, or for both.

    A code for a new place is sent for the purpose `other_place`.
    """

    token = serializers.CharField()
    level = serializers.CharField(source="session.level")
    expires_at = TimestampField(source="session.expires_at")
    due = serializers.CharField(source="session.due", help_text="second_factor, other_place or both")
    methods = serializers.ListField(child=serializers.CharField())


def signed_in(made: login.SignIn) -> Answer:
    """201 with a whole session, or 202 with one that waits for more."""
    return Answer(made, status=202, output=SecondFactorDueOutput) if made.methods else Answer(made)


class SessionOutput(serializers.Serializer[Any]):
    """One open session, without its token."""

    id = PublicId(source="public_id")
    current = serializers.BooleanField()
    level = serializers.CharField()
    device = serializers.CharField()
    os = serializers.CharField()
    browser = serializers.CharField()
    place = serializers.CharField(help_text="ISO code of the country")
    city = serializers.CharField(help_text="Empty where no GeoIP database is configured")
    signed_in_by = serializers.CharField()
    ip = serializers.CharField(allow_null=True)
    created_at = TimestampField()
    last_used_at = TimestampField()
    expires_at = TimestampField()


class SecondFactorInput(ProofInput):
    """The second factor. A passkey's challenge comes from `POST /passkey-challenges`, for `second_factor`."""

    device_token = Secret(max_length=64, required=False)


class Sessions(NativeView):
    """`POST|GET /api/v1/sessions`: log in; list the open sessions."""

    @operation(
        needs=Needs(login=False),
        input=LoginInput,
        output=SignInOutput,
        status=201,
        also={202: SecondFactorDueOutput},
        rate="120/m",
        summary="Log in with a password",
        refusals=(
            errors.WrongCredentials,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.AccountStopped,
            errors.CredentialsChanged,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """201 with a whole session, or 202 with one that waits for a second factor."""
        made = login.log_in(
            login=call.input["login"],
            password=call.input["password"],
            device_token=call.input.get("device_token"),
            client=client_of(call),
            captcha=captcha_of(call),
        )
        return signed_in(made)

    @operation(
        needs=Needs(level="low"),
        output=SessionOutput,
        page=Keyset("id"),
        summary="List the open sessions",
    )
    def get(self, call: Call) -> QuerySet[Session]:
        """Newest first; `current` is the one that asks."""
        return sessions.listed(call.user, current_id=call.credential.id if call.credential else 0)


class SessionsByCode(NativeView):
    """`POST /api/v1/sessions/by-code`: log in with a code that was sent to the own email or phone."""

    @operation(
        needs=Needs(login=False),
        input=CodeLoginInput,
        output=SignInOutput,
        status=201,
        also={202: SecondFactorDueOutput},
        rate="120/m",
        summary="Log in with a code",
        refusals=(
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            InvalidEmail,
            InvalidPhone,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.AccountStopped,
            errors.PasswordDue,
            errors.CredentialsChanged,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """201 with a whole session, or 202 with one that waits for a second factor."""
        made = code_login.log_in_by_code(
            email=call.input.get("email"),
            phone=call.input.get("phone"),
            code=call.input["code"],
            device_token=call.input.get("device_token"),
            client=client_of(call),
            captcha=captcha_of(call),
        )
        return signed_in(made)


class SessionById(NativeView):
    """`DELETE /api/v1/sessions/{id}`: end one session by its id, the `current` one, all `others`, or `all`."""

    @operation(needs=Needs(level="pre2fa"), summary="Log out")
    def delete(self, call: Call) -> None:
        """End it."""
        sessions.revoke(
            user=call.user,
            name=call.path["id"],
            current=session_of(call),
            client=client_of(call),
        )


class SecondFactor(NativeView):
    """`POST /api/v1/sessions/second-factor`: complete a `pre2fa` session, or make a full one fresh again."""

    @operation(
        needs=Needs(level="pre2fa"),
        input=SecondFactorInput,
        output=SignInOutput,
        status=201,
        also={202: SecondFactorDueOutput},
        rate="60/m",
        summary="Show the second factor, or the code that a new place asks for",
        refusals=(*REFUSALS, errors.SecondFactorNotDue, errors.DestinationMissing),
    )
    def post(self, call: Call) -> Answer:
        """A new token; the old one is dead. 202 where more is due."""
        made = login.complete(
            session=session_of(call),
            proof=proof_of(call),
            device_token=call.input.get("device_token"),
            client=client_of(call),
        )
        return signed_in(made)
