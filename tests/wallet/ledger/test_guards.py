"""What the database refuses, whoever asks: raw SQL as the owner of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factories_wallet as factory
from wallet.models.coins import Coin
from wallet.models.ledger import Entry, LedgerAccount, Posting

pytestmark = pytest.mark.django_db

AS_WRITER = "SET LOCAL wallet.writer = 'posting'"
"""What an attacker who read the triggers would say first."""
POSTING = (
    "INSERT INTO wallet_posting (kind, scope, key, fingerprint, actor, reason) "
    "VALUES ('deposit', 'raw', %s, '\\x00', 'raw', '') RETURNING id"
)
ENTRY = "INSERT INTO wallet_entry (posting_id, seq, account_id, coin_id, amount) VALUES (%s, %s, %s, %s, %s)"


def raw(*statements: str | tuple[str, Sequence[Any]]) -> None:
    """Run the statements in one transaction and ask the deferred triggers, as a commit does."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(*(statement if isinstance(statement, tuple) else (statement,)))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(name: str, *statements: str | tuple[str, Sequence[Any]]) -> None:
    """The statements are refused by the constraint of that name."""
    with pytest.raises(DatabaseError) as failure:
        raw(*statements)
    assert failure.value.__cause__.diag.constraint_name == name


@pytest.fixture
def account() -> LedgerAccount:
    """A customer's account with 10 on it."""
    customer = factory.owner()
    factory.fund(customer, "10")
    with connection.cursor() as cursor:  # as if the deposit had been committed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return LedgerAccount.objects.get(owner=customer)


@pytest.mark.parametrize("table", ["wallet_posting", "wallet_entry"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET id = id + 1", "DELETE FROM {table}", "UPDATE {table} SET id = id WHERE false"]
)
def test_the_journal_is_never_edited(account, table, statement):
    refused(f"{table}_append_only", AS_WRITER, statement.format(table=table))


def test_the_journal_is_never_emptied(account):
    refused("wallet_entry_append_only", AS_WRITER, "TRUNCATE wallet_entry")
    with pytest.raises(DatabaseError) as failure:
        raw(AS_WRITER, "TRUNCATE wallet_posting CASCADE")
    assert failure.value.__cause__.diag.constraint_name == "wallet_posting_append_only"


@pytest.mark.parametrize("statement", ["DELETE FROM wallet_ledgeraccount", "TRUNCATE wallet_ledgeraccount CASCADE"])
def test_accounts_are_never_deleted(account, statement):
    with pytest.raises(DatabaseError) as failure:
        raw(AS_WRITER, statement)
    assert failure.value.__cause__.diag.constraint_name in {
        "wallet_ledgeraccount_append_only", "wallet_entry_append_only", "wallet_pendingentry_function_only"
    }  # fmt: skip


def test_a_balance_is_not_set_by_hand(account):
    refused(
        "wallet_ledgeraccount_function_only",
        ("UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE id = %s", [account.pk]),
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.filter(pk=account.pk).update(balance=1_000)


def test_the_writers_mark_does_not_outlive_the_function(account):
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('wallet.writer', true), '')")
        assert cursor.fetchone() == ("",)


@pytest.mark.parametrize("change", ["coin_id = coin_id + 1", "kind = 'spot_held'", "owner_id = NULL", "allow_negative = true"])
def test_an_account_keeps_what_it_is(account, change):
    with pytest.raises(DatabaseError) as failure:
        raw(AS_WRITER, (f"UPDATE wallet_ledgeraccount SET {change} WHERE id = %s", [account.pk]))
    assert failure.value.__cause__.diag.constraint_name == "ledger_account_identity"


def test_a_balance_below_zero_is_refused_even_to_the_writer(account):
    refused(
        "ledger_account_not_negative",
        AS_WRITER,
        ("UPDATE wallet_ledgeraccount SET balance = -1 WHERE id = %s", [account.pk]),
    )


@pytest.mark.parametrize("table", ["wallet_posting", "wallet_entry", "wallet_ledgeraccount", "wallet_pendingentry"])
def test_nothing_is_inserted_past_the_function(account, table):
    refused(f"{table}_function_only", f"INSERT INTO {table} SELECT * FROM {table} WHERE false")


def test_what_waits_is_not_taken_away_past_the_function(account):
    refused("wallet_pendingentry_function_only", "DELETE FROM wallet_pendingentry")


def test_a_posting_without_entries_is_refused_at_commit():
    refused("posting_sums_to_zero", AS_WRITER, (POSTING, ["empty"]))


def _posting(cursor: Any, key: str) -> int:
    cursor.execute(AS_WRITER)
    cursor.execute(POSTING, [key])
    return int(cursor.fetchone()[0])


def test_entries_that_do_not_sum_to_zero_are_refused(account):
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        posting = _posting(cursor, "unbalanced")
        cursor.execute(ENTRY, [posting, 1, account.pk, account.coin_id, "5"])
    assert failure.value.__cause__.diag.constraint_name == "posting_sums_to_zero"


def test_a_posting_takes_no_more_entries_later_even_balanced_ones(account):
    old = Posting.objects.latest("id")
    refused(
        "posting_closed",
        AS_WRITER,
        (
            f"{ENTRY}, (%s, %s, %s, %s, %s)",
            [old.pk, 3, account.pk, account.coin_id, "5", old.pk, 4, account.pk, account.coin_id, "-5"],
        ),
    )


def test_the_check_at_commit_stands_by_itself(account):
    """Without the check of each statement, the deferred one still refuses."""
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_entry DISABLE TRIGGER entries_whole")
        posting = _posting(cursor, "unbalanced")
        cursor.execute(ENTRY, [posting, 1, account.pk, account.coin_id, "5"])
        cursor.execute(ENTRY, [posting, 2, account.pk, account.coin_id, "-4"])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert failure.value.__cause__.diag.constraint_name == "posting_sums_to_zero"


def test_an_entry_is_in_the_coin_of_its_account(account):
    other = Coin.objects.get(code="USDT")
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        posting = _posting(cursor, "coin")
        cursor.execute(
            f"{ENTRY}, (%s, %s, %s, %s, %s)",
            [posting, 1, account.pk, other.pk, "5", posting, 2, account.pk, other.pk, "-5"],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert failure.value.__cause__.diag.constraint_name == "entry_account_coin"


def test_an_entry_finer_than_its_coin_is_refused_in_raw_sql():
    customer = factory.owner()
    factory.fund(customer, "1", coin="BTC")
    mine = LedgerAccount.objects.get(owner=customer)
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        posting = _posting(cursor, "fine")
        row = [mine.pk, mine.coin_id]
        cursor.execute(f"{ENTRY}, (%s, %s, %s, %s, %s)", [posting, 1, *row, "0.000000001", posting, 2, *row, "-0.000000001"])
    assert failure.value.__cause__.diag.constraint_name == "entry_scale"


def test_a_reversal_that_is_not_the_opposite_is_refused(account):
    original = Posting.objects.latest("id")
    other = LedgerAccount.objects.exclude(pk=account.pk).filter(coin=account.coin).first()
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(AS_WRITER)
        cursor.execute(
            "INSERT INTO wallet_posting (kind, scope, key, fingerprint, actor, reason, reverses_id) "
            "VALUES ('reversal', 'raw', 'half', '\\x00', 'raw', '', %s) RETURNING id",
            [original.pk],
        )
        posting = cursor.fetchone()[0]
        row = [account.coin_id]
        cursor.execute(f"{ENTRY}, (%s, %s, %s, %s, %s)", [posting, 1, account.pk, *row, "-5", posting, 2, other.pk, *row, "5"])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert failure.value.__cause__.diag.constraint_name == "posting_reverses_exactly"


@pytest.mark.parametrize("change", ["code = 'XYZ'", "scale = 4"])
def test_a_coin_keeps_its_code_and_scale(change):
    refused("coin_identity", f"UPDATE wallet_coin SET {change} WHERE code = 'BTC'")


def test_a_network_carries_nothing_finer_than_the_coin():
    refused(
        "coin_network_scale",
        "UPDATE wallet_coinnetwork SET scale = 9 WHERE coin_id = (SELECT id FROM wallet_coin WHERE code = 'BTC')",
    )


def test_django_itself_can_neither_change_nor_delete_an_entry(account):
    entry = Entry.objects.latest("id")
    entry.amount = 99
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()


def test_the_functions_run_with_a_fixed_path_and_their_owners_rights():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosecdef, proconfig FROM pg_proc WHERE proname IN "
            "('wallet_post_v1', 'wallet_post_batch_v1', 'wallet_fold_v1') ORDER BY proname"
        )
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == ["wallet_fold_v1", "wallet_post_batch_v1", "wallet_post_v1"]
    for _, runs_as_owner, settings in rows:
        assert runs_as_owner
        assert "search_path=pg_catalog, public, pg_temp" in settings
