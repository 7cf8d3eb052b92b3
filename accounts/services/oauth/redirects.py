"""Addresses to which customers are sent back: registered whole, compared character by character, never assembled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings

from accounts.errors import OAuthApplicationInvalid

REDIRECT_URI_LENGTH_MAX = 1_000
REDIRECT_URIS_MAX = 10
LOOPBACK = frozenset({"127.0.0.1", "::1"})
"""Hosts of a program on the customer's own machine: nobody listens in between, so that http is enough (RFC 8252, 7.3)."""
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()+,;=%-]+", re.ASCII)
"""RFC 3986's characters without the fragment's `#` and the `*` of patterns."""
_ANSWERS = frozenset({"code", "state", "iss", "error", "error_description"})


def check_registrable(uri: str) -> None:
    """Promise that the address may be registered: https (http on loopback), whole, normal, without tricks.

    Raises OAuthApplicationInvalid.
    """
    problem = _problem(uri)
    if problem:
        raise OAuthApplicationInvalid(reason=f"The redirect URI {uri[:100]!r} {problem}.")


def _problem(uri: str) -> str:
    if len(uri) > REDIRECT_URI_LENGTH_MAX:
        return "is too long"
    if not _PLAIN.fullmatch(uri):
        return "has characters that an address to be compared exactly can't have"
    try:
        parts = urlsplit(uri)
        port_is_fine = parts.port != 0
    except ValueError:
        return "is not an address"
    if not parts.hostname or not port_is_fine or parts.hostname.endswith("."):
        return "names no host"
    if "@" in parts.netloc:
        return "carries a user name"
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return "is not https"
    if not uri.startswith(f"{parts.scheme}://{parts.netloc}") or parts.netloc != parts.netloc.lower():
        return "is not in its normal form"
    if any(part in {".", ".."} for part in parts.path.replace("%2e", ".").replace("%2E", ".").split("/")):
        return "has dots for steps"
    if _ANSWERS & {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}:
        return "already holds what an answer adds"
    return ""


def answer(uri: str, parameters: Mapping[str, str]) -> str:
    """The registered address with the answer's parameters and our own name (RFC 9207), for a browser to go to."""
    added = {name: value for name, value in parameters.items() if value} | {"iss": issuer()}
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(added)}"


def issuer() -> str:
    """Our name among authorization servers."""
    return str(settings.PUBLIC_URL).rstrip("/")
