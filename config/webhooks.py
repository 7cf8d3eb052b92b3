"""Reading where webhooks go: WEBHOOK_URL and WEBHOOK_SECRET, each a list parted by commas, in the same order."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_PREFIX = "whsec_"  # noqa: S105  # how a secret begins
SECRET_BYTES_MIN, SECRET_BYTES_MAX = 24, 64
"""Standard Webhooks: 192 to 512 bits."""
SECRETS_MAX = 2
"""The new one and the one that it replaces."""


@dataclass(frozen=True, repr=False)
class Endpoint:
    """One receiver. The first secret is the newest; a signature is made with each."""

    url: str
    secrets: tuple[bytes, ...]

    @property
    def name(self) -> str:
        """Host and a digest of the URL, which may hold a token."""
        return f"{(urlsplit(self.url).hostname or '')[:27]}-{hashlib.sha256(self.url.encode()).hexdigest()[:12]}"

    @property
    def is_public(self) -> bool:
        """Whether it is https and its host is not written as a private address or a local name."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        try:
            return parts.scheme == "https" and ipaddress.ip_address(host).is_global
        except ValueError:
            return parts.scheme == "https" and "." in host and not host.endswith((".local", ".localhost", ".internal"))


def endpoints(urls: list[str], secrets: list[str]) -> list[Endpoint]:
    """The receivers; a secret is `whsec_<base64>`, two of them parted by a space while one replaces the other."""
    if len(urls) != len(secrets) or len(set(urls)) != len(urls):
        raise ImproperlyConfigured("WEBHOOK_URL and WEBHOOK_SECRET must name as many endpoints, each once")
    return [Endpoint(_url(url), _secrets(text)) for url, text in zip(urls, secrets, strict=True)]


def _url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None or parts.fragment:
        raise ImproperlyConfigured("WEBHOOK_URL must be http(s):// with a host and without a user or fragment")
    return url


def _secrets(text: str) -> tuple[bytes, ...]:
    found = []
    for part in text.split():
        try:
            secret = base64.b64decode(part.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            secret = b""
        if not part.startswith(SECRET_PREFIX) or not SECRET_BYTES_MIN <= len(secret) <= SECRET_BYTES_MAX:
            raise ImproperlyConfigured(
                f"WEBHOOK_SECRET must be {SECRET_PREFIX} and base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes"
            )
        found.append(secret)
    if not 1 <= len(found) <= SECRETS_MAX:
        raise ImproperlyConfigured(f"WEBHOOK_SECRET takes one secret for each endpoint, or {SECRETS_MAX} parted by a space")
    return tuple(found)
