"""A forgotten password on bhex, but for the steps that need to know of identities. Source: bhex: 找回密码."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import client_of
from accounts.api.bhex.code_inputs import OrderOutput
from accounts.api.bhex.password_fields import NewPasswordFields, new_password
from accounts.services import password_change, password_recovery
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.fields import Secret
from config.kit.operations import Call, Needs, operation
from messaging.errors import TooManyCodes
from messaging.services.codes import SentCode

STEP_REFUSALS = (errors.RecoveryInvalid, errors.RecoveryLocked)


class RequestInput(serializers.Serializer[Any]):
    """The recovery, as its first step named it."""

    request_id = Secret(max_length=64)


class NewPasswordInput(RequestInput, NewPasswordFields):
    """And the new password."""


class FoundOutput(SuccessOutput):
    """The new password is set. Logging in is never frozen here: outgoing money is."""

    needFrozenLogin = serializers.BooleanField()


class SendSecondCode(BhexView):
    """POST /api/user/send_verify_code/find_pwd. Source: bhex: 发送找回密码的二次验证码."""

    @operation(
        needs=Needs(login=False),
        input=RequestInput,
        output=OrderOutput,
        rate="60/m",
        summary="Send the second code of a forgotten password",
        refusals=(*STEP_REFUSALS, TooManyCodes),
    )
    def post(self, call: Call) -> SentCode:
        """To the channel by which the recovery was not begun."""
        return password_recovery.send_second_code(token=call.input["request_id"], client=client_of(call))


class FindPwd(BhexView):
    """POST /api/user/find_pwd. Source: bhex: 找回密码, which stands there twice: struck out and in force."""

    @operation(
        needs=Needs(login=False),
        input=NewPasswordInput,
        output=FoundOutput,
        rate="60/m",
        summary="Set the new password",
        refusals=(*STEP_REFUSALS, errors.PasswordsDiffer, errors.PasswordRefused, errors.PasswordsEqual),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Set it; all sessions end."""
        password_change.recover(token=call.input["request_id"], new=new_password(call), client=client_of(call))
        return {**SUCCESS, "needFrozenLogin": False}
