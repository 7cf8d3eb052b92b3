"""One POST to a receiver of webhooks: signed, to an address that was looked at, following nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from config.webhooks import Endpoint

STEPS = 5
"""Looking the name up, connecting, writing, waiting and TLS: each may take the time-out."""


class WebhookNotTaken(Exception):
    """The receiver did not take it. The words are ours; `status` is its answer's, if there was one."""

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


def signatures(secrets: tuple[bytes, ...], *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` for each secret. Source: Standard Webhooks: Signature scheme."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return " ".join(f"v1,{signature}" for signature in made)


def post(endpoint: Endpoint, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, private_allowed: bool) -> int:
    """The answer's status, a 2xx. Raises WebhookNotTaken for anything else; a redirect is not followed."""
    parts = urlsplit(endpoint.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(host, port, private_allowed=private_allowed)
    literal = f"[{address}]" if ":" in address else address
    url = httpx.URL(endpoint.url).copy_with(host=literal.strip("[]"), port=port)
    sent = {**headers, "Host": parts.netloc}
    try:
        with (
            httpx.Client(timeout=timeout_seconds, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=sent, extensions={"sni_hostname": host}) as answer,
        ):
            status = answer.status_code
    except httpx.HTTPError as trouble:
        raise WebhookNotTaken(f"no answer ({type(trouble).__name__})") from None
    if not 200 <= status < 300:
        raise WebhookNotTaken("a redirect, which is not followed" if 300 <= status < 400 else f"answered {status}", status)
    return status


def resolve(host: str, port: int, *, private_allowed: bool) -> str:
    """The address to connect to. One private address among the name's makes the name refused. Raises WebhookNotTaken."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise WebhookNotTaken("the name has no address") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise WebhookNotTaken("the name leads to a private address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether the address is one of the open internet; what an IPv6 address carries inside is looked at as well."""
    parsed = ipaddress.ip_address(address)
    inner = (parsed.ipv4_mapped or parsed.sixtofour) if isinstance(parsed, ipaddress.IPv6Address) else None
    return parsed.is_global and not parsed.is_multicast and (inner is None or inner.is_global)
