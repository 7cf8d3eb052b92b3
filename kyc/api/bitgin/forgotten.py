"""A forgotten password on bitgin. Source: bitgin: Forget User Password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts import errors
from accounts.api.bitgin.passwords import NestedOutput
from accounts.api.native.calls import client_of
from accounts.models import User
from accounts.models.passwords import Form
from accounts.services import recovery_at_once
from accounts.services.passwords import Given
from accounts.services.recovery_at_once import Beside
from config.dialects.bitgin.dialect import BitginView
from config.kit.fields import CodeField, Secret, Text
from config.kit.operations import Call, Needs, operation
from kyc.services import recovery
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode


class ForgetPasswordInput(serializers.Serializer[Any]):
    """The mailed code and the new password as SHA-256 in hex; beside them, ours, whatever else the account asks for."""

    username = Text(max_length=254)
    codeEmail = CodeField(digits=settings.MESSAGING_RECOVERY_CODE_DIGITS)
    newPassword = Secret()
    totpCode = CodeField(required=False, allow_blank=True, allow_null=True, help_text="Where an authenticator is bound.")
    codeMobile = CodeField(required=False, allow_blank=True, allow_null=True, help_text="Where a phone is bound as well.")
    identityNumber = Secret(
        max_length=64, required=False, allow_blank=True, allow_null=True, help_text="Of the verified document, without a phone."
    )


def beside(call: Call) -> Beside:
    """What was shown beside the code."""
    told = call.input.get("identityNumber") or ""

    def fits(user: User) -> bool:
        return recovery.number_fits(user, told)

    return Beside(call.input.get("totpCode") or "", call.input.get("codeMobile") or "", fits if told else None)


class ForgetPassword(BitginView):
    """POST /v1/user/forget_password. Source: bitgin: Forget User Password."""

    @operation(
        needs=Needs(login=False),
        input=ForgetPasswordInput,
        output=NestedOutput,
        rate="60/m",
        summary="Set a new password with a mailed code",
        refusals=(
            errors.PasswordRefused,
            errors.PasswordsEqual,
            errors.RecoveryCodeWrong,
            errors.RecoveryInvalid,
            errors.RecoveryLocked,
            errors.RecoveryProofWrong,
            errors.RecoverySecondDue,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
        ),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Every session ends, no device is known any more, and outgoing money waits."""
        recovery_at_once.recover(
            login=call.input["username"],
            code=call.input["codeEmail"],
            beside=beside(call),
            new=Given(Form.SHA256, call.input["newPassword"]),
            client=client_of(call),
            has_identity=recovery.has_identity,
        )
        return {}
