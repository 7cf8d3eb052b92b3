"""Recovering a forgotten password, step by step. The first proof and the identity stand in the app above."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of
from accounts.api.native.captchas import CAPTCHA_REFUSALS, CaptchaInput, captcha_of
from accounts.api.native.codes import CodeOutput
from accounts.api.native.proofs import REFUSALS as PROOF_REFUSALS
from accounts.api.native.proofs import ProofInput, proof_of
from accounts.services import password_change, password_recovery, recovery_rows
from accounts.services.passwords import plain
from config.dialects.native.dialect import NativeView
from config.kit.fields import Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from messaging.errors import InvalidEmail, InvalidPhone, TooManyCodes
from messaging.models import Channel
from messaging.services.codes import SentCode

NAMING_HEADER = "X-Recovery-Token"
"""In a header or in the body, never in an address, which logs keep."""
STEP_REFUSALS = (errors.RecoveryInvalid, errors.RecoveryLocked)


class DestinationInput(serializers.Serializer[Any]):
    """Exactly one of email and phone."""

    example_fields: tuple[str, ...] = ("email",)
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way in."""
        if bool(attrs.get("email")) == bool(attrs.get("phone")):
            raise serializers.ValidationError({"email": "Exactly one of email and phone is due."})
        return attrs


def destination_of(call: Call) -> dict[str, str]:
    """What was named, as keyword arguments."""
    if call.input.get("phone"):
        return {"channel": Channel.SMS.value, "destination": call.input["phone"]}
    return {"channel": Channel.EMAIL.value, "destination": call.input["email"]}


class StartInput(DestinationInput):
    """Exactly one of email and phone, and a captcha where one is due."""

    captcha = CaptchaInput(required=False, allow_null=True)


class RecoveryTokenInput(serializers.Serializer[Any]):
    """The token of the recovery."""

    token = Secret(max_length=64)


class SecondProofInput(ProofInput):
    """The token and the second factor, or the code that was sent to the other channel."""

    example_fields = ("token", "method", "code")
    token = Secret(max_length=64)


class NewPasswordInput(serializers.Serializer[Any]):
    """The token and the new password."""

    token = Secret(max_length=64)
    password = Secret()


class StartedOutput(serializers.Serializer[Any]):
    """The same for every destination, known or not. The token is told this once."""

    token = serializers.CharField()
    destination = serializers.CharField(source="sent.destination_masked")
    code_expires_at = TimestampField(source="sent.expires_at")
    resend_at = TimestampField(source="sent.resend_at")
    expires_at = TimestampField()


class ProgressOutput(serializers.Serializer[Any]):
    """How far it has come, and by which of the methods the next step is proven."""

    state = serializers.ChoiceField(choices=["started", "code_proven", "proven"])
    methods = serializers.ListField(child=serializers.CharField())
    expires_at = TimestampField()


class PasswordRecoveries(NativeView):
    """`POST|GET /api/v1/password-recoveries`: begin to recover a password; ask how far it has come."""

    @operation(
        needs=Needs(login=False),
        input=StartInput,
        output=StartedOutput,
        status=202,
        rate="60/m",
        summary="Begin to recover a password",
        refusals=(errors.AccountUnknown, InvalidEmail, InvalidPhone, TooManyCodes, *CAPTCHA_REFUSALS),
    )
    def post(self, call: Call) -> password_recovery.Started:
        """Send the code."""
        return password_recovery.start(
            **destination_of(call), language=call.language, client=client_of(call), captcha=captcha_of(call)
        )

    @operation(
        needs=Needs(login=False),
        output=ProgressOutput,
        rate="60/m",
        summary="Read a recovery, named by the header X-Recovery-Token",
        refusals=(errors.RecoveryInvalid,),
    )
    def get(self, call: Call) -> password_recovery.Progress:
        """How far it has come."""
        return password_recovery.progress(recovery_rows.find(call.request.headers.get(NAMING_HEADER, "")))


class RecoverySecondCode(NativeView):
    """`POST /api/v1/password-recoveries/second-code`: send the code to the other channel."""

    @operation(
        needs=Needs(login=False),
        input=RecoveryTokenInput,
        output=CodeOutput,
        status=202,
        rate="60/m",
        summary="Send the second code of a recovery",
        refusals=(*STEP_REFUSALS, TooManyCodes),
    )
    def post(self, call: Call) -> SentCode:
        """Send it."""
        return password_recovery.send_second_code(token=call.input["token"], client=client_of(call))


class RecoveryProof(NativeView):
    """`POST /api/v1/password-recoveries/proof`: show the second factor or the second code."""

    @operation(
        needs=Needs(login=False),
        input=SecondProofInput,
        output=ProgressOutput,
        rate="60/m",
        summary="Show the second proof of a recovery",
        refusals=(*STEP_REFUSALS, *PROOF_REFUSALS),
    )
    def post(self, call: Call) -> password_recovery.Progress:
        """Take it."""
        return password_recovery.prove_second(token=call.input["token"], proof=proof_of(call), client=client_of(call))


class RecoveryPassword(NativeView):
    """`POST /api/v1/password-recoveries/password`: set the new password."""

    @operation(
        needs=Needs(login=False),
        input=NewPasswordInput,
        rate="60/m",
        summary="Set the new password of a recovery",
        refusals=(*STEP_REFUSALS, errors.PasswordRefused, errors.PasswordsEqual),
    )
    def post(self, call: Call) -> None:
        """Set it; all sessions end."""
        password_change.recover(token=call.input["token"], new=plain(call.input["password"]), client=client_of(call))
