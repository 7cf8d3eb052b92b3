"""Freezing the own account, and recovery cases of customers who can't sign in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, session_of
from accounts.models import AccountFreeze, RecoveryCase
from accounts.models.recovery import RecoveryCause
from accounts.services import freezing, recovery_cases, recovery_ends
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, PublicId, Secret, Text, TimestampField
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode

HEADER = "X-Recovery-Token"
HEADERS = {HEADER: "The token of the recovery case, as it was told when the case was opened."}


def token_of(call: Call) -> str:
    """The token of the case, which travels in a header of its own: an address is written into logs."""
    return str(call.request.headers.get(HEADER, ""))


class FreezeInput(serializers.Serializer[Any]):
    """`confirm` is true: sessions and keys end at once, and two officers open the account again."""

    confirm = serializers.BooleanField()

    def validate_confirm(self, value: bool) -> bool:
        """Nobody freezes by mistake."""
        if not value:
            raise serializers.ValidationError("Confirm that the account shall be frozen.")
        return value


class FreezeOutput(serializers.Serializer[Any]):
    """The freeze."""

    status = serializers.CharField(source="user.status")
    frozen_at = TimestampField(source="started_at")


class RecoveryCaseInput(serializers.Serializer[Any]):
    """What is left to show: a code sent for `account_recovery`, and the password where one is set."""

    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    code = CodeField()
    password = Secret(required=False, allow_null=True, default=None)
    cause = serializers.ChoiceField(choices=RecoveryCause.values)
    statement = Text(
        max_length=recovery_cases.STATEMENT_LENGTH_MAX,
        required=False,
        allow_blank=True,
        default="",
        multiline=True,
        help_text="What happened, in your own words; the officers read it.",
    )
    example_fields = ("email", "password")


class RecoveryCaseOutput(serializers.Serializer[Any]):
    """Where the case stands. `next_step` is `selfie`, `wait` or `none`."""

    id = PublicId(source="public_id")
    cause = serializers.CharField()
    state = serializers.CharField()
    next_step = serializers.SerializerMethodField()
    challenge = serializers.SerializerMethodField(
        help_text="Write this number on paper by hand and hold it beside your face in the selfie."
    )
    selfie_due_by = TimestampField(allow_null=True)
    submitted_at = TimestampField(allow_null=True)
    waits_until = TimestampField(allow_null=True)
    reason = serializers.SerializerMethodField(help_text="Why an officer sent the case back or rejected it.")
    created_at = TimestampField()
    ended_at = TimestampField(allow_null=True)

    def get_next_step(self, case: RecoveryCase) -> str:
        """What the customer can do."""
        if case.state in recovery_cases.SELFIE_DUE:
            return "selfie"
        return "wait" if case.state in recovery_ends.OPEN else "none"

    def get_challenge(self, case: RecoveryCase) -> str | None:
        """Told while it is due."""
        return case.challenge if case.state in recovery_cases.SELFIE_DUE else None

    def get_reason(self, case: RecoveryCase) -> str | None:
        """In the language that the customer chose."""
        return recovery_cases.reason_of(case, case.user.language) or None


class OpenedCaseOutput(serializers.Serializer[Any]):
    """The case and its token, which is told this once and travels in `X-Recovery-Token`."""

    token = serializers.CharField()
    case = RecoveryCaseOutput()


class Freeze(NativeView):
    """`POST /api/v1/me/freeze`: freeze the own account at once; the session that asks ends too."""

    @operation(
        needs=Needs(level="low"),
        input=FreezeInput,
        output=FreezeOutput,
        rate="10/m",
        summary="Freeze the account",
        refusals=(errors.AccountStopped,),
    )
    def post(self, call: Call) -> AccountFreeze:
        """Without a second factor: whoever is being robbed has no time."""
        return freezing.freeze(user=session_of(call).user, client=client_of(call))


class RecoveryCases(NativeView):
    """`POST /api/v1/recovery-cases`: ask two officers to be let in again."""

    @operation(
        needs=Needs(login=False),
        input=RecoveryCaseInput,
        output=OpenedCaseOutput,
        status=201,
        rate="20/m",
        summary="Open a recovery case",
        refusals=(
            InvalidEmail,
            InvalidPhone,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            errors.AddressLocked,
            errors.SignInLocked,
            errors.WrongCredentials,
            errors.AccountStopped,
            errors.NothingToRecover,
            errors.NotFrozen,
        ),
    )
    def post(self, call: Call) -> recovery_cases.Opened:
        """Open it, or the one that is open already under a new token."""
        return recovery_cases.open_case(
            email=call.input.get("email"),
            phone=call.input.get("phone"),
            code=call.input["code"],
            password=call.input["password"],
            cause=RecoveryCause(call.input["cause"]),
            statement=call.input["statement"],
            client=client_of(call),
        )


class CurrentRecoveryCase(NativeView):
    """`GET|DELETE /api/v1/recovery-cases/current`: the case of the token."""

    @operation(
        needs=Needs(login=False),
        output=RecoveryCaseOutput,
        headers=HEADERS,
        rate="60/m",
        summary="Ask how the recovery case stands",
        refusals=(errors.RecoveryTokenInvalid,),
    )
    def get(self, call: Call) -> RecoveryCase:
        """The case."""
        return recovery_cases.find(token_of(call))

    @operation(
        needs=Needs(login=False),
        output=RecoveryCaseOutput,
        headers=HEADERS,
        rate="20/m",
        summary="Take the recovery case back",
        refusals=(errors.RecoveryTokenInvalid, IllegalMove),
    )
    def delete(self, call: Call) -> Answer:
        """The case, cancelled."""
        return Answer(recovery_cases.cancel_by_token(token=token_of(call), client=client_of(call)))
