"""Refusals of requests whose credentials can't be trusted, whatever they ask for."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class CredentialsDisagree(DomainError):
    """The cookie and the header show different tokens: one of them is not the sender's."""

    slug = "accounts.credentials_disagree"
    kind = Kind.UNAUTHENTICATED
    message = "The cookie and the header show different sessions. Send one of them."


class CrossSite(DomainError):
    """A cookie alone came with a request that was not made by a page of ours, or by no browser at all."""

    slug = "accounts.cross_site"
    kind = Kind.FORBIDDEN
    message = "A cookie counts for requests of our own pages only. Send the token in the Authorization header."
