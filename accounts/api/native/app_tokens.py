"""Fingerprint log-in: tokens that apps keep."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, session_of, who
from accounts.api.native.proofs import ProofInput, proof_of
from accounts.models import AppToken
from accounts.services import app_tokens
from config.dialects.native.dialect import NativeView
from config.kit.fields import Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode


class DeviceId(Secret):
    """The device's own name for itself: random, made by the app at its installation."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_length", app_tokens.DEVICE_ID_LENGTH_MIN)
        kwargs.setdefault("max_length", app_tokens.DEVICE_ID_LENGTH_MAX)
        super().__init__(**kwargs)


class AppTokenInput(ProofInput):
    """The device, what the customer calls it, and a proof for the purpose `app_token`."""

    device_id = DeviceId()
    name = Text(max_length=app_tokens.DEVICE_NAME_LENGTH_MAX, required=False, allow_blank=True, default="")


class IssuedOutput(serializers.Serializer[Any]):
    """A token, shown once."""

    id = serializers.CharField(source="family")
    token = serializers.CharField()
    device = serializers.CharField()
    expires_at = TimestampField()


class AppTokenOutput(serializers.Serializer[Any]):
    """A device that may sign in by fingerprint."""

    id = serializers.CharField(source="family")
    device = serializers.CharField()
    last_used_at = TimestampField(source="created_at")
    expires_at = TimestampField()


class SignInByAppTokenInput(serializers.Serializer[Any]):
    """The token and the device that it belongs to."""

    token = Secret(max_length=app_tokens.TOKEN_LENGTH)
    device_id = DeviceId()


class SignInByAppTokenOutput(serializers.Serializer[Any]):
    """A full session, not a fresh one, and the token for the next time: the one shown is spent."""

    token = serializers.CharField()
    level = serializers.CharField(source="session.level")
    expires_at = TimestampField(source="session.expires_at")
    app_token = IssuedOutput()


class AppTokens(NativeView):
    """`GET|POST /api/v1/me/app-tokens`: list the devices that sign in by fingerprint; turn it on for one."""

    @operation(needs=Needs(), output=AppTokenOutput, page=Keyset("id"), summary="List the devices with fingerprint log-in")
    def get(self, call: Call) -> QuerySet[AppToken]:
        """Used last, first."""
        return app_tokens.live(call.user)

    @operation(
        needs=Needs(),
        input=AppTokenInput,
        output=IssuedOutput,
        status=201,
        rate="20/h",
        summary="Turn fingerprint log-in on",
        refusals=(errors.SecondFactorRequired, errors.TooManyAppTokens, WrongCode, CodeExpired, TooManyAttempts),
    )
    def post(self, call: Call) -> app_tokens.Issued:
        """The token is shown once."""
        return app_tokens.issue(
            user=call.user,
            device_id=call.input["device_id"],
            name=call.input["name"],
            proof=proof_of(call),
            **who(call),
        )


class AppTokenById(NativeView):
    """`DELETE /api/v1/me/app-tokens/{id}`: turn fingerprint log-in off for one device, and end the sessions it opened."""

    @operation(needs=Needs(), summary="Turn fingerprint log-in off")
    def delete(self, call: Call) -> None:
        """The session that asks goes on."""
        app_tokens.revoke(user=call.user, family=call.path["id"], session=session_of(call), client=client_of(call))


class SessionByAppToken(NativeView):
    """`POST /api/v1/sessions/by-app-token`: log in with the token that the app keeps; it is replaced."""

    @operation(
        needs=Needs(login=False),
        input=SignInByAppTokenInput,
        output=SignInByAppTokenOutput,
        status=201,
        rate="60/m",
        summary="Log in by fingerprint",
        refusals=(errors.AppTokenRefused, errors.AddressLocked, errors.AccountStopped),
    )
    def post(self, call: Call) -> app_tokens.AppSignIn:
        """Both tokens are shown once."""
        return app_tokens.sign_in(shown=call.input["token"], device_id=call.input["device_id"], client=client_of(call))
