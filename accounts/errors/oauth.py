"""Refusals of the OAuth 2 provider: to the customer's side in our words, to applications in those of RFC 6749."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class OAuthApplicationInvalid(DomainError):
    """An application can't be registered like this."""

    slug = "accounts.oauth_application_invalid"
    kind = Kind.INVALID
    message = "{reason}"
    reason: str


class OAuthRequestRefused(DomainError):
    """An application's request is not as RFC 6749 and 7636 want it; `error` is their word for what is wrong.

    `redirect_to` is where the customer goes to tell the application so; empty where the application or its address is
    unknown, because then nobody is sent anywhere.
    """

    slug = "accounts.oauth_request_refused"
    kind = Kind.INVALID
    message = "The application's request is refused ({error}): {reason}"
    error: str
    reason: str
    redirect_to: str = ""


class OAuthRefused(DomainError):
    """A token request or revocation is refused; `error` is the word of RFC 6749, section 5.2."""

    slug = "oauth.refused"
    kind = Kind.INVALID
    message = "{reason}"
    error: str
    reason: str


class OAuthClientRefused(DomainError):
    """The application is unknown, disabled, or did not authenticate itself: which of them is not told."""

    slug = "oauth.invalid_client"
    kind = Kind.UNAUTHENTICATED
    message = "The client is not authenticated."


class OAuthTokenRefused(DomainError):
    """The access token is unknown, expired or revoked, or its customer's account is stopped: which of them is not told."""

    slug = "oauth.invalid_token"
    kind = Kind.UNAUTHENTICATED
    message = "The access token is not valid."


class OAuthFunctionMissing(DomainError):
    """The access token is good, but not for this function."""

    slug = "oauth.insufficient_scope"
    kind = Kind.FORBIDDEN
    message = "The access token lacks the function {function}."
    function: str
