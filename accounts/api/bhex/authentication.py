"""The session on bhex: cookies `au_token` and `user_id`, both. Source: gaps.md, bhex, "Session"."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.api.authentication import SessionAuthentication, refuse_other_page
from accounts.errors import CrossSite
from accounts.models import Session, User
from config.kit.credentials import Credential
from config.kit.crypto import equal, keyed_hash
from config.kit.errors import NotSignedIn

TOKEN, USER, ACCOUNT, CSRF, DEVICE = "au_token", "user_id", "account_id", "c_token", "d_token"
"""The four cookies of the document, and ours, by which a device stays known."""


def csrf_token(session: Session) -> str:
    """What a page has to repeat in strict mode: bound to the session, so that no other site can know it."""
    return keyed_hash("bhex.c_token", str(session.public_id)).hex()[:32]


def _in_form(request: Request) -> str:
    """The token among the fields, where an upload's form has it; a file that is spooled is not read for it."""
    if request.parser_context["view"].operation.spool_bytes_max is not None:
        return ""
    fields = request.data
    said = fields.get(CSRF) if isinstance(fields, Mapping) else None
    return said if isinstance(said, str) else ""


class BhexSessionAuthentication(SessionAuthentication):
    """Finds the session of the cookies. An app sends cookies without saying from which page; a browser says so."""

    def cookie_name(self) -> str:
        """The cookie that scripts can't read."""
        return TOKEN

    def in_header(self, request: HttpRequest) -> str | None:
        """Bhex has no token header."""
        return None

    def check_page(self, request: HttpRequest) -> None:
        """Refuse what a browser says another site's page asked for. Raises CrossSite."""
        refuse_other_page(request)

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user of both cookies; None where none came. Raises NotSignedIn, CrossSite."""
        cookies = request._request.COOKIES  # noqa: SLF001  # below what DRF makes of them
        if not cookies.get(TOKEN) and not cookies.get(USER):
            return None
        found = super().authenticate(request)
        if found is None or not equal(cookies.get(USER, ""), str(found[0].uid)):
            raise NotSignedIn
        if settings.BHEX_C_TOKEN_REQUIRED:
            self._require_csrf(request)
        return found

    def _require_csrf(self, request: Request) -> None:
        """In strict mode the token stands in the query, a header or the form too. Raises CrossSite."""
        wire = request._request  # noqa: SLF001  # as above
        session: Session = wire.customer_session  # type: ignore[attr-defined]  # set by SessionAuthentication
        said = wire.GET.get(CSRF) or wire.headers.get("X-C-TOKEN") or wire.headers.get("C-TOKEN") or _in_form(request)
        if not equal(said, csrf_token(session)):
            raise CrossSite

    def authenticate_header(self, request: Request) -> str:
        """DRF makes a 403 of a 401 without one."""
        return "Cookie"
