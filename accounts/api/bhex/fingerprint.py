"""Signing in by a fingerprint or face on bhex. Source: bhex: 指纹密码/面部识别登录; gaps.md, bhex: "finger_print_authorize"."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import client_of, signed_in
from accounts.api.bhex.users import BhexUserOutput, Shown, shown
from accounts.services import app_tokens
from accounts.services.app_tokens import DEVICE_ID_LENGTH_MAX, DEVICE_ID_LENGTH_MIN, TOKEN_LENGTH
from accounts.services.login import SignIn
from config.dialects.bhex.dialect import BhexView
from config.kit.fields import Secret
from config.kit.operations import Answer, Call, Needs, operation

BETWEEN = "."
"""Stands between the token and the device's name in what the phone keeps; a token has no such character."""
HEADER = "X-App-Token"


class FingerPrintInput(serializers.Serializer[Any]):
    """What the phone keeps: the app's token and, behind a dot, the device's name; or the latter as `device_id`."""

    token = Secret(max_length=TOKEN_LENGTH + len(BETWEEN) + DEVICE_ID_LENGTH_MAX)
    device_id = Secret(max_length=DEVICE_ID_LENGTH_MAX, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both parts are there."""
        _, _, inside = attrs["token"].partition(BETWEEN)
        if len(inside or attrs["device_id"]) < DEVICE_ID_LENGTH_MIN:
            raise serializers.ValidationError({"device_id": ["This field is required."]})
        return attrs


class FingerPrintOutput(serializers.Serializer[Any]):
    """The customer, signed in, and what the phone keeps from now on: what was shown is spent."""

    success = serializers.BooleanField()
    token = serializers.CharField()
    user = BhexUserOutput()

    def to_representation(self, instance: tuple[str, Shown]) -> dict[str, Any]:
        """In the words of the document and of gaps.md."""
        return {"success": True, "token": instance[0], "user": BhexUserOutput(instance[1]).data}


class FingerPrintAuthorize(BhexView):
    """POST /api/user/finger_print_authorize. Source: bhex: 指纹密码/面部识别登录."""

    @operation(
        needs=Needs(login=False),
        input=FingerPrintInput,
        output=FingerPrintOutput,
        rate="60/m",
        summary="Log in by fingerprint",
        refusals=(errors.AppTokenRefused, errors.AddressLocked, errors.AccountStopped),
    )
    def post(self, call: Call) -> Answer:
        """The next token is told in the answer and in a header, in the form in which this one came."""
        text, dot, inside = call.input["token"].partition(BETWEEN)
        made = app_tokens.sign_in(shown=text, device_id=inside or call.input["device_id"], client=client_of(call))
        kept = made.app_token.token + dot + inside
        told = kept, shown(made.session.user, language=call.language)
        return Answer(told, headers={HEADER: kept}, cookies=signed_in(SignIn(made.session, made.token)))
