"""Session tokens as a credential: `Authorization: Bearer …`."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import User
from accounts.services import sessions
from config.kit.credentials import Credential
from config.kit.errors import NotSignedIn

SCHEME = "bearer"
TOKEN_LENGTH = 43
"""Characters of 256 bits in URL-safe base64."""


class SessionAuthentication(BaseAuthentication):
    """Finds the open session of the token and its user, in one query."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user and credential; None where no Bearer token is shown. Raises NotSignedIn for one that is no good."""
        scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != SCHEME:
            return None
        text = text.strip()
        session = sessions.find(text) if len(text) == TOKEN_LENGTH else None
        if session is None:
            raise NotSignedIn
        fresh = session.level == "full" and sessions.is_fresh(session)
        credential = Credential(
            kind="session",
            id=session.pk,
            level=session.level,
            fresh=fresh,
            fingerprint=f"session:{session.public_id}",
        )
        http_request = request._request  # noqa: SLF001  # what views get to see of the request is Django's
        http_request.customer_session = session  # type: ignore[attr-defined]  # views of this app act on it
        return session.user, credential

    def authenticate_header(self, request: Request) -> str:
        """What a 401 tells the client to show."""
        return "Bearer"
