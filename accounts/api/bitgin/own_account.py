"""Tier and log of the own account on bitgin. Source: bitgin: Get VIP Information, User Login/Logout History."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import LoginRecord, VipTier
from accounts.models.logins import LoginAct
from accounts.services import logins, vip
from config.dialects.bitgin.dialect import BitginView
from config.kit.clock import milliseconds
from config.kit.fields import ExactNumberField, WholeField
from config.kit.operations import Call, Needs, operation

NUMBERED = LoginAct.values[:47]
"""The kinds that the document has a number for, in its order."""
NUMBERS: dict[str, int] = dict(zip(NUMBERED, [*range(1000, 1032), 2000, 2001, *range(3000, 3012), 9999], strict=True))
"""`operationCode`. Source: bitgin: User Login/Logout History, operationCode List."""
SIZE, SIZE_MAX, PAGE_MAX = 10, 100, 10_000
UNKNOWN_AREA = "-"


class VipOutput(serializers.Serializer[VipTier]):
    """Whether the customer has a tier above everybody's, and the spread in percent."""

    isVIP = serializers.BooleanField(source="level")
    spread = ExactNumberField(source="spread_percent")


class LogQuery(serializers.Serializer[Any]):
    """Which page, of how many lines."""

    pageSize = WholeField(min_value=1, max_value=SIZE_MAX, default=SIZE)
    pageNum = WholeField(min_value=1, max_value=PAGE_MAX, default=1)


class LogLineOutput(serializers.Serializer[LoginRecord]):
    """One line of the log."""

    area = serializers.CharField(help_text="ISO code of the country, - where unknown")
    browser = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_null=True)
    ip = serializers.CharField(allow_null=True)
    logTime = serializers.IntegerField()
    operationCode = serializers.IntegerField()
    os = serializers.CharField(allow_blank=True)

    def to_representation(self, instance: LoginRecord) -> dict[str, Any]:
        """In the words of the document."""
        return {
            "area": instance.place or UNKNOWN_AREA,
            "browser": instance.browser,
            "city": instance.city or None,
            "ip": instance.ip,
            "logTime": milliseconds(instance.at),
            "operationCode": NUMBERS[instance.act],
            "os": instance.os,
        }


class LogOutput(serializers.Serializer[Any]):
    """A page of it."""

    dataList = LogLineOutput(many=True)


class VipInformation(BitginView):
    """GET /v1/user/vip_info. Source: bitgin: Get VIP Information."""

    @operation(needs=Needs(scope="read"), output=VipOutput, summary="Read the own VIP tier")
    def get(self, call: Call) -> VipTier:
        """A sub-account's is its parent's."""
        return vip.tier_of(call.user)


class LoginLog(BitginView):
    """GET /v1/user/login_log. Source: bitgin: User Login/Logout History."""

    @operation(needs=Needs(scope="read"), query=LogQuery, output=LogOutput, summary="Read the log of the account")
    def get(self, call: Call) -> dict[str, list[LoginRecord]]:
        """Newest first."""
        size, number = call.query["pageSize"], call.query["pageNum"]
        found = logins.activity(call.user, acts=NUMBERED).order_by("-pk")
        return {"dataList": list(found[(number - 1) * size : number * size])}
