"""The session on exx: the cookie `[env]JSESSIONID`, which a browser has before it is signed in too. Source: gaps.md, exx."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.api.authentication import TOKEN_LENGTH, SessionAuthentication, refuse_other_page
from accounts.models import User
from config.dialects.exx.dialect import session_cookie
from config.kit.credentials import Credential
from config.kit.errors import NotSignedIn


class ExxSessionAuthentication(SessionAuthentication):
    """Finds the session of the cookie; one that stands for a visit alone signs nobody in."""

    def cookie_name(self) -> str:
        """The cookie that scripts can't read."""
        return session_cookie()

    def in_header(self, request: HttpRequest) -> str | None:
        """Exx has no token header."""
        return None

    def in_cookie(self, request: HttpRequest) -> str | None:
        """The cookie's token, where it has our length: other servers call their cookie so too."""
        kept = super().in_cookie(request)
        return kept if kept is not None and len(kept) == TOKEN_LENGTH else None

    def check_page(self, request: HttpRequest) -> None:
        """Refuse what a browser says another site's page asked for. Raises CrossSite."""
        refuse_other_page(request)

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user of the cookie; None where it is no session's. Raises CrossSite."""
        try:
            return super().authenticate(request)
        except NotSignedIn:
            return None

    def authenticate_header(self, request: Request) -> str:
        """DRF makes a 403 of a 401 without one."""
        return "Cookie"
