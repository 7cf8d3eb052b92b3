"""A writer of tiny databases in MaxMind's format, version 2.0: a binary tree of 24-bit records over IPv4, then the values."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAP, TEXT, UINT16, UINT32, UINT64, ARRAY = 7, 2, 5, 6, 9, 11
MARKER = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = b"\x00" * 16


def written(path: Path, places: Mapping[str, tuple[str, str]]) -> Path:
    """A database that knows these networks, each as (country, city)."""
    nodes: list[list[int | None]] = [[None, None]]
    values = bytearray()
    leaves: dict[tuple[int, int], int] = {}
    for text, (country, city) in places.items():
        network = ipaddress.ip_network(text)
        bits = f"{int(network.network_address):032b}"[: network.prefixlen]
        at = 0
        for bit in bits[:-1]:
            following = nodes[at][int(bit)]
            if following is None:
                nodes.append([None, None])
                following = nodes[at][int(bit)] = len(nodes) - 1
            at = following
        leaves[at, int(bits[-1])] = len(values)
        values += _value({"country": {"iso_code": country}, "city": {"names": {"en": city}}})
    tree = bytearray()
    for number, sides in enumerate(nodes):
        for side, following in enumerate(sides):
            offset = leaves.get((number, side))
            record = len(nodes) if following is None else following
            tree += (record if offset is None else len(nodes) + len(SEPARATOR) + offset).to_bytes(3, "big")
    path.write_bytes(bytes(tree) + SEPARATOR + bytes(values) + MARKER + _value(_metadata(len(nodes))))
    return path


def _metadata(nodes: int) -> dict[str, Any]:
    return {
        "node_count": (UINT32, nodes),
        "record_size": (UINT16, 24),
        "ip_version": (UINT16, 4),
        "database_type": "Test-City",
        "languages": ["en"],
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_700_000_000),
        "description": {"en": "made by a test"},
    }


def _value(value: Any) -> bytes:
    if isinstance(value, dict):
        return _control(MAP, len(value)) + b"".join(_value(name) + _value(inner) for name, inner in value.items())
    if isinstance(value, list):
        return _control(ARRAY, len(value)) + b"".join(map(_value, value))
    if isinstance(value, tuple):
        kind, number = value
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return _control(kind, len(raw)) + raw
    raw = value.encode()
    return _control(TEXT, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    assert size < 29, "a larger size has another form"
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])
