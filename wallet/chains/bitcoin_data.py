"""Data that a payment of Bitcoin carries beside money: Omni's simple send.

Source: Omni Layer specification, "Simple Send" (transaction version 0, type 0) and "Class C" (OP_RETURN, marker `omni`).
"""

from __future__ import annotations

from collections.abc import Sequence

from wallet.chains.errors import PayloadUnreadable

RETURN = b"\x6a"
MARKER = b"omni"
SIMPLE_SEND_BYTES = 20
PROPERTY_MAX = 2**32 - 1
UNITS_MAX = 2**63 - 1


def simple_send(contract: str, units: int) -> bytes:
    """The script that says: give so many of the smallest units of this property to the payment's recipient."""
    number = int(contract)
    if not 1 <= number <= PROPERTY_MAX or not 1 <= units <= UNITS_MAX:
        raise ValueError("no simple send")
    said = MARKER + bytes(4) + number.to_bytes(4, "big") + units.to_bytes(8, "big")
    return RETURN + bytes([len(said)]) + said


def read_data(paid: Sequence[tuple[bytes, int]]) -> tuple[str | None, int, list[tuple[bytes, int]]]:
    """The property and units that outputs say, and the outputs that pay. Raises PayloadUnreadable for any other data."""
    data = [(script, units) for script, units in paid if script[:1] == RETURN]
    others = [(script, units) for script, units in paid if script[:1] != RETURN]
    if not data:
        return None, 0, others
    script, satoshi = data[0]
    said = script[2:]
    if len(data) != 1 or satoshi or script[1] != SIMPLE_SEND_BYTES or len(said) != SIMPLE_SEND_BYTES:
        raise PayloadUnreadable
    if said[:8] != MARKER + bytes(4):
        raise PayloadUnreadable
    return str(int.from_bytes(said[8:12], "big")), int.from_bytes(said[12:], "big"), others
