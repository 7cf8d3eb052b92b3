"""Proving liabilities: what all customers own of a coin, so that each can see that the own balance is part of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.coins import Coin
from wallet.models.liabilities import LiabilityNode, LiabilityProof
from wallet.services import coins, merkle
from wallet.services.merkle import Node

if TYPE_CHECKING:
    from accounts.models import User

NONCE_BYTES = 32
ROWS_AT_ONCE = 2_000
KEPT_PER_COIN = 3
"""Proofs of a coin whose nodes are kept; of older ones the root alone stays."""
_OWNED = """
    SELECT a.owner_id, u.uid, sum(a.balance)
    FROM wallet_ledgeraccount a JOIN accounts_user u ON u.id = a.owner_id
    WHERE a.coin_id = %s GROUP BY a.owner_id, u.uid HAVING sum(a.balance) > 0
"""
Progress = Callable[[int], None]
"""Called with nodes that were written since the last call."""


@dataclass(frozen=True)
class Step:
    """The sibling on the way up, and on which side it stands."""

    side: str
    digest: str
    total: Decimal


@dataclass(frozen=True)
class Inclusion:
    """Everything that shows that a balance is part of a proof."""

    proof: str
    coin: str
    uid: str
    balance: Decimal
    nonce: str
    path: Sequence[Step]
    root: str
    total: Decimal
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class _Leaf:
    customer_id: int
    nonce: bytes
    node: Node


def prove(code: str, *, progress: Progress = lambda _: None) -> LiabilityProof | None:
    """Build and keep the tree of a coin from one snapshot of the books; None where nobody owns any of it.

    Leaves stand in the order of their digests, which tells nothing of customers. Nodes of older proofs are let go.
    Raises UnknownCoin; RuntimeError inside a transaction.
    """
    coin = coins.get(code)
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        taken_at = now()
        leaves = _leaves(coin)
        if not leaves:
            return None
        tree = merkle.levels([found.node for found in leaves])
        root = tree[-1][0]
        made = LiabilityProof.objects.create(
            coin=coin, root=root.digest, total=root.total, leaf_count=len(leaves), taken_at=taken_at
        )
        for level, nodes in enumerate(tree):
            _keep(made, level, nodes, leaves if level == 0 else [], progress)
        _let_go(coin)
    return made


def _leaves(coin: Coin) -> list[_Leaf]:
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [coin.pk])
        rows = cursor.fetchall()
    found = []
    for customer_id, uid, balance in rows:
        nonce = secrets.token_bytes(NONCE_BYTES)
        found.append(_Leaf(customer_id, nonce, merkle.leaf(coin=coin.code, uid=uid, balance=balance, nonce=nonce)))
    return sorted(found, key=lambda one: one.node.digest)


def _keep(proof: LiabilityProof, level: int, nodes: Sequence[Node], leaves: Sequence[_Leaf], progress: Progress) -> None:
    def rows(first: int) -> Iterator[LiabilityNode]:
        for position, node in enumerate(nodes[first : first + ROWS_AT_ONCE], first):
            own = leaves[position] if leaves else None
            yield LiabilityNode(
                proof=proof,
                level=level,
                position=position,
                digest=node.digest,
                total=node.total,
                customer_id=own.customer_id if own else None,
                nonce=own.nonce if own else None,
            )

    for first in range(0, len(nodes), ROWS_AT_ONCE):
        made = LiabilityNode.objects.bulk_create(rows(first))
        progress(len(made))


def _let_go(coin: Coin) -> None:
    recent = LiabilityProof.objects.filter(coin=coin).order_by("-id").values("pk")[:KEPT_PER_COIN]
    LiabilityNode.objects.filter(proof__coin=coin).exclude(proof__in=list(recent.values_list("pk", flat=True))).delete()


def latest() -> list[LiabilityProof]:
    """The newest proof of each coin, in the order of lists."""
    newest = LiabilityProof.objects.order_by("coin_id", "-id").distinct("coin_id").select_related("coin")
    return sorted(newest, key=lambda proof: (proof.coin.position, proof.coin.code))


def inclusion(*, customer: User, proof_id: str) -> Inclusion:
    """The customer's leaf in a proof and the way from it to the root. Three queries, however many leaves there are.

    Raises Absent for a proof that is not one, that is too old, or in which the customer owned nothing.
    """
    public_id = read_public_id(proof_id)
    proof = LiabilityProof.objects.select_related("coin").filter(public_id=public_id).first() if public_id else None
    own = LiabilityNode.objects.filter(proof=proof, customer=customer).first() if proof else None
    if proof is None or own is None:
        raise Absent(thing="proof")
    return Inclusion(
        proof=str(proof.public_id),
        coin=proof.coin.code,
        uid=str(customer.uid),
        balance=own.total,
        nonce=bytes(own.nonce or b"").hex(),
        path=_path(proof, own.position),
        root=bytes(proof.root).hex(),
        total=proof.total,
        taken_at=proof.taken_at,
    )


def _path(proof: LiabilityProof, position: int) -> list[Step]:
    """The siblings from the leaf's level to below the root."""
    wanted = []
    count, level = proof.leaf_count, 0
    while count > 1:
        wanted.append((level, position ^ 1))
        count, level, position = (count + 1) // 2, level + 1, position // 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.level, n.digest, n.total FROM wallet_liabilitynode n"
            " JOIN unnest(%s::int[], %s::int[]) AS w(level, position) ON n.level = w.level AND n.position = w.position"
            " WHERE n.proof_id = %s",
            [[level for level, _ in wanted], [place for _, place in wanted], proof.pk],
        )
        found = {level: Node(bytes(digest), total) for level, digest, total in cursor.fetchall()}
    steps = []
    for level, place in wanted:
        node = found.get(level, merkle.EMPTY)
        steps.append(Step("right" if place % 2 else "left", node.digest.hex(), node.total))
    return steps
