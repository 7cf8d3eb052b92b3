"""What an audit asks of the books, in SQL: whole sets, summed by the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

_COINS = """
    SELECT c.code, coalesce(e.entries, 0), coalesce(e.total, 0) + coalesce(o.proven, 0), coalesce(o.customers, 0)
    FROM wallet_coin c
    LEFT JOIN (
        SELECT coin_id, count(*) AS entries, sum(amount) AS total FROM wallet_entry WHERE id > %(after)s GROUP BY coin_id
    ) e ON e.coin_id = c.id
    LEFT JOIN (
        SELECT a.coin_id, sum(a.balance) FILTER (WHERE a.owner_id IS NOT NULL) AS customers, sum(t.total) AS proven
        FROM wallet_ledgeraccount a LEFT JOIN wallet_auditedtotal t ON t.account_id = a.id AND %(after)s > 0
        GROUP BY a.coin_id
    ) o ON o.coin_id = c.id
    ORDER BY c.position, c.code
"""
_ACCOUNTS_THAT_DIFFER = """
    SELECT a.id, a.coin_id, a.balance + coalesce(p.waiting, 0), coalesce(e.total, 0) + coalesce(t.total, 0)
    FROM wallet_ledgeraccount a
    LEFT JOIN wallet_auditedtotal t ON t.account_id = a.id AND %(after)s > 0
    LEFT JOIN (
        SELECT account_id, sum(amount) AS total FROM wallet_entry WHERE id > %(after)s GROUP BY account_id
    ) e ON e.account_id = a.id
    LEFT JOIN (SELECT account_id, sum(amount) AS waiting FROM wallet_pendingentry GROUP BY account_id) p
        ON p.account_id = a.id
    WHERE a.balance + coalesce(p.waiting, 0) <> coalesce(e.total, 0) + coalesce(t.total, 0)
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
_NEW_POSTINGS_THAT_DIFFER = """
    SELECT e.posting_id, coalesce(c.code, ''), sum(e.amount)
    FROM wallet_entry e LEFT JOIN wallet_coin c ON c.id = e.coin_id
    WHERE e.posting_id IN (SELECT n.posting_id FROM wallet_entry n WHERE n.id > %(after)s)
    GROUP BY e.posting_id, c.code
    HAVING sum(e.amount) <> 0 OR count(*) < 2
    UNION ALL
    SELECT p.id, '', 0::numeric FROM wallet_posting p
    WHERE p.id > %(posting)s AND NOT EXISTS (SELECT FROM wallet_entry e WHERE e.posting_id = p.id)
    ORDER BY 1
"""
_PROVEN_SUMS_DIFFER = """
    SELECT EXISTS (
        SELECT FROM wallet_auditedtotal t
        FULL JOIN (SELECT account_id, sum(amount) AS total FROM wallet_entry WHERE id <= %s GROUP BY account_id) e
            ON e.account_id = t.account_id
        WHERE t.total IS DISTINCT FROM e.total
    )
"""
_WITHDRAWALS_THAT_DIFFER = """
    SELECT w.public_id, n.coin_id, w.amount + w.fee, coalesce(-sum(e.amount), 0)
    FROM wallet_withdrawal w
    JOIN wallet_coinnetwork n ON n.id = w.coin_network_id
    LEFT JOIN wallet_posting p ON p.scope = 'withdrawal' AND p.key = w.public_id || ':end' AND p.kind = %(kind)s
    LEFT JOIN wallet_ledgeraccount a ON a.owner_id = w.customer_id AND a.coin_id = n.coin_id AND a.kind = 'spot_held'
    LEFT JOIN wallet_entry e ON e.posting_id = p.id AND e.account_id = a.id
    WHERE w.state = ANY(%(states)s) AND w.finished_at >= %(since)s
    GROUP BY w.id, n.coin_id
    HAVING coalesce(-sum(e.amount), 0) <> w.amount + w.fee
    ORDER BY w.id
"""
_TRANSFERS_THAT_DIFFER = """
    SELECT t.public_id, t.coin_id, t.amount, coalesce(-min(e.amount) FILTER (WHERE a.kind = 'spot_held'), 0)
    FROM wallet_transfer t
    LEFT JOIN wallet_posting p ON p.scope = 'transfer' AND p.key = t.public_id || ':end'
        AND p.kind = CASE t.state WHEN 'completed' THEN 'transfer' ELSE 'transfer_release' END
    LEFT JOIN wallet_entry e ON e.posting_id = p.id AND e.coin_id = t.coin_id
    LEFT JOIN wallet_ledgeraccount a ON a.id = e.account_id
        AND ((a.owner_id = t.sender_id AND a.kind = 'spot_held')
            OR (a.owner_id = CASE t.state WHEN 'completed' THEN t.receiver_id ELSE t.sender_id END
                AND a.kind = 'spot_available'))
    WHERE t.finished_at >= %(since)s
    GROUP BY t.id
    HAVING coalesce(-min(e.amount) FILTER (WHERE a.kind = 'spot_held'), 0) <> t.amount
        OR coalesce(max(e.amount) FILTER (WHERE a.kind = 'spot_available'), 0) <> t.amount
    ORDER BY t.id
"""
_FIAT_WITHDRAWALS_THAT_DIFFER = """
    SELECT w.public_id, n.coin_id, w.amount + w.fee, coalesce(-sum(e.amount), 0)
    FROM wallet_fiatwithdrawal w
    JOIN wallet_coinnetwork n ON n.id = w.coin_network_id
    LEFT JOIN wallet_posting p ON p.scope = 'fiat_withdrawal' AND p.key = w.public_id || ':end'
        AND p.kind = CASE WHEN w.state IN ('paid', 'returned') THEN 'withdrawal' ELSE 'withdrawal_release' END
    LEFT JOIN wallet_ledgeraccount a ON a.owner_id = w.customer_id AND a.coin_id = n.coin_id AND a.kind = 'spot_held'
    LEFT JOIN wallet_entry e ON e.posting_id = p.id AND e.account_id = a.id
    WHERE w.state = 'paid' OR w.finished_at IS NOT NULL
    GROUP BY w.id, n.coin_id
    HAVING coalesce(-sum(e.amount), 0) <> w.amount + w.fee
    ORDER BY w.id
"""
_DEPOSITS_THAT_DIFFER = """
    SELECT d.public_id, n.coin_id, d.amount, coalesce(sum(e.amount), 0)
    FROM wallet_deposit d
    JOIN wallet_coinnetwork n ON n.id = d.coin_network_id
    LEFT JOIN wallet_ledgeraccount a
        ON a.owner_id = coalesce(d.credited_to_id, d.customer_id) AND a.coin_id = n.coin_id AND a.kind = 'spot_available'
    LEFT JOIN wallet_entry e ON e.posting_id = d.posting_id AND e.account_id = a.id
    WHERE d.state = 'credited' AND d.credited_at >= %(since)s
    GROUP BY d.id, n.coin_id
    HAVING coalesce(sum(e.amount), 0) <> d.amount
    ORDER BY d.id
"""
_PAIRS_THAT_DIFFER = """
    SELECT d.subject, d.coin_id, d.amount, coalesce(sum(e.amount), 0)
    FROM (
        SELECT 'fiat deposit ' || public_id AS subject, coin_id, customer_id, posting_id, amount
        FROM wallet_fiatdeposit WHERE state = 'done' AND finished_at >= %(since)s
        UNION ALL
        SELECT 'reversal of fiat deposit ' || r.public_id, o.coin_id, r.customer_id, r.posting_id, -o.amount
        FROM wallet_fiatreversal r JOIN wallet_fiatdeposit o ON o.id = r.deposit_id
        WHERE r.state = 'done' AND r.finished_at >= %(since)s
        UNION ALL
        SELECT 'adjustment ' || public_id, coin_id, customer_id, posting_id, amount
        FROM wallet_adjustment WHERE state = 'done' AND finished_at >= %(since)s
    ) d
    LEFT JOIN wallet_ledgeraccount a
        ON a.owner_id = d.customer_id AND a.coin_id = d.coin_id AND a.kind = 'spot_available'
    LEFT JOIN wallet_entry e ON e.posting_id = d.posting_id AND e.account_id = a.id
    GROUP BY d.subject, d.coin_id, d.amount
    HAVING coalesce(sum(e.amount), 0) <> d.amount
    ORDER BY d.subject
"""
_DEPOSITS_CONTRADICTED = """
    SELECT d.public_id, n.coin_id, 0::numeric, d.amount
    FROM wallet_deposit d JOIN wallet_coinnetwork n ON n.id = d.coin_network_id
    WHERE d.state = 'credited' AND d.contradicted_at IS NOT NULL
    ORDER BY d.id
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


def coins(*, after: int) -> list[CoinSums]:
    """Every coin; of its entries up to `after` what was proven is taken, and those after it are summed (and counted)."""
    return [CoinSums(*row) for row in _rows(_COINS, {"after": after})]


def accounts_that_differ(*, after: int) -> list[AccountSums]:
    """Accounts whose balance is not the sum of their entries, those up to `after` as they were proven."""
    return [AccountSums(*row) for row in _rows(_ACCOUNTS_THAT_DIFFER, {"after": after})]


def accounts_below_zero() -> list[AccountSums]:
    """Accounts that are negative and may not be."""
    return [AccountSums(*row) for row in _rows(_ACCOUNTS_BELOW_ZERO)]


def held() -> dict[tuple[int, int], Decimal]:
    """What is held, by customer and coin."""
    return {(owner_id, coin_id): total for owner_id, coin_id, total in _rows(_HELD)}


def postings_that_differ(after: int, until: int) -> Iterator[tuple[int, str, Decimal]]:
    """Postings with `after` < id <= `until` that don't sum to zero in a coin, or lack legs."""
    yield from _rows(_POSTINGS_THAT_DIFFER, [after, until])


def new_postings_that_differ(*, after: int, posting: int) -> Iterator[tuple[int, str, Decimal]]:
    """The same of every posting that has an entry after `after`, and of those with an id above `posting` without any."""
    yield from _rows(_NEW_POSTINGS_THAT_DIFFER, {"after": after, "posting": posting})


def withdrawals_that_differ(
    states: Collection[str], kind: str, *, since: datetime
) -> Iterator[tuple[int, int, Decimal, Decimal]]:
    """Withdrawals ended in these states whose last posting, of that kind, did not take amount + fee from what was held.

    Each is (public id, coin id, what is due, what was posted).
    """
    yield from _rows(_WITHDRAWALS_THAT_DIFFER, {"kind": kind, "states": list(states), "since": since})


def transfers_that_differ(*, since: datetime) -> Iterator[tuple[int, int, Decimal, Decimal]]:
    """Ended transfers that did not go, in full, from what the sender held to whom their end says.

    Each is (public id, coin id, amount, what left the sender's held money).
    """
    yield from _rows(_TRANSFERS_THAT_DIFFER, {"since": since})


def fiat_withdrawals_that_differ() -> Iterator[tuple[int, int, Decimal, Decimal]]:
    """Fiat withdrawals that were paid or have ended and whose posting did not take amount + fee from what was held.

    Each is (public id, coin id, what is due, what was posted).
    """
    yield from _rows(_FIAT_WITHDRAWALS_THAT_DIFFER)


def deposits_that_differ(*, since: datetime) -> Iterator[tuple[int, int, Decimal, Decimal]]:
    """Credited deposits whose posting did not credit their amount: (public id, coin id, amount, what was posted)."""
    yield from _rows(_DEPOSITS_THAT_DIFFER, {"since": since})


def proven_sums_differ(*, until: int) -> bool:
    """Whether what was kept as the sums of the entries up to `until` is not what they sum to."""
    return bool(_rows(_PROVEN_SUMS_DIFFER, [until])[0][0])


def pairs_that_differ(*, since: datetime) -> Iterator[tuple[str, int, Decimal, Decimal]]:
    """What two officers let happen since and whose posting moved another amount.

    Each is (subject, coin id, amount, what was posted).
    """
    yield from _rows(_PAIRS_THAT_DIFFER, {"since": since})


def deposits_contradicted() -> Iterator[tuple[int, int, Decimal, Decimal]]:
    """Credited deposits that left their chain, undecided: (public id, coin id, 0, amount)."""
    yield from _rows(_DEPOSITS_CONTRADICTED)


def last_posting() -> int:
    """The highest id of a posting, 0 where there is none."""
    return int(_rows("SELECT coalesce(max(id), 0) FROM wallet_posting")[0][0])


def count_postings(after: int, until: int) -> int:
    """How many postings have `after` < id <= `until`."""
    return int(_rows("SELECT count(*) FROM wallet_posting WHERE id > %s AND id <= %s", [after, until])[0][0])


def count_accounts() -> int:
    """How many accounts there are."""
    return int(_rows("SELECT count(*) FROM wallet_ledgeraccount")[0][0])


def _rows(query: str, values: list[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
