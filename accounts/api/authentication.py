"""Session tokens as a credential: in a header, which only our own client's code can set, or in a cookie for browsers.

A browser sends cookies along whoever made it ask, so that a cookie alone counts only for requests that the browser
itself says came from our own pages (Fetch Metadata, section 2.2; RFC 6454 where a browser sends Origin only).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.errors import CredentialsDisagree, CrossSite
from accounts.models import Session, User
from accounts.services import second_factor, sessions
from config.kit.credentials import Credential
from config.kit.crypto import equal
from config.kit.errors import NotSignedIn

SCHEME = "bearer"
TOKEN_LENGTH = 43
"""Characters of 256 bits in URL-safe base64."""
SAME_SITE = frozenset({"same-origin", "none"})
"""What a browser says of requests from our own pages, and of an address that its user typed."""


class SessionAuthentication(BaseAuthentication):
    """Finds the open session of the token and its user, in one query.

    A dialect with another header or cookie overrides `in_header` and `cookie_name`; one whose apps send cookies overrides
    `check_page`, one whose tokens have another form `is_token`.
    """

    def cookie_name(self) -> str:
        """The cookie in which browsers keep the token."""
        return settings.SESSION_TOKEN_COOKIE

    def in_header(self, request: HttpRequest) -> str | None:
        """The token of `Authorization: Bearer …`; None where no such header is shown."""
        scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        return text.strip() if scheme.lower() == SCHEME else None

    def in_cookie(self, request: HttpRequest) -> str | None:
        """The token of the cookie; None where there is none."""
        return request.COOKIES.get(self.cookie_name()) or None

    def is_token(self, text: str) -> bool:
        """Whether the text can be a token at all; what can't is not looked up."""
        return len(text) == TOKEN_LENGTH and text.isascii()

    def check_page(self, request: HttpRequest) -> None:
        """Promise that a request with the cookie alone was asked for by a page of ours. Raises CrossSite."""
        require_own_page(request)

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user and credential; None where no token is shown.

        Raises NotSignedIn for one that is no good, CredentialsDisagree for two that differ, CrossSite for a cookie that
        came along with a request of somebody else's page.
        """
        http_request = request._request  # noqa: SLF001  # what views get to see of the request is Django's
        shown, kept = self.in_header(http_request), self.in_cookie(http_request)
        if shown is None and not kept:
            return None
        if shown is None:
            self.check_page(http_request)
        elif kept and not equal(shown, kept):
            raise CredentialsDisagree
        session = self._session(shown if shown is not None else kept or "")
        http_request.customer_session = session  # type: ignore[attr-defined]  # views of this app act on it
        return session.user, Credential(
            kind="session",
            id=session.pk,
            level=session.level,
            fresh=session.level == "full" and sessions.is_fresh(session),
            fingerprint=f"session:{session.public_id}",
            freshened_by=lambda: second_factor.not_fresh(session.user).methods,
        )

    def _session(self, text: str) -> Session:
        found = sessions.find(text) if self.is_token(text) else None
        if found is None:
            raise NotSignedIn
        return found

    def authenticate_header(self, request: Request) -> str:
        """What a 401 tells the client to show."""
        return "Bearer"


def require_own_page(request: HttpRequest) -> None:
    """Promise that the browser was asked by a page of ours. Raises CrossSite, also where it does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in SAME_SITE or (site == "same-site" and is_ours(request.headers.get("Origin", "")))
    else:
        allowed = is_ours(request.headers.get("Origin", ""))
    if not allowed:
        raise CrossSite


def refuse_other_page(request: HttpRequest) -> None:
    """Refuse what a browser says another site's page asked for; an app says nothing of pages. Raises CrossSite."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in SAME_SITE and not (site == "same-site" and is_ours(origin or "")):
        raise CrossSite
    if site is None and origin is not None and not is_ours(origin):
        raise CrossSite


def is_ours(origin: str) -> bool:
    """Whether the origin is that of our own pages, or of one that the settings trust."""
    ours = urlsplit(settings.PUBLIC_URL)
    return bool(origin) and origin in {f"{ours.scheme}://{ours.netloc}", *settings.CSRF_TRUSTED_ORIGINS}
