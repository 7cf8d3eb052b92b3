"""Access tokens of other applications: `Authorization: Bearer …` and nothing else, for the endpoints that they may read.

A session's token is none, and an access token opens no endpoint of a session: they lie in different tables.
"""

from __future__ import annotations

from accounts.errors import OAuthTokenRefused
from accounts.services import oauth
from accounts.services.oauth import Bearer
from config.kit.operations import Call


def bearer_of(call: Call, function: str = "") -> Bearer:
    """Whose account the application reads. Raises OAuthTokenRefused, OAuthFunctionMissing."""
    scheme, _, text = call.request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise OAuthTokenRefused
    return oauth.bearer_of(access_token=text.strip(), function=function)
