"""The application's role posts through the functions and can write to the books in no other way."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from tests import factories_wallet as factory
from wallet.services import folding, ledger

pytestmark = pytest.mark.usefixtures("real_db")


@pytest.fixture
def as_application() -> Iterator[None]:
    """Everything after this runs as a role that was granted what the application is granted."""
    role = f"application_of_test_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        call_command("grant_rights", "--role", role, verbosity=0)
        cursor.execute(f"SET ROLE {role}")
        yield
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


def test_the_role_posts_and_folds(as_application):
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    factory.transfer(giver, taker, "3", fee="1")
    results = ledger.post_batch([factory.transfer_draft(giver, taker, "1") for _ in range(3)])
    assert not any(isinstance(result, Exception) for result in results)
    assert folding.fold_all() == 2
    assert (factory.available(giver), factory.available(taker)) == (3, 6)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO wallet_posting SELECT * FROM wallet_posting WHERE false",
        "INSERT INTO wallet_entry SELECT * FROM wallet_entry WHERE false",
        "UPDATE wallet_entry SET amount = amount",
        "DELETE FROM wallet_posting",
        "TRUNCATE wallet_entry",
        "UPDATE wallet_ledgeraccount SET balance = 1",
        "INSERT INTO wallet_ledgeraccount SELECT * FROM wallet_ledgeraccount WHERE false",
        "DELETE FROM wallet_pendingentry",
        "ALTER TABLE wallet_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_the_role_lacks_every_other_right(as_application, statement):
    with pytest.raises(ProgrammingError) as failure, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL wallet.writer = 'posting'")
        cursor.execute(statement)
    assert failure.value.__cause__.sqlstate == "42501"


def test_the_role_cannot_fold_past_the_function(as_application):
    factory.fund(factory.owner(), "1")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL wallet.writer = 'posting'")
        cursor.execute("SELECT wallet_fold_locked_v1(account_id, NULL) FROM wallet_pendingentry")
