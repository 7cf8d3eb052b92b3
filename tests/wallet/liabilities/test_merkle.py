"""Merkle-sum trees: what they commit to, and that the script which needs Python only agrees."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.services import merkle
from wallet.services.merkle import EMPTY, Node

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_inclusion.py"


def node(number: int, amount: str = "1") -> Node:
    return merkle.leaf(coin="ETH", uid=100_000_000 + number, balance=Decimal(amount), nonce=bytes([number % 256]) * 32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(min_value=0, max_value=10**9, places=18), min_size=1, max_size=70))
def test_the_root_sums_every_leaf_whatever_their_number(amounts: list[Decimal]) -> None:
    leaves = [merkle.leaf(coin="ETH", uid=n, balance=amount, nonce=b"n" * 32) for n, amount in enumerate(amounts)]
    tree = merkle.levels(leaves)
    assert tree[-1][0].total == sum(amounts)
    assert len(tree[0]) == len(amounts)
    assert all(len(below) == 2 * len(above) or len(below) == 2 * len(above) - 1 for below, above in pairwise(tree))


def test_no_tree_has_a_sum_below_zero_and_none_is_without_leaves() -> None:
    with pytest.raises(ValueError, match="below zero"):
        merkle.levels([node(1), Node(b"x" * 32, Decimal(-1))])
    with pytest.raises(ValueError, match="one leaf"):
        merkle.levels([])


def inclusion(leaves: list[Node], position: int, uid: int, balance: str, nonce: bytes) -> dict[str, Any]:
    """What the interface would tell of one leaf, made anew from the tree."""
    path = []
    tree = merkle.levels(leaves)
    for level in tree[:-1]:
        place = position ^ 1
        beside = level[place] if place < len(level) else EMPTY
        side = "right" if place % 2 else "left"
        path.append({"side": side, "digest": beside.digest.hex(), "total": f"{beside.total.normalize():f}"})
        position //= 2
    return {"coin": "ETH", "uid": str(uid), "balance": balance, "nonce": nonce.hex(), "path": path}


def run(told: Any, root: str, *more: str) -> tuple[int, str]:
    """The script as a customer starts it: no packages, no environment of ours."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), "-", "--root", root, *more]
    ran = subprocess.run(command, input=json.dumps(told), text=True, capture_output=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_the_script_accepts_each_leaf_and_nothing_that_was_changed() -> None:
    leaves = [node(n, f"{n}.5") for n in range(5)]
    root = merkle.levels(leaves)[-1][0]
    for n in range(5):
        told = inclusion(leaves, n, 100_000_000 + n, f"{n}.5", bytes([n]) * 32)
        assert run(told, root.digest.hex(), "--total", "12.5") == (
            0,
            f"Holds: {n}.5 ETH of {100_000_000 + n} are part of 12.5 ETH.\n",
        )
    told = inclusion(leaves, 2, 100_000_002, "2.5", bytes([2]) * 32)
    assert run(told, "0" * 64)[0] == 1
    assert run(told, root.digest.hex(), "--total", "12.4")[0] == 1
    for changed in (
        {"balance": "2.6"}, {"uid": "100000003"}, {"coin": "BTC"}, {"nonce": "00" * 32}, {"path": told["path"][:-1]},
        {"path": [{**told["path"][0], "side": "left" if told["path"][0]["side"] == "right" else "right"}, *told["path"][1:]]},
        {"path": [{**told["path"][0], "total": "0"}, *told["path"][1:]]},
    ):  # fmt: skip
        assert run({**told, **changed}, root.digest.hex())[0] == 1, changed


@pytest.mark.parametrize(
    "told",
    [[], {}, 5, {"coin": "ETH", "uid": "1", "balance": -1, "nonce": "0" * 64, "path": []},
     {"coin": "ETH", "uid": "1", "balance": "-1", "nonce": "0" * 64, "path": []},
     {"coin": "ETH", "uid": "1", "balance": "NaN", "nonce": "0" * 64, "path": []},
     {"coin": "ETH", "uid": "1", "balance": "1", "nonce": "", "path": []},
     {"coin": "ETH", "uid": "1", "balance": "5", "nonce": "0" * 64,
      "path": [{"side": "left", "digest": "0" * 64, "total": "-4"}]}],
)  # fmt: skip
def test_the_script_says_what_it_can_not_read_and_takes_no_negative_sum(told: Any) -> None:
    code, said = run(told, "0" * 64)
    assert code == 2, said
    assert "Traceback" not in said
