"""The customer as exx shows one. Source: exx 返回规范, the sample; gaps.md, exx, "getUserInfo"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import phonenumbers
from rest_framework import serializers

from accounts.models import RegisterType, User
from accounts.services import logins, profile, standing, trade_password
from accounts.services.standing import Identity
from config.kit.clock import milliseconds
from config.kit.fields import mask_email

USER_TYPES = {RegisterType.PHONE: 1, RegisterType.EMAIL: 2}
NAMED = 3
"""userType of an account that has a user name alone."""
IDENTITY_WORDS = {Identity.NONE: 0, Identity.IN_REVIEW: 1, Identity.APPROVED: 2, Identity.REFUSED: 3}
"""realAuth."""
UNKNOWN_LEVEL = "0"
"""How strong a password is, of which only a hash is kept."""


def split_phone(phone: str | None) -> tuple[str, str]:
    """`+86` and the number behind it; two empty texts where there is none."""
    if not phone:
        return "", ""
    area = f"+{phonenumbers.parse(phone).country_code}"
    return area, phone.removeprefix(area)


def mask_mobile(phone: str | None) -> str:
    """`189****0000`; "" where there is none."""
    _, number = split_phone(phone)
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else "****" * bool(number)


def name_of(user: User) -> str:
    """What the account is called: its user name, else its masked phone or email."""
    return user.username or mask_mobile(user.phone) or mask_email(user.email) or str(user.uid)


@dataclass(frozen=True, repr=False)
class Shown:
    """Everything that exx tells of a customer, or the number and name alone of one who is not wholly signed in."""

    user: User
    is_whole: bool = True


class UserInfoOutput(serializers.Serializer[Any]):
    """The customer: texts, and numbers where they stand for a state."""

    userId = serializers.CharField()
    userName = serializers.CharField()
    userType = serializers.IntegerField(required=False, help_text="1 phone, 2 email, 3 user name")
    countryCode = serializers.CharField(required=False, allow_blank=True)
    mobile = serializers.CharField(required=False, allow_blank=True)
    pnumber = serializers.CharField(required=False, allow_blank=True, help_text="As `mobile`")
    email = serializers.CharField(required=False, allow_blank=True)
    realName = serializers.CharField(required=False, allow_blank=True, help_text="Masked; empty until documents prove it")
    realAuthType = serializers.CharField(required=False, allow_blank=True, help_text="The level of the identity check")
    realAuth = serializers.IntegerField(required=False, help_text="0 none, 1 in review, 2 approved, 3 refused")
    vipLevel = serializers.CharField(required=False)
    loginPwdLevel = serializers.CharField(required=False)
    safePwdLevel = serializers.CharField(required=False)
    loginPwd = serializers.IntegerField(required=False, help_text="1 where a log-in password is set")
    safePwd = serializers.IntegerField(required=False, help_text="1 where a safe password is set")
    mobileAuth = serializers.IntegerField(required=False)
    emailAuth = serializers.IntegerField(required=False)
    googleAuth = serializers.IntegerField(required=False)

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        """In the words of the document."""
        user = instance.user
        named = {"userId": str(user.uid), "userName": name_of(user)}
        return {**named, **_whole(user)} if instance.is_whole else named


def _whole(user: User) -> dict[str, Any]:
    account, known = profile.read(user), standing.of(user.parent or user)
    mobile = mask_mobile(user.phone)
    return {
        "userType": USER_TYPES.get(RegisterType(user.register_type), NAMED),
        "countryCode": split_phone(user.phone)[0],
        "mobile": mobile,
        "pnumber": mobile,
        "email": mask_email(user.email) or "",
        "realName": known.masked_name(),
        "realAuthType": str(known.identity_level),
        "realAuth": IDENTITY_WORDS[known.identity],
        "vipLevel": str(account.vip_level),
        "loginPwdLevel": UNKNOWN_LEVEL,
        "safePwdLevel": UNKNOWN_LEVEL,
        "loginPwd": int(account.has_password),
        "safePwd": int(trade_password.is_set(user)),
        "mobileAuth": int(bool(user.phone)),
        "emailAuth": int(bool(user.email)),
        "googleAuth": int(account.totp_bound),
    }


class InfoOutput(serializers.Serializer[Any]):
    """`datas` of a customer: when the last sign-in was, in milliseconds, and the customer."""

    lastTime = serializers.CharField(required=False, help_text="Milliseconds; not told before all steps are done")
    userInfo = UserInfoOutput()

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        """In the words of the document."""
        told = {"userInfo": UserInfoOutput(instance).data}
        if not instance.is_whole:
            return told
        last = logins.last_sign_in(instance.user)
        return {"lastTime": str(milliseconds(last.at if last else instance.user.registered_at)), **told}
