"""The OAuth 2 provider (RFC 6749, 7009, 7636, 9207): customers let other applications read from their accounts.

Authorization code only, with PKCE by S256 except for confidential clients of contracts that know none.
"""

from __future__ import annotations

from accounts.services.oauth.authorizations import Approved, AuthorizationRequest, approve, begin, deny, read
from accounts.services.oauth.bearers import Bearer, bearer_of
from accounts.services.oauth.consents import listed, revoke, revoke_all
from accounts.services.oauth.functions import Function, named
from accounts.services.oauth.tokens import Tokens, exchange, revoke_token

__all__ = [
    "Approved",
    "AuthorizationRequest",
    "Bearer",
    "Function",
    "Tokens",
    "approve",
    "bearer_of",
    "begin",
    "deny",
    "exchange",
    "listed",
    "named",
    "read",
    "revoke",
    "revoke_all",
    "revoke_token",
]
