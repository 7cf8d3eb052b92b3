"""The session on bitgin: header `token`, or the cookie of that name. Source: gaps.md, bitgin, "Session"."""

from __future__ import annotations

import re
import secrets

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.api.authentication import SessionAuthentication, refuse_other_page

TOKEN, DEVICE = "token", "d_token"
"""The header and cookie of the document, and ours, by which a device stays known."""
PREFIX = "USER_TOKEN_LOGIN_"
FORM = re.compile(rf"{PREFIX}[0-9a-f]{{32}}_[0-9a-f]{{32}}", re.ASCII)


def new_token() -> str:
    """A token of the document's form. Both halves are random: nothing of the customer stands in it."""
    return f"{PREFIX}{secrets.token_hex(16)}_{secrets.token_hex(16)}"


def uuid_of(token: str) -> str:
    """The second half, which the document calls `tokenUuid`."""
    return token.rpartition("_")[2]


class BitginSessionAuthentication(SessionAuthentication):
    """Finds the session of the header, else of the cookie. An app sends its cookie without saying from which page."""

    def cookie_name(self) -> str:
        """The cookie that scripts can't read."""
        return TOKEN

    def in_header(self, request: HttpRequest) -> str | None:
        """The header's token; one that is empty is none."""
        return request.headers.get(TOKEN) or None

    def in_cookie(self, request: HttpRequest) -> str | None:
        """The cookie's token where no header says more, and where it can be one of ours: other dialects have a `token` too."""
        kept = super().in_cookie(request)
        return kept if kept is not None and self.in_header(request) is None and self.is_token(kept) else None

    def is_token(self, text: str) -> bool:
        """`USER_TOKEN_LOGIN_<32 hex>_<32 hex>`."""
        return FORM.fullmatch(text) is not None

    def check_page(self, request: HttpRequest) -> None:
        """Refuse what a browser says another site's page asked for. Raises CrossSite."""
        refuse_other_page(request)

    def authenticate_header(self, request: Request) -> str:
        """DRF makes a 403 of a 401 without one."""
        return "Token"
