"""The machine-readable zone of travel documents: ICAO Doc 9303, parts 3 to 6. Nothing of it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

WEIGHTS = (7, 3, 1)
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_LINE = re.compile(r"[A-Z0-9<]{28,46}", re.ASCII)


@dataclass(frozen=True, repr=False)
class Zone:
    """What was read: document number, birthday as YYMMDD, and whether every check digit of the two is right."""

    number: str
    birthday: str
    checks: bool


def check_digit(text: str) -> str:
    """The check digit of a field."""
    return str(sum(_VALUES[character] * WEIGHTS[place % 3] for place, character in enumerate(text)) % 10)


def find(text: str) -> Zone | None:
    """The zone in a text that was read from a picture: two lines of 44 or 36 characters, or three of 30."""
    lines = [line for raw in text.upper().splitlines() if _LINE.fullmatch(line := raw.replace(" ", "").replace("«", "<"))]
    for first, second in pairwise(lines):
        if first[0] in "PVAC" and len(first) == len(second) and len(first) in {44, 36}:
            return _zone((second[0:9], second[9]), (second[13:19], second[19]))
        if first[0] in "IAC" and len(first) == len(second) == 30:
            return _zone((first[5:14], first[14]), (second[0:6], second[6]))
    return None


def _zone(number: tuple[str, str], birthday: tuple[str, str]) -> Zone:
    checks = all(check_digit(text) == (digit if digit != "<" else "0") for text, digit in (number, birthday))
    return Zone(number=number[0].replace("<", ""), birthday=birthday[0], checks=checks)
