"""What an audit asks of the books, in SQL: whole sets, summed by the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

_COINS = """
    SELECT c.code, coalesce(e.entries, 0), coalesce(e.total, 0), coalesce(o.customers, 0)
    FROM wallet_coin c
    LEFT JOIN (SELECT coin_id, count(*) AS entries, sum(amount) AS total FROM wallet_entry GROUP BY coin_id) e
        ON e.coin_id = c.id
    LEFT JOIN (
        SELECT coin_id, sum(balance) AS customers FROM wallet_ledgeraccount WHERE owner_id IS NOT NULL GROUP BY coin_id
    ) o ON o.coin_id = c.id
    ORDER BY c.position, c.code
"""
_ACCOUNTS_THAT_DIFFER = """
    SELECT a.id, a.coin_id, a.balance + coalesce(p.waiting, 0), coalesce(e.total, 0)
    FROM wallet_ledgeraccount a
    LEFT JOIN (SELECT account_id, sum(amount) AS total FROM wallet_entry GROUP BY account_id) e ON e.account_id = a.id
    LEFT JOIN (SELECT account_id, sum(amount) AS waiting FROM wallet_pendingentry GROUP BY account_id) p
        ON p.account_id = a.id
    WHERE a.balance + coalesce(p.waiting, 0) <> coalesce(e.total, 0)
    ORDER BY a.id
"""
_ACCOUNTS_BELOW_ZERO = """
    SELECT a.id, a.coin_id, a.balance + coalesce(p.waiting, 0), 0::numeric
    FROM wallet_ledgeraccount a
    LEFT JOIN (SELECT account_id, sum(amount) AS waiting FROM wallet_pendingentry GROUP BY account_id) p
        ON p.account_id = a.id
    WHERE NOT a.allow_negative AND a.balance + coalesce(p.waiting, 0) < 0
    ORDER BY a.id
"""
_HELD = """
    SELECT owner_id, coin_id, sum(balance) FROM wallet_ledgeraccount
    WHERE owner_id IS NOT NULL AND kind IN ('spot_held', 'futures_held') AND balance <> 0
    GROUP BY owner_id, coin_id
"""
_POSTINGS_THAT_DIFFER = """
    SELECT p.id, coalesce(c.code, ''), coalesce(sum(e.amount), 0)
    FROM wallet_posting p
    LEFT JOIN wallet_entry e ON e.posting_id = p.id
    LEFT JOIN wallet_coin c ON c.id = e.coin_id
    WHERE p.id > %s AND p.id <= %s
    GROUP BY p.id, c.code
    HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.id) < 2
    ORDER BY p.id
"""


@dataclass(frozen=True)
class CoinSums:
    """One coin: its entries, their sum, and what customers own."""

    coin: str
    entries: int
    total: Decimal
    customers: Decimal


@dataclass(frozen=True)
class AccountSums:
    """One account: its balance, waiting entries included, and the sum of its entries."""

    id: int
    coin_id: int
    balance: Decimal
    total: Decimal


def coins() -> list[CoinSums]:
    """Every coin."""
    return [CoinSums(*row) for row in _rows(_COINS)]


def accounts_that_differ() -> list[AccountSums]:
    """Accounts whose balance is not the sum of their entries."""
    return [AccountSums(*row) for row in _rows(_ACCOUNTS_THAT_DIFFER)]


def accounts_below_zero() -> list[AccountSums]:
    """Accounts that are negative and may not be."""
    return [AccountSums(*row) for row in _rows(_ACCOUNTS_BELOW_ZERO)]


def held() -> dict[tuple[int, int], Decimal]:
    """What is held, by customer and coin."""
    return {(owner_id, coin_id): total for owner_id, coin_id, total in _rows(_HELD)}


def postings_that_differ(after: int, until: int) -> Iterator[tuple[int, str, Decimal]]:
    """Postings with `after` < id <= `until` that don't sum to zero in a coin, or lack legs."""
    yield from _rows(_POSTINGS_THAT_DIFFER, [after, until])


def last_posting() -> int:
    """The highest id of a posting, 0 where there is none."""
    return int(_rows("SELECT coalesce(max(id), 0) FROM wallet_posting")[0][0])


def count_postings(after: int, until: int) -> int:
    """How many postings have `after` < id <= `until`."""
    return int(_rows("SELECT count(*) FROM wallet_posting WHERE id > %s AND id <= %s", [after, until])[0][0])


def count_accounts() -> int:
    """How many accounts there are."""
    return int(_rows("SELECT count(*) FROM wallet_ledgeraccount")[0][0])


def _rows(query: str, values: list[int] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
