"""The toolkit's validator and oauthlib's endpoints, tightened: S256 only, codes kept as hashes and known again when spent.

Everything here runs within the transaction of `tokens`, which holds the customer's row locked: of two requests with
one code or one refresh token the second sees what the first has done.
"""

from __future__ import annotations

from typing import Any

from oauth2_provider.models import get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors as oauthlib_errors
from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, RevocationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant, RefreshTokenGrant
from oauthlib.oauth2.rfc6749.tokens import BearerToken

from accounts.models import OAuthApplication, OAuthConsent, OAuthGrant, User
from accounts.services.oauth.applications import secret_fits
from config.kit.clock import now
from config.kit.crypto import token, token_hash


def code_hash(code: str) -> str:
    """What is kept of an authorization code."""
    return token_hash(code).hex()


def is_allowed(user: User | None, application: OAuthApplication | None) -> bool:
    """Whether the application may act for the user now: both are in order and the user's consent stands."""
    if user is None or application is None or not user.may_act or not application.is_enabled:
        return False
    return OAuthConsent.objects.filter(user=user, application=application, revoked_at__isnull=True).exists()


def _draw(request: Any, refresh_token: bool = False) -> str:
    """A new token: 256 bits, as our own."""
    return token()


class Validator(OAuth2Validator):
    """What differs from the toolkit's."""

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return secret_fits(provided_secret, stored_secret)

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Unless the application was registered without."""
        return bool(request.client.requires_pkce)

    def validate_code(
        self, client_id: str, code: str, client: OAuthApplication, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the code is this client's, unspent and fresh. One that is spent ends what came of it (RFC 6749, 4.1.2)."""
        grant = (
            OAuthGrant.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(code=code_hash(code), application=client)
            .first()
        )
        if grant is None:
            return False
        if grant.consumed_at is not None:
            get_refresh_token_model().revoke_family(grant.token_family)
            return False
        if grant.is_expired() or not is_allowed(grant.user, client):
            return False
        request.grant = grant
        request.user, request.scopes = grant.user, grant.scope.split()
        return True

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        """The challenge that came with the request."""
        return request.grant.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        """S256, or none."""
        return request.grant.code_challenge_method or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: OAuthApplication, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether it is the very address that the code was sent to. Raises InvalidGrantError where not (RFC 6749, 5.2)."""
        if redirect_uri != request.grant.redirect_uri:
            raise oauthlib_errors.InvalidGrantError(request=request)
        return True

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Spend the code; of two requests one does. Raises InvalidGrantError."""
        unspent = OAuthGrant.objects.filter(pk=request.grant.pk, consumed_at__isnull=True)
        if not unspent.update(consumed_at=now()):
            raise oauthlib_errors.InvalidGrantError(request=request)

    def validate_refresh_token(
        self, refresh_token: str, client: OAuthApplication, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """As the toolkit: bound to its client, used once, and a spent one ends its family. And the consent must stand."""
        is_good = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return bool(is_good) and is_allowed(request.user, client)

    def _create_refresh_token(
        self, request: Any, refresh_token_code: str, access_token: Any, previous_refresh_token: Any
    ) -> Any:
        made = super()._create_refresh_token(request, refresh_token_code, access_token, previous_refresh_token)
        if request.grant_type == "authorization_code":
            made.token_family = request.grant.token_family
            made.save(update_fields=["token_family"])
        return made

    def _check_and_set_request_resource(self, request: Any) -> None:
        """We are the only resource there is: no indicators (RFC 8707)."""
        request.resource = []


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint):
    """Two grants and no more: authorization code and refresh token."""

    def __init__(self, access_token_seconds: int) -> None:
        validator = Validator()
        bearer = BearerToken(validator, _draw, access_token_seconds)
        code = AuthorizationCodeGrant(validator)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": code}, default_token_type=bearer
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={"authorization_code": code, "refresh_token": RefreshTokenGrant(validator)},
            default_token_type=bearer,
        )
        RevocationEndpoint.__init__(self, validator)
