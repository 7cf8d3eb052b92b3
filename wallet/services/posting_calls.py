"""Calling the posting functions: a prepared, server-side-bound cursor, and the database's refusals as ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DatabaseError, connection
from psycopg.types.numeric import Int8

from config.kit.errors import DomainError
from config.kit.money import AMOUNT_PLACES, to_text
from wallet import errors

if TYPE_CHECKING:
    from wallet.services.ledger import Draft, Leg

_POST = (
    "SELECT posting_id, replayed FROM wallet_post_v1(%s::text, %s::text, %s::text, %s::bytea, %s::text, %s::text, %s::bigint,"
    " %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::numeric[])"
)
_POST_BATCH = (
    "SELECT posting_id, replayed FROM wallet_post_batch_v1(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::text[],"
    " %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::numeric[]) ORDER BY place"
)
_FOLD = "SELECT wallet_fold_v1(%s::bigint, %s::bigint)"


def post(draft: Draft) -> tuple[int, bool]:
    """One posting: its id, and whether it stood before."""
    accounts, owners, coins, kinds, amounts = _columns(draft.legs)
    with refusals():
        return _rows(
            _POST,
            (
                draft.kind,
                draft.scope,
                draft.key,
                draft.fingerprint,
                draft.actor_name,
                draft.reason,
                draft.reverses,
                accounts,
                owners,
                coins,
                kinds,
                amounts,
            ),
        )[0]


def post_batch(drafts: Sequence[Draft]) -> list[tuple[int, bool]]:
    """Many postings in one call, all or none, in the order given."""
    legs = [(place, leg) for place, draft in enumerate(drafts, start=1) for leg in draft.legs]
    accounts, owners, coins, kinds, amounts = _columns([leg for _, leg in legs])
    with refusals():
        return _rows(
            _POST_BATCH,
            (
                [draft.kind for draft in drafts],
                [draft.scope for draft in drafts],
                [draft.key for draft in drafts],
                [draft.fingerprint for draft in drafts],
                [draft.actor_name for draft in drafts],
                [draft.reason for draft in drafts],
                [Int8(place) for place, _ in legs],
                accounts,
                owners,
                coins,
                kinds,
                amounts,
            ),
        )


def fold(account_id: int, *, rows_max: int) -> int:
    """Take at most `rows_max` waiting entries into the balance of a house account; how many there were."""
    with refusals():
        return int(_rows(_FOLD, (account_id, rows_max))[0][0])


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the database refuses into the refusal it stands for. Anything else passes unchanged."""
    try:
        yield
    except DatabaseError as failure:
        refusal = _refusal(failure.__cause__)
        if refusal is None:
            raise
        raise refusal from failure


def _rows(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one call on Django's connection, in its transaction where there is one."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    prepare = connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, values, prepare=prepare)
        return cursor.fetchall()


def _columns(
    legs: Sequence[Leg],
) -> tuple[list[Int8 | None], list[Int8 | None], list[str | None], list[str | None], list[Decimal]]:
    accounts: list[Int8 | None] = []
    owners: list[Int8 | None] = []
    coins: list[str | None] = []
    kinds: list[str | None] = []
    for leg in legs:
        named = leg.account
        if isinstance(named, int):
            accounts.append(Int8(named))
            owners.append(None)
            coins.append(None)
            kinds.append(None)
        else:
            owner = named.owner_id
            accounts.append(None)
            owners.append(None if owner is None else Int8(owner))
            coins.append(named.coin)
            kinds.append(str(named.kind))
    return accounts, owners, coins, kinds, [leg.amount for leg in legs]


def _refusal(cause: BaseException | None) -> DomainError | None:
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate == "QL001":
        facts = json.loads(cause.diag.message_detail or "{}")
        return errors.InsufficientFunds(
            coin=facts["coin"],
            available=to_text(Decimal(facts["available"])),
            required=to_text(Decimal(facts["required"])),
        )
    if cause.diag.constraint_name == "entry_scale":
        facts = json.loads(cause.diag.message_detail or "{}")
        return errors.CoinScaleExceeded(coin=facts["coin"], scale=facts["scale"])
    plain = {
        "QL002": errors.IdempotencyConflict,
        "QL003": errors.UnknownAccount,
        "22003": errors.AmountOutOfRange,
    }.get(cause.sqlstate or "")
    if plain is not None:
        return plain()
    if cause.sqlstate == "23502" and cause.diag.table_name == "wallet_entry":
        return errors.UnknownAccount()  # an id that no account has finds no coin either
    if cause.sqlstate == "QL004":
        return errors.CoinScaleExceeded(coin="A coin", scale=AMOUNT_PLACES)
    return _by_constraint(cause.diag.constraint_name or "")


def _by_constraint(name: str) -> DomainError | None:
    if name == "posting_reversed_once":
        return errors.AlreadyReversed()
    if name == "ledger_account_kind_fits_owner":
        return errors.UnknownAccount()
    if name.startswith("wallet_posting_reverses_id"):
        return errors.UnknownPosting()
    reason = {
        "posting_sums_to_zero": "its legs don't sum to zero",
        "entry_moves_something": "a leg moves nothing",
        "posting_reverses_exactly": "it is not the opposite of what it reverses",
    }.get(name)
    return errors.PostingUnbalanced(reason=reason) if reason else None
