"""Merkle-sum trees: each node commits to the digests and the sums of both its children.

| node | digest: SHA-256 of these words in ASCII, joined by `|` |
|---|---|
| leaf | `quaestor-leaf-1`, coin, uid, balance, nonce (64 hex digits) |
| inner | `quaestor-node-1`, left sum, left digest (hex), right sum, right digest (hex) |
| empty | `quaestor-empty-1`; its sum is 0 |

Sums and balances are plain decimals without exponent and without zeros at the end (`1.5`, `0`). Because both sums stand in
the digest, and none may be below zero, no tree can hide a liability behind a negative one.
Source: Chalkias, Chatzigiannis, Ji, "Broken Proofs of Solvency in Blockchain Custodial Wallets and Exchanges" (2022), 3.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.kit.money import to_text


@dataclass(frozen=True, slots=True)
class Node:
    """A digest, and the sum of the balances below it."""

    digest: bytes
    total: Decimal


def _hash(*words: str) -> bytes:
    return hashlib.sha256("|".join(words).encode("ascii")).digest()


EMPTY = Node(_hash("quaestor-empty-1"), Decimal(0))
"""Stands beside the last node of a level that has an odd number of them."""


def leaf(*, coin: str, uid: int, balance: Decimal, nonce: bytes) -> Node:
    """A customer's leaf."""
    return Node(_hash("quaestor-leaf-1", coin, str(uid), to_text(balance), nonce.hex()), balance)


def above(left: Node, right: Node) -> Node:
    """The parent of two nodes. Raises ValueError for a sum below zero."""
    if left.total < 0 or right.total < 0:
        raise ValueError("no sum of a tree of liabilities is below zero")
    words = (to_text(left.total), left.digest.hex(), to_text(right.total), right.digest.hex())
    return Node(_hash("quaestor-node-1", *words), left.total + right.total)


def levels(leaves: Sequence[Node]) -> list[list[Node]]:
    """All levels, leaves first, the root alone in the last. Raises ValueError without leaves."""
    if not leaves:
        raise ValueError("a tree has one leaf at the least")
    made = [list(leaves)]
    while len(made[-1]) > 1:
        below = made[-1]
        pairs = zip(below[::2], [*below[1::2], EMPTY], strict=False)
        made.append([above(left, right) for left, right in pairs])
    return made
