"""Access tokens at use: everything that could have ended one is asked for each time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from oauth2_provider.models import get_access_token_model

from accounts.errors import OAuthFunctionMissing, OAuthTokenRefused
from accounts.models import User
from accounts.services.oauth.subjects import subject_of
from accounts.services.oauth.validator import is_allowed

TOKEN_LENGTH_MAX = 128


@dataclass(frozen=True)
class Bearer:
    """Whose account an application reads, and by which functions."""

    user: User
    subject: str
    functions: frozenset[str]


def bearer_of(*, access_token: str, function: str = "") -> Bearer:
    """The customer of an access token that is good now, and for the function where one is named.

    Raises OAuthTokenRefused, OAuthFunctionMissing.
    """
    if not access_token or len(access_token) > TOKEN_LENGTH_MAX:
        raise OAuthTokenRefused
    checksum = hashlib.sha256(access_token.encode()).hexdigest()
    found = (
        get_access_token_model().objects.select_related("user__parent", "application").filter(token_checksum=checksum).first()
    )
    if found is None or found.is_expired() or not is_allowed(found.user, found.application):
        raise OAuthTokenRefused
    functions = frozenset(found.scope.split())
    if function and function not in functions:
        raise OAuthFunctionMissing(function=function)
    return Bearer(found.user, subject_of(found.user, found.application.client_id), functions)
