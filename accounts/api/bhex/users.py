"""The customer as bhex shows one. Source: bhex: 获取当前用户信息, 手机号注册."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.conf import settings
from rest_framework import serializers

from accounts.models import User
from accounts.services import profile, standing, trade_password
from accounts.services.oauth import Approved
from accounts.services.standing import Identity
from config.kit.clock import milliseconds

REGISTER_TYPES = {"phone": 1, "email": 2, "sub": 2}
PERSON = 1
IDENTITY_WORDS = {Identity.NONE: 0, Identity.IN_REVIEW: 1, Identity.APPROVED: 2, Identity.REFUSED: 3}
"""verifyStatus and kycVerifyStatus. Source: bhex: 登录二次验证, the sample."""
LANGUAGES = {"en": "en_US", "zh-CN": "zh_CN", "zh-TW": "zh_TW"}
MASK_PHONE_DIGITS = 11
KYC_STEP = 10
"""Levels 1, 2, 3 are 10, 20, 30 on the wire."""


def mask_email(email: str | None) -> str:
    """`p********n@bhex.io`: eight stars, however long the name is."""
    if not email:
        return ""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}********{local[-1:] if len(local) > 1 else ''}@{domain}"


def split_phone(phone: str | None) -> tuple[str, str]:
    """Country code and national number of an E.164 text; two empty texts where there is none."""
    if not phone:
        return "", ""
    parsed = phonenumbers.parse(phone)
    area = str(parsed.country_code)
    return area, phone.removeprefix(f"+{area}")


def mask_mobile(phone: str | None) -> str:
    """`186****1314`; of a short number `****5299`."""
    _, number = split_phone(phone)
    if not number:
        return ""
    return f"{number[:3] if len(number) >= MASK_PHONE_DIGITS else ''}****{number[-4:]}"


@dataclass(frozen=True, repr=False)
class Shown:
    """Everything that bhex tells of a customer."""

    user: User
    account: profile.Profile
    standing: standing.Standing
    has_trade_password: bool
    referrers: tuple[int, int]
    language: str
    approved: Approved | None = None
    """The code for the application for which the customer signed in."""


def shown(user: User, *, language: str, approved: Approved | None = None) -> Shown:
    """Read it."""
    first = user.referrer
    second = first.referrer if first is not None else None
    return Shown(
        user=user,
        account=profile.read(user, language=language),
        standing=standing.of(user.parent or user),
        has_trade_password=trade_password.is_set(user),
        referrers=(first.uid if first else 0, second.uid if second else 0),
        language=language,
        approved=approved,
    )


class OAuthCodeOutput(serializers.Serializer[Any]):
    """The code, told once; the page sends the customer to `redirectUrl` with it and with `state`."""

    code = serializers.CharField()
    expired = serializers.CharField()
    state = serializers.CharField(allow_blank=True)
    redirectUrl = serializers.CharField()

    def to_representation(self, instance: Approved) -> dict[str, Any]:
        """In the words of the document."""
        return {
            "code": instance.code,
            "expired": str(milliseconds(instance.expires_at)),
            "state": instance.state,
            "redirectUrl": instance.redirect_uri,
        }


class BhexLabelOutput(serializers.Serializer[Any]):
    """A label of the customer."""

    orgId = serializers.CharField()
    labelId = serializers.CharField()
    colorCode = serializers.CharField()
    language = serializers.CharField()
    labelValue = serializers.CharField()


def code_result(approved: Approved | None) -> dict[str, Any]:
    """The code under the document's name; nothing where nobody was let in."""
    return {} if approved is None else {"oAuthCodeResult": OAuthCodeOutput(approved).data}


class BhexUserOutput(serializers.Serializer[Any]):
    """The customer."""

    userId = serializers.CharField()
    registerType = serializers.IntegerField(help_text="1 mobile, 2 email")
    mobile = serializers.CharField(allow_blank=True)
    nationalCode = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    bindGA = serializers.BooleanField()
    bindTradePwd = serializers.BooleanField()
    bindPassword = serializers.BooleanField()
    userType = serializers.IntegerField(help_text="1 person, 2 company")
    verifyStatus = serializers.IntegerField(help_text="0 none, 1 in review, 2 approved, 3 refused")
    kycLevel = serializers.IntegerField()
    kycVerifyStatus = serializers.IntegerField()
    displayLevel = serializers.CharField(allow_blank=True)
    defaultAccountId = serializers.CharField()
    registerDate = serializers.CharField()
    openOption = serializers.BooleanField()
    openFuture = serializers.BooleanField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the document's word is one of DRF's too
    inviteUserId = serializers.CharField()
    secondLevelInviteUserId = serializers.CharField()
    isAgent = serializers.IntegerField()
    customLabelList = BhexLabelOutput(many=True)
    oAuthCodeResult = OAuthCodeOutput(required=False)

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        """In the words of the document."""
        account, identity = instance.account, IDENTITY_WORDS[instance.standing.identity]
        level = instance.standing.identity_level
        return {
            "userId": str(account.uid),
            "registerType": REGISTER_TYPES[account.register_type],
            "mobile": mask_mobile(account.phone),
            "nationalCode": split_phone(account.phone)[0],
            "email": mask_email(account.email),
            "bindGA": account.totp_bound,
            "bindTradePwd": instance.has_trade_password,
            "bindPassword": account.has_password,
            "userType": PERSON,
            "verifyStatus": identity,
            "kycLevel": level * KYC_STEP,
            "kycVerifyStatus": identity,
            "displayLevel": str(level) if level else "",
            "defaultAccountId": account_id(instance.user),
            "registerDate": str(milliseconds(account.registered_at)),
            "openOption": False,
            "openFuture": instance.standing.has_futures,
            "source": "",
            "inviteUserId": str(instance.referrers[0]),
            "secondLevelInviteUserId": str(instance.referrers[1]),
            "isAgent": 0,
            "customLabelList": [
                {
                    "orgId": settings.BHEX_ORGANISATION,
                    "labelId": str(label.id),
                    "colorCode": label.color,
                    "language": LANGUAGES.get(instance.language, LANGUAGES["en"]),
                    "labelValue": label.text,
                }
                for label in account.labels
            ],
            **code_result(instance.approved),
        }


def account_id(user: User) -> str:
    """The number of the customer's one account: ours has no number beside its owner's."""
    return str(user.uid)
