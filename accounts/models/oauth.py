"""Other applications that customers let read from their accounts: OAuth 2, on the tables of django-oauth-toolkit.

Nothing spendable lies here or there: of codes and tokens the SHA-256 is kept, of clients' secrets a keyed hash.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from oauth2_provider.models import AbstractApplication, AbstractGrant

from config.kit.ids import PublicIdField

_HASHES = "^[0-9a-f]{64}(:[0-9a-f]{64})?$"


class OAuthApplication(AbstractApplication):
    """A client (RFC 6749, section 2), registered by an operator.

    `client_secret` holds keyed hashes made by `services.oauth.applications`, so that the toolkit's own hashing is off.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """Nobody: operators register applications, and the toolkit's column stays empty."""
    functions = models.CharField(max_length=500)
    """Names of the functions that it may ask for, parted by spaces."""
    requires_pkce = models.BooleanField(default=True)
    """Off only for confidential clients of a contract that knows no PKCE."""
    is_enabled = models.BooleanField(default=True)
    hash_client_secret = models.BooleanField(default=False, editable=False)

    objects: ClassVar[models.Manager[OAuthApplication]] = models.Manager()

    class Meta:
        verbose_name = "OAuth application"
        constraints = (
            models.UniqueConstraint(fields=["name"], name="accounts_oauthapplication_name_unique"),
            models.CheckConstraint(
                condition=Q(authorization_grant_type=AbstractApplication.GRANT_AUTHORIZATION_CODE, skip_authorization=False),
                name="accounts_oauthapplication_code_only",
            ),
            models.CheckConstraint(
                condition=Q(requires_pkce=True) | Q(client_type=AbstractApplication.CLIENT_CONFIDENTIAL),
                name="accounts_oauthapplication_public_needs_pkce",
            ),
            models.CheckConstraint(
                condition=Q(client_type=AbstractApplication.CLIENT_PUBLIC, client_secret="")
                | Q(client_type=AbstractApplication.CLIENT_CONFIDENTIAL, client_secret__regex=_HASHES),
                name="accounts_oauthapplication_secret_hashed",
            ),
            models.CheckConstraint(
                condition=~Q(redirect_uris="") & ~Q(redirect_uris__contains="*"),
                name="accounts_oauthapplication_redirects_exact",
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    def __repr__(self) -> str:
        return f"<OAuthApplication {self.client_id}>"

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Whether the address is registered, character by character."""
        return uri in self.redirect_uris.split()

    def is_usable(self, request: Any) -> bool:
        """Whether it may act at all; asked at every use."""
        return self.is_enabled

    def get_absolute_url(self) -> str:
        """None: the toolkit's own pages are not mounted."""
        return ""


class OAuthGrant(AbstractGrant):
    """An authorization code that was given out: `code` is its SHA-256 in hex. Kept when spent, to know it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_family = models.UUIDField(default=uuid.uuid4, editable=False)
    """Of the refresh tokens that come of it: a code shown twice ends them."""
    consumed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[OAuthGrant]] = models.Manager()

    class Meta:
        verbose_name = "OAuth code"
        constraints = (
            models.CheckConstraint(condition=Q(code__regex="^[0-9a-f]{64}$"), name="accounts_oauthgrant_code_hashed"),
            models.CheckConstraint(
                condition=Q(code_challenge="", code_challenge_method="")
                | Q(code_challenge_method="S256") & ~Q(code_challenge=""),
                name="accounts_oauthgrant_s256_only",
            ),
        )
        indexes = (models.Index(fields=["expires"], name="accounts_oauthgrant_old"),)

    def __repr__(self) -> str:
        return f"<OAuthGrant {self.pk}>"


class OAuthRequest(models.Model):
    """What an application asked for, checked, until its customer has answered. Of its id the SHA-256 is kept."""

    request_hash = models.BinaryField(max_length=32)
    application = models.ForeignKey(OAuthApplication, on_delete=models.CASCADE, related_name="requests")
    redirect_uri = models.CharField(max_length=1000)
    state = models.CharField(max_length=1000, blank=True, default="")
    functions = models.CharField(max_length=500)
    code_challenge = models.CharField(max_length=43, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "OAuth request"
        constraints = (
            models.UniqueConstraint(fields=["request_hash"], name="accounts_oauthrequest_unique"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="accounts_oauthrequest_expires_later"),
        )
        indexes = (models.Index(fields=["expires_at"], name="accounts_oauthrequest_old"),)

    def __str__(self) -> str:
        return f"request of {self.application_id}"

    def __repr__(self) -> str:
        return f"<OAuthRequest {self.pk}>"


class OAuthConsent(models.Model):
    """That a customer lets an application in. While it stands, the application's tokens open what they say; else nothing."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents")
    application = models.ForeignKey(OAuthApplication, on_delete=models.CASCADE, related_name="consents")
    functions = models.CharField(max_length=500)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "OAuth consent"
        constraints = (
            models.UniqueConstraint(
                fields=["user", "application"],
                condition=Q(revoked_at__isnull=True),
                name="accounts_oauthconsent_one_live",
            ),
        )

    def __str__(self) -> str:
        return f"consent of {self.user_id} to {self.application_id}"

    def __repr__(self) -> str:
        return f"<OAuthConsent {self.public_id}>"
