"""Verify that a balance is part of a published proof of liabilities. Needs Python only: nothing of the exchange is trusted.

    python3 verify_inclusion.py inclusion.json --root <the root as it was published, 64 hex digits> --total <published total>

`inclusion.json` is the answer of `GET /api/v1/liability-proofs/{id}/inclusion`. Compare uid and balance with what you know
to be yours, and take root and total from where everybody sees the same ones. Exit code 0 where the proof holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from decimal import Decimal, InvalidOperation
from typing import Any

DEPTH_MAX = 64


def amount(text: Any) -> Decimal:
    """A plain amount that is not below zero. Raises ValueError."""
    if not isinstance(text, str):
        raise TypeError("an amount is no text")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    if not value.is_finite() or value < 0:
        raise ValueError(f"{text!r} is below zero or not finite")
    return value


def plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def digest(*words: str) -> str:
    """SHA-256 of the words joined by `|`, hex."""
    return hashlib.sha256("|".join(words).encode("ascii")).hexdigest()


def climb(told: dict[str, Any]) -> tuple[str, Decimal]:
    """Root and total that follow from the leaf and the path. Raises ValueError, KeyError, TypeError."""
    total = amount(told["balance"])
    if len(told["nonce"]) != 64 or len(told["path"]) > DEPTH_MAX:
        raise ValueError("nonce or path has no possible length")
    here = digest("quaestor-leaf-1", told["coin"], told["uid"], plain(total), told["nonce"])
    for step in told["path"]:
        beside = amount(step["total"])
        own, other = (plain(total), here), (plain(beside), step["digest"])
        left, right = (other, own) if step["side"] == "left" else (own, other)
        here = digest("quaestor-node-1", *left, *right)
        total += beside
    return here, total


def main() -> int:
    """Verify, say so, exit."""
    parser = argparse.ArgumentParser(description="Verify that a balance is part of a proof of liabilities.")
    parser.add_argument("inclusion", help="the file with the answer of the API, or - for standard input")
    parser.add_argument("--root", required=True, help="the published root")
    parser.add_argument("--total", help="the published total")
    said = parser.parse_args()
    try:
        with sys.stdin if said.inclusion == "-" else open(said.inclusion, encoding="utf-8") as file:
            told = json.load(file)
        root, total = climb(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        print(f"This can't be read as an inclusion: {problem}")
        return 2
    if root != said.root.lower() or (said.total is not None and total != amount(said.total)):
        print(f"DOES NOT HOLD: the path leads to {root} with {plain(total)}.")
        return 1
    print(f"Holds: {told['balance']} {told['coin']} of {told['uid']} are part of {plain(total)} {told['coin']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
