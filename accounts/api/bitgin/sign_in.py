"""Signing in and out on bitgin. Source: bitgin: Login, Authenticate 2FA When Login, logout, Check Login Status."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bitgin.authentication import TOKEN, uuid_of
from accounts.api.bitgin.calls import (
    CAPTCHA_REFUSALS,
    MANNERS,
    CaptchaInput,
    LanguageInput,
    captcha_of,
    client_of,
    device_of,
    language_of,
    signed_in,
)
from accounts.api.bitgin.users import BitginNameOutput
from accounts.api.native.calls import session_of
from accounts.models.passwords import Form
from accounts.services import login, second_steps, sessions
from accounts.services.login import SignIn
from config.dialects.bitgin.dialect import BitginView, logged_out, quiet
from config.kit.fields import CodeField, Secret, Text
from config.kit.operations import ANY_SCOPE, Answer, Call, Cookie, Needs, operation
from config.kit.scalars import NullOutput
from messaging.errors import CodeExpired, TooManyAttempts, TooManyCodes, WrongCode


class LoginInput(CaptchaInput, LanguageInput):
    """A user name or email, the SHA-256 of the password in hex, and from the third failure on a captcha."""

    loginName = Text(max_length=254, required=False, allow_blank=True, allow_null=True)
    password = Secret(required=False, allow_blank=True, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both, and the name first. Raises NameMissing."""
        if not attrs.get("loginName"):
            raise errors.NameMissing
        if not attrs.get("password"):
            raise serializers.ValidationError({"password": ["This field is required."]})
        return attrs


class TotpInput(serializers.Serializer[Any]):
    """A code of the authenticator app, or the one that was sent where that is due."""

    totpCode = CodeField()


class LoginOutput(BitginNameOutput):
    """Who signs in; `is2FA` also where a code that is sent is due."""

    def to_representation(self, instance: SignIn) -> dict[str, Any]:  # type: ignore[override]  # of a sign-in, not of its user
        """In the words of the document."""
        told = super().to_representation(instance.session.user)
        return {**told, "is2FA": told["is2FA"] or bool(instance.methods)}


class SecondStepOutput(serializers.Serializer[Any]):
    """The new token. The document's other fields never had a meaning here and are as empty as in its sample."""

    accountTokenInfo = serializers.CharField(allow_null=True)
    bandGoogle = serializers.BooleanField()
    errorcode = serializers.CharField(allow_null=True)
    fiat = serializers.BooleanField()
    isFiat = serializers.BooleanField()
    key = serializers.CharField(allow_null=True)
    msg = serializers.CharField(allow_null=True)
    secretKey = serializers.CharField(allow_null=True)
    token = serializers.CharField()
    tokenUuid = serializers.CharField()
    userinfo = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)

    def to_representation(self, instance: SignIn) -> dict[str, Any]:
        """In the words of the document."""
        told: dict[str, Any] = dict.fromkeys(self.fields)
        off = {"bandGoogle": False, "fiat": False, "isFiat": False}
        return {**told, **off, "token": instance.token, "tokenUuid": uuid_of(instance.token)}


class LoginStatusOutput(serializers.Serializer[Any]):
    """Whether somebody is signed in."""

    isLogin = serializers.BooleanField()


class LoginStatus(BitginView):
    """GET /v1/login_status. Source: bitgin: Check Login Status."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True, level="low", scope=ANY_SCOPE),
        output=LoginStatusOutput,
        summary="Tell whether somebody is signed in",
    )
    def get(self, call: Call) -> dict[str, bool]:
        """False without a session, with one that is over, and while a second step is due."""
        return {"isLogin": call.credential is not None}


class Login(BitginView):
    """POST /v1/login. Source: bitgin: Login."""

    @operation(
        needs=Needs(login=False),
        input=LoginInput,
        output=LoginOutput,
        envelope=quiet,
        rate="120/m",
        summary="Log in with a password",
        refusals=(
            errors.NameMissing,
            errors.WrongCredentials,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.AccountStopped,
            errors.CredentialsChanged,
            errors.FactorNotServed,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The customer, and the token in header and cookie; with a second step due it opens `check/2FA` alone."""
        made = login.log_in(
            login=call.input["loginName"],
            password=call.input["password"],
            form=Form.SHA256,
            client=client_of(call),
            device_token=device_of(call),
            captcha=captcha_of(call),
            manners=MANNERS,
        )
        second_steps.prepare(made, language=language_of(call), ip=call.ip)
        return signed_in(made, made)


class CheckSecondFactor(BitginView):
    """POST /v1/user/check/2FA. Source: bitgin: Authenticate 2FA When Login."""

    @operation(
        needs=Needs(level="pre2fa"),
        input=TotpInput,
        output=SecondStepOutput,
        envelope=quiet,
        rate="60/m",
        summary="Show the second step of a log-in",
        refusals=(
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            TooManyCodes,
            errors.SecondFactorNotDue,
            errors.SecondFactorRequired,
            errors.DestinationMissing,
            errors.FactorNotServed,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The new token; the old one is dead. Where the place is new as well, one more code is sent, to be shown alike."""
        session = session_of(call)
        made = login.complete(
            session=session,
            proof=second_steps.proof_of(session, call.input["totpCode"]),
            client=client_of(call),
            device_token=device_of(call),
            manners=MANNERS,
        )
        second_steps.prepare(made, language=call.language, ip=call.ip)
        return signed_in(made, made)


class Logout(BitginView):
    """POST /v1/logout. Source: bitgin: logout."""

    @operation(needs=Needs(level="pre2fa"), output=NullOutput, envelope=logged_out, summary="End the session")
    def post(self, call: Call) -> Answer:
        """Nothing; the token is dead and its cookie taken back."""
        sessions.revoke(user=call.user, name="current", current=session_of(call), client=client_of(call))
        return Answer(None, status=200, cookies=(Cookie(TOKEN, "", max_age=0),))
