"""Changing the password on bitgin. Source: bitgin: Change User Password."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bitgin.authentication import TOKEN
from accounts.api.native.calls import client_of, session_of
from accounts.models.passwords import Form
from accounts.services import password_change
from accounts.services.passwords import Given
from config.dialects.bitgin.dialect import BitginView, envelope
from config.kit.fields import Secret
from config.kit.operations import Answer, Call, Cookie, Needs, operation


class NestedOutput(serializers.Serializer[Any]):
    """A whole envelope inside the envelope, as the samples of both password endpoints have it."""

    code = serializers.IntegerField()
    msg = serializers.CharField()
    time = serializers.IntegerField()
    data = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # the document's word is one of DRF's too
    success = serializers.BooleanField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """It says that all went well."""
        return envelope(None)


class ChangePasswordInput(serializers.Serializer[Any]):
    """Both passwords as SHA-256 in hex."""

    oldPassword = Secret()
    newPassword = Secret()


class ChangePassword(BitginView):
    """POST /v1/user/change_password. Source: bitgin: Change User Password."""

    @operation(
        needs=Needs(),
        input=ChangePasswordInput,
        output=NestedOutput,
        rate="20/m",
        summary="Change the password",
        refusals=(
            errors.PasswordRefused,
            errors.PasswordMissing,
            errors.OldPasswordWrong,
            errors.SignInLocked,
            errors.PasswordUnchanged,
            errors.PasswordsEqual,
        ),
    )
    def post(self, call: Call) -> Answer:
        """Every session ends, that of this request too; outgoing money waits 24 hours."""
        password_change.change_by_old(
            user=call.user,
            old=Given(Form.SHA256, call.input["oldPassword"]),
            new=Given(Form.SHA256, call.input["newPassword"]),
            session=session_of(call),
            client=client_of(call),
        )
        return Answer({}, cookies=(Cookie(TOKEN, "", max_age=0),))
