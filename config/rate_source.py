"""RATES_URL: where prices come from.

| URL | source |
|---|---|
| `https://user:password@host/path` | GET of our own few lines of JSON; `bearer:token@` is sent as a Bearer token, else Basic |
| `file:///path/rates.json` | the same JSON in a file that somebody else writes |
| `development:` | made-up prices, always of this moment; production refuses it |
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

NAME_CHARACTERS_MAX = 32


@dataclass(frozen=True, repr=False)
class RateSource:
    """One source as its URL tells it. Never shown in a `repr`: it may hold credentials."""

    kind: str
    """`https`, `http`, `file` or `development`."""
    name: str
    """What stands beside each price as its source: the host, or the kind."""
    address: str = ""
    """URL without credentials, or the path of the file."""
    user: str = ""
    password: str = ""


def rate_source(text: str) -> RateSource | None:
    """The source that the URL names; None for no text. Raises ImproperlyConfigured, whose words show no credentials."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ImproperlyConfigured("RATES_URL is no URL") from None
    kind, host = parts.scheme, parts.hostname or ""
    if kind == "development":
        return RateSource(kind=kind, name=kind)
    if kind == "file" and parts.path.startswith("/") and not host:
        return RateSource(kind=kind, name=kind, address=unquote(parts.path))
    if kind not in {"http", "https"} or not host:
        raise ImproperlyConfigured("RATES_URL must be https://host/…, file:///path or development:")
    place = f"[{host}]" if ":" in host else host
    return RateSource(
        kind=kind,
        name=host[:NAME_CHARACTERS_MAX],
        address=urlunsplit((kind, place + port, parts.path or "/", parts.query, "")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
