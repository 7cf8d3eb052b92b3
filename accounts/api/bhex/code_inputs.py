"""What asks for a code on bhex, and the order that answers. Source: bhex: 发送验证码; gaps.md, bhex, "Types"."""

from __future__ import annotations

import secrets
from typing import Any

from rest_framework import serializers

from accounts.api.bhex.calls import CaptchaInput
from config.dialects.bhex.fields import Email, Mobile, NationalCode
from config.kit.fields import Secret
from messaging.models import Purpose
from messaging.services.codes import SentCode

PURPOSES: dict[int, Purpose] = {
    1: Purpose.REGISTRATION,
    2: Purpose.SECOND_FACTOR,
    3: Purpose.RECOVERY,
    4: Purpose.PASSWORD_CHANGE,
    5: Purpose.PHONE_BIND,
    6: Purpose.EMAIL_BIND,
    7: Purpose.TOTP_BIND,
    8: Purpose.TRUSTED_ADDRESS,
    9: Purpose.TRUSTED_ADDRESS_REMOVE,
    10: Purpose.KYC,
    11: Purpose.API_KEY,
    12: Purpose.API_KEY_CHANGE,
    13: Purpose.API_KEY_DELETE,
    14: Purpose.WITHDRAWAL,
    15: Purpose.TRADE_PASSWORD_SET,
    16: Purpose.TRADE_PASSWORD_CHANGE,
    17: Purpose.EMAIL_UNBIND,
    18: Purpose.PHONE_UNBIND,
    19: Purpose.TOTP_UNBIND,
    20: Purpose.PAYMENT,
    21: Purpose.QUICK_REGISTRATION,
    22: Purpose.LOGIN,
    23: Purpose.PASSWORD_SET,
    24: Purpose.ANTI_PHISHING,
    25: Purpose.EMAIL_CHANGE,
    26: Purpose.PHONE_CHANGE,
    27: Purpose.TOTP_CHANGE,
}
"""`type` → what the code is good for. Source: gaps.md, bhex, "Types"."""
SMS, EMAIL = 1, 2
"""`receiver_type`."""


class OrderOutput(serializers.Serializer[Any]):
    """The sending, by which the code is named. `index` are three digits to show beside the code."""

    orderId = serializers.CharField(source="order")
    index = serializers.SerializerMethodField()

    def get_index(self, sent: SentCode) -> str:
        """Three random digits."""
        return f"{secrets.randbelow(1000):03d}"


class TypeInput(CaptchaInput):
    """What the code is for."""

    type = serializers.ChoiceField(choices=sorted(PURPOSES))


class ReceiverInput(TypeInput):
    """And by which way it goes."""

    receiver_type = serializers.ChoiceField(choices=(SMS, EMAIL))


class PublicSmsInput(TypeInput):
    """To a phone."""

    national_code = NationalCode()
    mobile = Mobile()


class PublicEmailInput(TypeInput):
    """To an email address."""

    email = Email()


class PublicInput(ReceiverInput):
    """To either."""

    national_code = NationalCode(required=False, allow_blank=True)
    mobile = Mobile(required=False, allow_blank=True)
    email = Email(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the way needs has to be there."""
        needed = ("email",) if attrs["receiver_type"] == EMAIL else ("national_code", "mobile")
        missing = {name: ["This field is required."] for name in needed if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class WaitingInput(serializers.Serializer[Any]):
    """The log-in that waits."""

    request_id = Secret(max_length=64)


class WaitingReceiverInput(WaitingInput):
    """And by which way its code goes."""

    receiver_type = serializers.ChoiceField(choices=(SMS, EMAIL))
