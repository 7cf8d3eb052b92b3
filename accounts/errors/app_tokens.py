"""Refusals of tokens that apps keep behind a fingerprint."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class AppTokenRefused(DomainError):
    """The token is unknown, spent, revoked, expired or another device's: which of them is not told."""

    slug = "accounts.app_token_refused"
    kind = Kind.UNAUTHENTICATED
    message = "Fingerprint log-in has ended here. Log in and turn it on again."


class TooManyAppTokens(DomainError):
    """As many devices as may already sign in by fingerprint."""

    slug = "accounts.too_many_app_tokens"
    kind = Kind.CONFLICT
    message = "{devices_max} devices sign in by fingerprint already. Turn it off on one of them."
    devices_max: int
