"""What bitflex's addresses for codes take. Source: bitflex: 发送邮箱验证码, 发送短信验证码; gaps.md, bitflex."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from config.kit.fields import Secret, Text

REGISTER, LOGIN, RESET = "REGISTER", "LOGIN", "RESET_LOGIN_PASSWD"
WITHDRAW = "WITHDRAW"
BY_EMAIL = (
    "BIND_EMAIL",
    "BIND_PHONE",
    "BIND_GOOGLE",
    "CHANGE_LOGIN_PASSWD",
    "SET_ANTI_PHISHING_CODE",
    WITHDRAW,
    "ADD_WITHDRAW_ADDRESS",
)
BY_SMS = (
    "BIND_PHONE",
    "BIND_EMAIL",
    "RESET_PIN",
    WITHDRAW,
    "ADD_WITHDRAW_ADDRESS",
    "CREATE_API",
    "UPDATE_API",
    "DELETE_API",
    "ADD_SUB_USER",
    "DELETE_SUB_USER",
    "RESET_SUB_PASSWD",
    "CHANGE_LOGIN_PASSWD",
    "BIND_GOOGLE",
)
NEEDED = {REGISTER: ("phone", "area_code"), LOGIN: ("sms_token",), RESET: ("phone",)}
"""`type` → what an SMS to who is not signed in has to be told."""
BARE_PHONE = re.compile(r"[0-9][0-9 -]{4,22}", re.ASCII)
"""A phone without its country, or with its country's digits."""
OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True}
"""Of a parameter that may be left out: clients send it empty or null, too."""


class CaptchaInput(serializers.Serializer[Any]):
    """Aliyun's answer: apps bring the session alone, pages all four."""

    session_id = Text(max_length=512)
    sig = Text(max_length=1024, **OPTIONAL)
    token = Text(max_length=1024, **OPTIONAL)
    scene = Text(max_length=64, **OPTIONAL)


class LaterCaptchaInput(CaptchaInput):
    """The same where it is asked for after failures only."""

    session_id = Text(max_length=512, **OPTIONAL)


class PublicEmailInput(CaptchaInput):
    """A code to register, or to reset a password."""

    email = Text(max_length=254)
    type = serializers.ChoiceField(choices=(REGISTER, RESET))


class PublicSmsInput(CaptchaInput):
    """The same by SMS, or the code of a log-in that waits."""

    phone = Text(max_length=24, **OPTIONAL)
    area_code = Text(max_length=8, **OPTIONAL)
    sms_token = Secret(max_length=64, **OPTIONAL)
    type = serializers.ChoiceField(choices=(REGISTER, LOGIN, RESET))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A log-in is named by its token, everything else by the phone; the area is due where an account is opened."""
        missing = {name: ["This field is required."] for name in NEEDED[attrs["type"]] if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        if attrs["type"] == RESET and not attrs.get("area_code") and not BARE_PHONE.fullmatch(attrs["phone"]):
            raise serializers.ValidationError({"phone": ["It is not a phone number."]})
        return attrs


class OwnEmailInput(serializers.Serializer[Any]):
    """A code by email to who is signed in; to another address only where it is to be bound."""

    email = Text(max_length=254, **OPTIONAL)
    type = serializers.ChoiceField(choices=BY_EMAIL)


class OwnSmsInput(serializers.Serializer[Any]):
    """A code by SMS to who is signed in; to another phone only where it is to be bound."""

    phone = Text(max_length=24, **OPTIONAL)
    area_code = Text(max_length=8, **OPTIONAL)
    type = serializers.ChoiceField(choices=BY_SMS)
