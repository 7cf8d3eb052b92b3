"""What a request tells of its sender: device, browser and place, as words for a list of sessions."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import iptocc

USER_AGENT_LENGTH_MAX = 512
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first word found names the browser; those that pretend to be another stand before it."""


@dataclass(frozen=True)
class Client:
    """The sender of a request, in words for people. Never an input to a decision."""

    ip: str
    place: str
    device: str
    browser: str
    user_agent: str
    city: str = ""


def describe(*, ip: str, user_agent: str) -> Client:
    """The sender's words; what can't be told is empty."""
    text = user_agent[:USER_AGENT_LENGTH_MAX]
    product = text.split("/", 1)[0].strip()[:64] if "/" in text else text.strip()[:64]
    return Client(
        ip=ip,
        place=place_of(ip),
        device=next((word for sign, word in _DEVICES if sign in text), ""),
        browser=next((word for sign, word in _BROWSERS if sign in text), product),
        user_agent=text,
    )


def place_of(ip: str) -> str:
    """The ISO 3166 code of the country to which the address is given out, or "" for private and unknown ones."""
    address = ipaddress.ip_address(ip)
    if not address.is_global:
        return ""
    return str(iptocc.country_code(str(address)) or "")
