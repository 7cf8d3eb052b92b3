"""Codes by mail and message."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.captchas import CAPTCHA_REFUSALS, CaptchaInput, captcha_of
from accounts.services import code_requests
from config.dialects.native.dialect import NativeView
from config.kit.errors import LevelTooLow, NotSignedIn
from config.kit.fields import Text, TimestampField
from config.kit.operations import Call, Needs, operation
from messaging.errors import InvalidEmail, InvalidPhone, TooManyCodes
from messaging.models import Purpose
from messaging.services.codes import SentCode


class CodeInput(serializers.Serializer[Any]):
    """What the code is for, and where it should go where that is not known already."""

    example_fields = ("email",)
    purpose = serializers.ChoiceField(choices=Purpose.values)
    email = Text(max_length=254, required=False)
    phone = Text(max_length=32, required=False)
    captcha = CaptchaInput(required=False, allow_null=True)


class CodeOutput(serializers.Serializer[Any]):
    """The same for every destination, known or not."""

    destination = serializers.CharField(source="destination_masked")
    expires_at = TimestampField()
    resend_at = TimestampField()


class Codes(NativeView):
    """`POST /api/v1/codes`: send a code for a purpose."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        input=CodeInput,
        output=CodeOutput,
        status=202,
        rate="60/m",
        summary="Send a code",
        refusals=(
            errors.PurposeElsewhere,
            errors.NotForSubAccounts,
            errors.AuthenticatorDue,
            errors.DestinationMissing,
            errors.PhoneCountryClosed,
            errors.ContactUnchanged,
            errors.ContactTaken,
            errors.NotForSubAccounts,
            errors.ContactNotBound,
            InvalidEmail,
            InvalidPhone,
            errors.SecondFactorNotDue,
            errors.AlreadyActivated,
            errors.EmailTaken,
            errors.PhoneTaken,
            errors.AccountUnknown,
            *CAPTCHA_REFUSALS,
            TooManyCodes,
            NotSignedIn,
            LevelTooLow,
        ),
    )
    def post(self, call: Call) -> SentCode:
        """Send it."""
        return code_requests.ask(
            purpose=call.input["purpose"],
            email=call.input.get("email"),
            phone=call.input.get("phone"),
            session=getattr(call.request, "customer_session", None),
            language=call.language,
            ip=call.ip,
            captcha=captcha_of(call),
        )
