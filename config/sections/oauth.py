"""Settings of the OAuth 2 provider: what other applications may be given, and for how long."""

from __future__ import annotations

from typing import Any

from config.sections.mode import env

OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS = env.integer("OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS", default=1_800)
"""How long an application's access token opens anything: 10 to 60 minutes."""
OAUTH_REFRESH_TOKEN_IDLE_SECONDS = 30 * 24 * 3_600
"""After so long without a refresh an application has to ask the customer again."""
OAUTH_AUTHORIZATION_REQUEST_LIFETIME_SECONDS = 3_600
"""How long a customer may think about an application's request."""
OAUTH_CODE_LIFETIME_SECONDS = 600

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.OAuthApplication"
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.OAuthGrant"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_VALIDATOR_CLASS": "accounts.services.oauth.validator.Validator",
    "SCOPES_BACKEND_CLASS": "accounts.services.oauth.functions.FunctionScopes",
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": OAUTH_CODE_LIFETIME_SECONDS,
    "ACCESS_TOKEN_EXPIRE_SECONDS": OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS,
    "REFRESH_TOKEN_EXPIRE_SECONDS": OAUTH_REFRESH_TOKEN_IDLE_SECONDS,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ROTATE_REFRESH_TOKEN": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ALLOW_URI_WILDCARDS": False,
    "PKCE_REQUIRED": True,
    "OIDC_ENABLED": False,
    "DCR_ENABLED": False,
    "CIMD_ENABLED": False,
    # RFC 9700, the best current practice: each gate closed. TOKEN_STORAGE keeps SHA-256 of tokens only.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
