"""What other applications call: token, revocation and the customer's own facts, in the words of RFC 6749, 7009 and 6750."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.oauth import Parameter
from accounts.api.oauth_bearer import bearer_of
from accounts.services import oauth
from accounts.services.oauth.functions import CONTACTS, USER_INFO
from accounts.services.oauth.redirects import REDIRECT_URI_LENGTH_MAX
from config.dialects.native.oauth import OAuthView
from config.kit.fields import mask_email, mask_phone
from config.kit.operations import Answer, Call, Needs, operation

UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""RFC 6749, section 5.1."""


class TokenInput(serializers.Serializer[Any]):
    """A code (`authorization_code`) or a refresh token. The client shows its secret here or by Basic, not both."""

    grant_type = Parameter(help_text="authorization_code or refresh_token", required=True)
    code = Parameter()
    redirect_uri = Parameter(max_length=REDIRECT_URI_LENGTH_MAX)
    code_verifier = Parameter(max_length=128)
    refresh_token = Parameter()
    scope = Parameter(max_length=500)
    client_id = Parameter()
    client_secret = Parameter()


class TokenOutput(serializers.Serializer[Any]):
    """Both tokens, shown once."""

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()
    refresh_token = serializers.CharField()
    scope = serializers.CharField()


class RevocationInput(serializers.Serializer[Any]):
    """The token to end."""

    token = Parameter(required=True, allow_blank=False)
    token_type_hint = Parameter()
    client_id = Parameter()
    client_secret = Parameter()


class RevocationOutput(serializers.Serializer[Any]):
    """Whether the token opens anything now: it does not. Clients ignore the body (RFC 7009, 2.2)."""

    active = serializers.BooleanField()


class UserInfoOutput(serializers.Serializer[Any]):
    """`sub` names the customer to this application alone; the rest is there where its function was allowed."""

    sub = serializers.CharField()
    uid = serializers.CharField(required=False)
    username = serializers.CharField(required=False, allow_null=True)
    language = serializers.CharField(required=False)
    email_masked = serializers.CharField(required=False, allow_null=True)
    phone_masked = serializers.CharField(required=False, allow_null=True)

    def to_representation(self, told: dict[str, Any]) -> dict[str, Any]:
        """What is told and no other name, not even with null."""
        return {name: value for name, value in super().to_representation(told).items() if name in told}


def form_of(call: Call) -> dict[str, str]:
    """The parameters that were given; an empty one counts as left out (RFC 6749, 3.2)."""
    return {name: text for name, text in call.input.items() if text}


class OAuthToken(OAuthView):
    """`POST /api/v1/oauth/token`: tokens for a code or a refresh token (RFC 6749, 4.1.3 and 6)."""

    @operation(
        needs=Needs(login=False),
        input=TokenInput,
        output=TokenOutput,
        parsers=("form",),
        rate="1200/m",
        summary="Get or refresh an application's tokens",
        refusals=(errors.OAuthRefused, errors.OAuthClientRefused),
    )
    def post(self, call: Call) -> Answer:
        """Both are shown once."""
        made = oauth.exchange(form=form_of(call), authorization=call.request.headers.get("Authorization", ""))
        return Answer(made, headers=UNCACHED)


class OAuthRevocation(OAuthView):
    """`POST /api/v1/oauth/revoke`: end a token and what belongs to it (RFC 7009)."""

    @operation(
        needs=Needs(login=False),
        input=RevocationInput,
        output=RevocationOutput,
        parsers=("form",),
        rate="1200/m",
        summary="End an application's token",
        refusals=(errors.OAuthRefused, errors.OAuthClientRefused),
    )
    def post(self, call: Call) -> Answer:
        """200 also for a token that is none."""
        oauth.revoke_token(form=form_of(call), authorization=call.request.headers.get("Authorization", ""))
        return Answer({"active": False}, headers=UNCACHED)


class OAuthUserInfo(OAuthView):
    """`GET /api/v1/oauth/userinfo`: the customer, to an application with an access token."""

    @operation(
        needs=Needs(login=False),
        output=UserInfoOutput,
        rate="1200/m",
        summary="Read the customer by an access token",
        refusals=(errors.OAuthTokenRefused, errors.OAuthFunctionMissing),
    )
    def get(self, call: Call) -> dict[str, Any]:
        """What was allowed."""
        bearer = bearer_of(call)
        told: dict[str, Any] = {"sub": bearer.subject}
        if USER_INFO in bearer.functions:
            told |= {"uid": str(bearer.user.uid), "username": bearer.user.username, "language": bearer.user.language}
        if CONTACTS in bearer.functions:
            told |= {"email_masked": mask_email(bearer.user.email), "phone_masked": mask_phone(bearer.user.phone)}
        return told
