"""What a request tells of its sender: device, system, browser and place, as words for a list of sessions."""

from __future__ import annotations

from dataclasses import dataclass

from ua_parser import parse

from accounts.services.places import place_of
from config.kit.network import canonical_ip

USER_AGENT_LENGTH_MAX = 512
WORD_LENGTH_MAX = 64


@dataclass(frozen=True)
class Client:
    """The sender of a request, in words for people. Never an input to a decision."""

    ip: str
    place: str
    device: str
    browser: str
    user_agent: str
    city: str = ""
    os: str = ""


def describe(*, ip: str, user_agent: str) -> Client:
    """The sender's words; what can't be told is empty.

    Where the device has no name of its own (a computer), its system stands for it; where the browser is not known, the
    first word that it says of itself.
    """
    text = "".join(character for character in user_agent[:USER_AGENT_LENGTH_MAX] if character.isprintable())
    told = parse(text)
    system = _with_version(told.os.family, told.os.major) if told.os else ""
    place = place_of(canonical_ip(ip))
    return Client(
        ip=ip,
        place=place.country,
        city=place.city,
        device=(told.device.family if told.device else told.os.family if told.os else "")[:WORD_LENGTH_MAX],
        os=system,
        browser=(told.user_agent.family if told.user_agent else _product(text))[:WORD_LENGTH_MAX],
        user_agent=text,
    )


def _with_version(family: str, major: str | None) -> str:
    return " ".join(part for part in (family, major) if part)[:WORD_LENGTH_MAX]


def _product(text: str) -> str:
    return text.split("/", 1)[0].strip()


UNKNOWN = Client(ip="", place="", device="", browser="", user_agent="")
"""A sender of whom nothing was told."""
