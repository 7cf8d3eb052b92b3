"""The few shapes of protobuf that Tron's transactions are made of, in exactly one written form each.

What is read must be what would be written again: a signer must not pass over a field that it doesn't know, as general
readers of protobuf do. See docs/decisions/0009-tron-wire-format.md.

Source: Protocol Buffers, "Encoding"; java-tron, protocol/core/Tron.proto.
"""

from __future__ import annotations

from collections.abc import Sequence

VARINT, BYTES = 0, 2
"""Kinds of fields (wire types); no message of ours has another."""
VARINT_BYTES_MAX = 10
NUMBER_MAX = 2**63 - 1
"""Numbers of Tron are int64, and none of ours is negative."""

Value = int | bytes
Field = tuple[int, Value]
"""Its number and what it holds."""


class Unreadable(ValueError):
    """Bytes that are no message."""


def write(fields: Sequence[Field]) -> bytes:
    """A message of these fields in the order given. Empty values are left out, as protobuf 3 has it."""
    return b"".join(_field(number, value) for number, value in fields if value)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | VARINT) + _varint(value)
    return _varint(number << 3 | BYTES) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    if not 0 <= value <= NUMBER_MAX:
        raise ValueError(f"{value} is no number of Tron")
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def read(message: bytes) -> list[Field]:
    """The fields of a message in their order, whatever they are. Raises Unreadable."""
    fields: list[Field] = []
    place = 0
    while place < len(message):
        tag, place = _number(message, place)
        number, kind = tag >> 3, tag & 7
        if kind not in (VARINT, BYTES) or not number:
            raise Unreadable(f"field {number} of kind {kind}")
        value, place = _number(message, place)
        if kind == VARINT:
            fields.append((number, value))
            continue
        if place + value > len(message):
            raise Unreadable("ends within a field")
        fields.append((number, message[place : place + value]))
        place += value
    return fields


def _number(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(VARINT_BYTES_MAX):
        if place + count >= len(message):
            break
        byte = message[place + count]
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value, place + count + 1
    raise Unreadable("ends within a number")


def only(message: bytes, shapes: dict[int, type[Value]]) -> dict[int, Value]:
    """The fields of a message that has these and no others, each once, written as we would. Raises Unreadable.

    What is left out is empty: 0 or b"".
    """
    fields = read(message)
    found = dict(fields)
    if any(type(value) is not shapes.get(number) for number, value in fields) or write(sorted(found.items())) != message:
        raise Unreadable("not in canonical form")
    return {number: found.get(number, shape()) for number, shape in shapes.items()}


def number(fields: Sequence[Field], wanted: int) -> int:
    """The last number of that field, 0 without one. Raises Unreadable."""
    found = next((value for at, value in reversed(fields) if at == wanted), 0)
    if not isinstance(found, int):
        raise Unreadable(f"field {wanted} is no number")
    return found


def content(fields: Sequence[Field], wanted: int) -> bytes:
    """The last bytes of that field, empty without any. Raises Unreadable."""
    found = next((value for at, value in reversed(fields) if at == wanted), b"")
    if not isinstance(found, bytes):
        raise Unreadable(f"field {wanted} is no bytes")
    return found
