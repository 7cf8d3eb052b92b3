"""Refusals of signing up and in."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class CredentialsChanged(DomainError):
    """The password, a factor or the account's state changed while the sign-in was under way."""

    slug = "accounts.credentials_changed"
    kind = Kind.UNAUTHENTICATED
    message = "The account's password or factors were changed meanwhile. Log in again."


class PasswordDue(DomainError):
    """The code was right, but it came by the way that is this account's second factor: the first one is due as well."""

    slug = "accounts.password_due"
    kind = Kind.FORBIDDEN
    message = "This account asks for its password as well. Log in with the password."
