"""How the OAuth endpoints speak to other applications: in the words of RFC 6749 and 6750, not in ours.

They stand in the native index, because they are ours; their refusals are what any OAuth library reads.
"""

from __future__ import annotations

from django.http import HttpRequest

from config.kit.dialect import Dialect, WireError, register
from config.kit.errors import DomainError, Kind, Throttled, Unexpected
from config.kit.views import DialectView

PATHS = ("/api/v1/oauth/token", "/api/v1/oauth/revoke", "/api/v1/oauth/userinfo", "/api/v1/oauth/kyc-level")
_OWN_WORDS = {
    "oauth.invalid_client": (401, "invalid_client"),
    "oauth.invalid_token": (401, "invalid_token"),
    "oauth.insufficient_scope": (403, "insufficient_scope"),
}
_STATUS_OF_SLUG = {"api.method_not_allowed": 405, "api.unsupported_media": 415, "api.unexpected": 500, "api.absent": 404}
_STATUS_OF_KIND = {Kind.TOO_LARGE: 413, Kind.LIMITED: 429, Kind.UNAVAILABLE: 503}


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    if error.slug in _OWN_WORDS:
        return _OWN_WORDS[error.slug][0]
    return _STATUS_OF_SLUG.get(error.slug, _STATUS_OF_KIND.get(error.kind, 400))


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """`{"error": …, "error_description": …}`, with the challenge that a 401 needs."""
    status = status_of(error)
    word = _OWN_WORDS[error.slug][1] if error.slug in _OWN_WORDS else _word(error, status)
    headers = {"Pragma": "no-cache"}
    if error.slug == "oauth.invalid_client":
        headers["WWW-Authenticate"] = 'Basic realm="oauth"'
    elif error.slug in _OWN_WORDS:
        scope = f', scope="{error.facts["function"]}"' if "function" in error.facts else ""
        headers["WWW-Authenticate"] = f'Bearer error="{word}"{scope}'
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.retry_after)
    return WireError(status=status, body={"error": word, "error_description": _ascii(error.detail)}, headers=headers)


def _word(error: DomainError, status: int) -> str:
    if "error" in error.facts:
        return str(error.facts["error"])
    if isinstance(error, Unexpected):
        return "server_error"
    return "temporarily_unavailable" if status in {429, 503} else "invalid_request"


def _ascii(text: str) -> str:
    """The characters that RFC 6749, 5.2, allows in a description."""
    return "".join(c for c in text if " " <= c <= "~" and c not in '"\\')


OAUTH = register(
    Dialect(
        name="oauth",
        prefixes=PATHS,
        authenticators=(),
        refuse=refuse,
        status_of=status_of,
        refusal_shape="OAuthError",
        refusal_media_type="application/json",
    )
)


class OAuthView(DialectView):
    """The endpoints for other applications stand on this. No session opens them, and no cookie is looked at."""

    dialect = OAUTH
