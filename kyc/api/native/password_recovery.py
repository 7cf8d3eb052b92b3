"""The steps of a password's recovery that need to know of identities: the first proof and the document's number."""

from __future__ import annotations

from accounts import errors as account_errors
from accounts.api.native.calls import client_of
from accounts.api.native.password_recoveries import (
    STEP_REFUSALS,
    DestinationInput,
    ProgressOutput,
    RecoveryTokenInput,
    destination_of,
)
from accounts.services import password_recovery
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, Secret, Text
from config.kit.operations import Call, Needs, operation
from kyc.services import recovery
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts


class FirstCodeInput(DestinationInput):
    """The token, the destination once more, and the code that was sent to it."""

    example_fields = ("email", "token", "code")
    token = Secret(max_length=64)
    code = CodeField()
    device_token = Secret(max_length=64, required=False)


class IdNumberInput(RecoveryTokenInput):
    """The token and the number of the identity document that was verified."""

    id_number = Text(max_length=64)


class RecoveryCode(NativeView):
    """`POST /api/v1/password-recoveries/code`: show the code."""

    @operation(
        needs=Needs(login=False),
        input=FirstCodeInput,
        output=ProgressOutput,
        rate="60/m",
        summary="Show the code of a recovery",
        refusals=(
            *STEP_REFUSALS,
            account_errors.RecoveryCodeWrong,
            CodeExpired,
            TooManyAttempts,
            InvalidEmail,
            InvalidPhone,
        ),
    )
    def post(self, call: Call) -> password_recovery.Progress:
        """Take it."""
        return password_recovery.prove_code(
            **destination_of(call),
            token=call.input["token"],
            code=call.input["code"],
            device_token=call.input.get("device_token"),
            client=client_of(call),
            has_identity=recovery.has_identity,
        )


class RecoveryIdentity(NativeView):
    """`POST /api/v1/password-recoveries/identity`: tell the number of the verified document."""

    @operation(
        needs=Needs(login=False),
        input=IdNumberInput,
        output=ProgressOutput,
        rate="60/m",
        summary="Tell the identity number as second proof of a recovery",
        refusals=(*STEP_REFUSALS, account_errors.RecoveryProofWrong),
    )
    def post(self, call: Call) -> password_recovery.Progress:
        """Compare it; outgoing money then waits 72 hours."""
        return recovery.prove(token=call.input["token"], id_number=call.input["id_number"], client=client_of(call))
