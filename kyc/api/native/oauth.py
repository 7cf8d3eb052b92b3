"""What other applications may read of the identity checks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.oauth_bearer import bearer_of
from accounts.services.oauth.functions import KYC_LEVEL
from config.dialects.native.oauth import OAuthView
from config.kit.operations import Call, Needs, operation
from kyc.services import entitlements


class OAuthKycLevelOutput(serializers.Serializer[Any]):
    """The level of the customer's identity verification, 0 to 3; `sub` names the customer to this application alone."""

    sub = serializers.CharField()
    kyc_level = serializers.IntegerField()


class OAuthKycLevel(OAuthView):
    """`GET /api/v1/oauth/kyc-level`: the customer's level, to an application with the function `get_kyc_level`."""

    @operation(
        needs=Needs(login=False),
        output=OAuthKycLevelOutput,
        rate="1200/m",
        summary="Read the customer's identity level by an access token",
        refusals=(errors.OAuthTokenRefused, errors.OAuthFunctionMissing),
    )
    def get(self, call: Call) -> dict[str, Any]:
        """The level now."""
        bearer = bearer_of(call, KYC_LEVEL)
        return {"sub": bearer.subject, "kyc_level": entitlements.level_of(bearer.user)}
