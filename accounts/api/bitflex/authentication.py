"""The session on bitflex: header `token`, or the cookie of that name. Source: gaps.md, bitflex."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.api.authentication import TOKEN_LENGTH, SessionAuthentication

TOKEN = "token"  # noqa: S105  # the name of the header and the cookie


class BitflexSessionAuthentication(SessionAuthentication):
    """Finds the session of the header or the cookie; a cookie that can't be ours belongs to another dialect."""

    def cookie_name(self) -> str:
        """The cookie that scripts can't read."""
        return TOKEN

    def in_header(self, request: HttpRequest) -> str | None:
        """The header's token; one that is empty is none."""
        return request.headers.get(TOKEN) or None

    def in_cookie(self, request: HttpRequest) -> str | None:
        """The cookie's token, where it has our length."""
        kept = super().in_cookie(request)
        return kept if kept is not None and len(kept) == TOKEN_LENGTH else None

    def authenticate_header(self, request: object) -> str:
        """DRF makes a 403 of a 401 without one."""
        return "Token"
