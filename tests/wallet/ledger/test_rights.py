"""The application's role posts through the functions and can write to the books in no other way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from tests import factories_wallet as factory
from wallet.services import folding, ledger

pytestmark = pytest.mark.usefixtures("real_db")


CALLS = [
    "SELECT wallet_post_v1('deposit', 's', 'k', '', 'a', '', NULL, '{}', '{}', '{}', '{}', '{}')",
    "SELECT wallet_post_batch_v1('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
    "SELECT wallet_fold_v1(1, 1)",
]
OPEN_TO_ALL = """
    SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE grantee = 0)
"""
SEARCH_PATHS = """
    SELECT p.proname, (SELECT c FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
"""


@contextmanager
def role_of_test(kind: str) -> Iterator[str]:
    """A role that exists for one test."""
    role = f"{kind}_of_test_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("THE RIGHTS OF THE APPLICATION'S ROLE ARE NOT TESTED: this database's user can't create roles")
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT {role} TO CURRENT_USER")
        yield role
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@pytest.fixture
def as_application() -> Iterator[None]:
    """Everything after this runs as a role that was granted what the application is granted."""
    with role_of_test("application") as role, connection.cursor() as cursor:
        call_command("grant_rights", "--role", role, verbosity=0)
        cursor.execute(f"SET ROLE {role}")
        yield


@pytest.fixture
def as_stranger() -> Iterator[None]:
    """Everything after this runs as a role that was granted nothing."""
    with role_of_test("stranger") as role, connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        yield


def rows(query: str) -> list[Any]:
    """What the catalogue says."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@pytest.mark.parametrize("call", CALLS)
def test_another_role_of_the_database_calls_no_function_of_the_books(as_stranger, call):
    with pytest.raises(ProgrammingError, match="permission denied for function") as failure:
        rows(call)
    assert failure.value.__cause__.sqlstate == "42501"


def test_the_owner_posts_without_a_grant():
    giver, taker = factory.owner(), factory.owner()
    with role_of_test("owner") as role, connection.cursor() as cursor:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {role}")  # without it nobody can own a function there
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute("SELECT current_user")
        own = cursor.fetchone()[0]
        functions = [f for (f,) in rows("SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND proname ~ '^wallet'")]
        try:
            for function in functions:
                cursor.execute(f"ALTER FUNCTION {function} OWNER TO {role}")
            cursor.execute(f"SET ROLE {role}")
            factory.fund(giver, "10")
            factory.transfer(giver, taker, "3", fee="1")
            assert folding.fold_all() == 2
        finally:
            cursor.execute("RESET ROLE")
            for function in functions:
                cursor.execute(f'ALTER FUNCTION {function} OWNER TO "{own}"')


def test_no_function_that_borrows_its_owners_rights_is_open_to_all_or_finds_what_a_caller_puts_in_its_way():
    assert rows(OPEN_TO_ALL) == []
    paths = rows(SEARCH_PATHS)
    assert {name for name, _ in paths} >= {"wallet_post_v1", "wallet_post_batch_v1", "wallet_fold_v1"}
    assert [name for name, path in paths if path is None or path.split(",")[-1].strip() != "pg_temp"] == []


def test_granting_closes_what_was_open_to_all():
    with role_of_test("application") as role, connection.cursor() as cursor, transaction.atomic():
        cursor.execute("GRANT EXECUTE ON FUNCTION wallet_fold_v1 TO PUBLIC")
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        call_command("grant_rights", "--role", role, verbosity=0)
        assert rows(OPEN_TO_ALL) == []
        assert (
            rows(
                "SELECT FROM pg_namespace, aclexplode(nspacl) a WHERE nspname = 'public' AND grantee = 0 "
                "AND privilege_type = 'CREATE'"
            )
            == []
        )


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
