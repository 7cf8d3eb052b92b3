"""VIP tiers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import VipTier
from accounts.services import vip
from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField
from config.kit.operations import Call, Needs, operation


class VipTierOutput(serializers.Serializer[VipTier]):
    """A tier and the spread, in percent, that its customers' conversions pay."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    spread_percent = AmountField()


class VipTiersOutput(serializers.Serializer[Any]):
    """All tiers; there is no second page."""

    results = VipTierOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class VipTiers(NativeView):
    """`GET /api/v1/vip-tiers`: the tiers that there are."""

    @operation(needs=Needs(login=False), output=VipTiersOutput, summary="List the VIP tiers")
    def get(self, call: Call) -> object:
        """Lowest first."""
        return {"results": vip.listed(), "next": None, "previous": None}


class MyVipTier(NativeView):
    """`GET /api/v1/me/vip`: the own tier; a sub-account's is its parent's."""

    @operation(needs=Needs(scope="read"), output=VipTierOutput, summary="Read the own VIP tier")
    def get(self, call: Call) -> VipTier:
        """The tier."""
        return vip.tier_of(call.user)
