"""The networks to which a key is bound."""

from __future__ import annotations

import ipaddress
import re

from apikeys.errors import NetworkInvalid

PREFIX_MIN = {4: 16, 6: 32}
"""The widest network by IP version: wider ones, and pairs of them, would bind to nobody."""
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")
_FORM = re.compile(r"[0-9a-f:.]{2,39}(/(0|[1-9][0-9]{0,2}))?", re.ASCII)
_DISGUISES = (
    ipaddress.IPv6Network("::/96"),
    ipaddress.IPv6Network("::ffff:0:0/96"),
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("2001::/32"),
)
"""IPv6 in which an IPv4 address hides: unspecified, mapped, NAT64, 6to4, Teredo."""


def normalise(texts: list[str]) -> list[str]:
    """The networks in canonical text, each once, in the order given. Raises NetworkInvalid."""
    return list(dict.fromkeys(_normal(text) for text in texts))


def _normal(text: str) -> str:
    if not _FORM.fullmatch(text.lower()):
        raise _refusal(text, "an address or network like 192.0.2.7 or 2001:db8::/48 is due")
    try:
        network = ipaddress.ip_network(text.lower(), strict=True)
    except ValueError as reason:
        wrong = "bits are set beyond the prefix" if "host bits" in str(reason) else "it is not an address or network"
        raise _refusal(text, wrong) from None
    if network.prefixlen < PREFIX_MIN[network.version]:
        raise _refusal(text, f"the widest network is a /{PREFIX_MIN[network.version]}")
    if isinstance(network, ipaddress.IPv6Network) and any(network.overlaps(other) for other in _DISGUISES):
        raise _refusal(text, "write IPv4 addresses as such")
    if isinstance(network, ipaddress.IPv4Network) and (network.is_reserved or network.overlaps(_THIS_NETWORK)):
        raise _refusal(text, "it names no sender")
    if network.is_multicast:
        raise _refusal(text, "it names no sender")
    return str(network) if network.num_addresses > 1 else str(network.network_address)


def _refusal(text: str, reason: str) -> NetworkInvalid:
    return NetworkInvalid(network=repr(text[:64]), reason=reason)


def allows(networks: list[str], ip: str) -> bool:
    """Whether a sender at `ip` (canonical text) may use a key bound to these networks; no networks bind to nothing.

    A sender whose address is not known stands as 0.0.0.0, which is in no network that `normalise` lets through.
    """
    if not networks:
        return True
    address = ipaddress.ip_address(ip)
    return any(address in ipaddress.ip_network(network) for network in networks)
