"""One POST to a receiver of webhooks: signed, to an address that was looked at, following nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import queue
import socket
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpcore

from config.webhooks import Endpoint
from messaging.providers.deadline import Deadline, DeadlineBackend

CLOSED = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "fec0::/10")))
"""Relays and site-local addresses, which Python's table takes for open."""
TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""Networks whose addresses end in an IPv4 address. Source: RFC 6052, RFC 8215, RFC 4291 (2.5.5.1)."""
STEPS = 5
"""Looking the name up, connecting, TLS, writing and waiting: each may take the time-out, and all together as many."""


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


def post(
    endpoint: Endpoint,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float,
    total_seconds: float,
    private_allowed: bool,
) -> int:
    """The answer's status, a 2xx. Raises WebhookNotTaken for anything else; a redirect is not followed.

    Each step may take `timeout_seconds`, and all of them together `total_seconds`, however the receiver spreads its bytes.
    """
    deadline = Deadline(total_seconds)
    parts = urlsplit(endpoint.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(host, port, seconds=timeout_seconds, private_allowed=private_allowed)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    url = httpcore.URL(scheme=parts.scheme, host=address, port=port, target=target)
    sent: list[tuple[bytes | str, bytes | str]] = [*headers.items(), ("Host", parts.netloc)]
    steps = dict.fromkeys(("connect", "read", "write", "pool"), timeout_seconds)
    told = {"sni_hostname": host, "timeout": steps}
    try:
        with (
            httpcore.ConnectionPool(network_backend=DeadlineBackend(deadline)) as pool,
            pool.stream("POST", url, headers=sent, content=body, extensions=told) as answer,
        ):
            status = int(answer.status)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as trouble:
        if deadline.is_over:
            raise WebhookNotTaken("no whole answer in the time that a delivery may take") from None
        raise WebhookNotTaken(f"no answer ({type(trouble).__name__})") from None
    if not 200 <= status < 300:
        raise WebhookNotTaken("a redirect, which is not followed" if 300 <= status < 400 else f"answered {status}", status)
    return status


def resolve(host: str, port: int, *, seconds: float, private_allowed: bool) -> str:
    """The address to connect to. One private address among the name's makes the name refused. Raises WebhookNotTaken."""
    addresses = _looked_up(host, port, seconds)
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise WebhookNotTaken("the name leads to a private address")
    return addresses[0]


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The name's addresses. The system's resolver takes no time-out, so a thread waits for it and is left behind."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put([str(entry[4][0]).partition("%")[0] for entry in found])

    threading.Thread(target=look, name="webhook-name", daemon=True).start()
    try:
        addresses = answers.get(timeout=seconds)
    except queue.Empty:
        raise WebhookNotTaken("the name was not looked up in time") from None
    if not addresses:
        raise WebhookNotTaken("the name has no address")
    return addresses


def is_public(address: str) -> bool:
    """Whether the address is one of the open internet; what an IPv6 address carries inside is looked at as well."""
    parsed = ipaddress.ip_address(address)
    inside = _inside(parsed) if isinstance(parsed, ipaddress.IPv6Address) else ()
    return all(_is_open(one) for one in (parsed, *inside))


def _is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in net for net in CLOSED)


def _inside(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses to which a gateway on the way might turn it."""
    found = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return (*filter(None, found), *([last] if any(address in net for net in TRANSLATED) else []))
