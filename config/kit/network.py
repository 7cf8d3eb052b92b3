"""Addresses of peers."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104  # a word for "no address known", nothing binds to it


def client_ip(request: HttpRequest) -> str:
    """The sender's address in canonical text.

    Without proxies of ours (`PROXY_COUNT` 0) it is the peer's, whatever X-Forwarded-For says. With n proxies it is
    the n-th entry from the right, since only those were written by us. IPv4-mapped IPv6 addresses become IPv4.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.PROXY_COUNT:
            text = hops[-settings.PROXY_COUNT]
    return canonical_ip(text)


@lru_cache(maxsize=4096)
def canonical_ip(text: str) -> str:
    """The address in canonical text; UNKNOWN_ADDRESS where it is none."""
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def neighbourhood(ip: str) -> str:
    """The network that shares a budget with this address: /24 or /56.

    In development loopback peers count as different addresses, so that one machine can play many customers.
    """
    address = ipaddress.ip_address(ip)
    if address.is_loopback and not settings.PRODUCTION:
        return str(address)
    prefix = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def subscriber(ip: str) -> str:
    """Who shares a limit meant for one subscriber: the address itself, for IPv6 the /56 that each of them is given."""
    address = ipaddress.ip_address(ip)
    return str(address) if address.version == 4 else str(ipaddress.ip_network(f"{address}/56", strict=False))
