"""With a real PgBouncer between us and the database, in transaction mode, the same stories end the same way."""

from __future__ import annotations

import inspect
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from pytest_django import Settings

from config.environment import database
from config.management.commands import grant_rights
from tests.wallet.ledger import test_long, test_races, test_sums
from tests.wallet.processes import database_url
from tests.wallet.withdrawals import test_four_ways
from tests.wallet.withdrawals import test_races as withdrawals

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [
    pytest.mark.usefixtures("real_db"),
    pytest.mark.skipif(PROGRAM is None, reason="there is no pgbouncer: Debian's package of that name brings it"),
]
SERVERS = 8
"""Connections that the bouncer keeps to the database, whoever comes."""
STORIES: list[Callable[..., Any]] = [
    test_races.test_sixty_four_clients_never_hold_more_than_there_is,
    test_races.test_opposite_transfers_end_without_a_deadlock_shown,
    test_races.test_opposite_batches_end_without_a_deadlock_shown,
    test_races.test_folding_beside_postings_loses_and_doubles_nothing,
    test_races.test_a_posting_stands_or_falls_with_the_callers_transaction,
    test_long.test_keys_that_every_client_posts_have_one_effect_each,
    test_long.test_balances_rebuilt_from_their_entries_are_identical,
    test_sums.test_the_bank_holds,
    withdrawals.test_a_crowd_of_withdrawals_of_1_from_a_balance_of_10_is_exactly_10,
    withdrawals.test_many_workers_reserve_different_nonces_and_send_each_transaction_once,
    test_four_ways.test_each_race_has_one_winner_and_its_hold_ends_once,
]


@contextmanager
def running() -> Iterator[int]:
    """A PgBouncer in front of the test's database; its port."""
    server = psycopg.conninfo.conninfo_to_dict(database_url())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="bouncer-"))
    words = {name: server[name] for name in ("host", "port", "user", "password") if server.get(name)}
    target = " ".join(f"{name}='{value}'" for name, value in words.items())
    (folder / "bouncer.ini").write_text(
        f"[databases]\n* = {target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = any\npool_mode = transaction\ndefault_pool_size = {SERVERS}\nmax_client_conn = 400\n"
        "server_reset_query =\nlogfile =\npidfile =\n"
    )
    # It refuses to be root, and the socket's folder is its owner's alone: root takes another name in a namespace of its own.
    root = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] if os.getuid() == 0 else []
    process = subprocess.Popen([*root, str(PROGRAM), "-q", str(folder / "bouncer.ini")])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait()
    shutil.rmtree(folder)


@contextmanager
def through(port: int) -> Iterator[None]:
    """Every connection of ours goes through it, with the settings that an operator gets for DATABASE_BEHIND_PGBOUNCER."""
    ours = connections.settings["default"]
    before = dict(ours)
    url = f"postgresql://{ours['USER']}@127.0.0.1:{port}/{ours['NAME']}"
    behind = database(url, lock_timeout_ms=3_000, statement_timeout_ms=60_000, pgbouncer=True, test_name="")
    connection.close()
    ours.update({name: behind[name] for name in ("HOST", "PORT", "OPTIONS", "CONN_MAX_AGE", "DISABLE_SERVER_SIDE_CURSORS")})
    connection.settings_dict.update(ours)
    try:
        yield
    finally:
        connection.close()
        ours.update(before)
        connection.settings_dict.update(before)


@pytest.fixture(scope="module")
def bouncer(django_db_setup: None) -> Iterator[int]:
    """One for all stories."""
    with running() as port:
        yield port


@pytest.fixture
def bounced(bouncer: int, real_db: None) -> Iterator[None]:
    """Through it."""
    with through(bouncer):
        yield


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_it_ends_the_same(story: Callable[..., Any], bounced: None, request: pytest.FixtureRequest) -> None:
    story(**{name: request.getfixturevalue(name) for name in inspect.signature(story).parameters})
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_port(), count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[1] == 0


def test_more_clients_than_servers_share_what_there_is(bounced: None) -> None:
    from tests.wallet.withdrawals.crowd import at_once

    def who() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    assert 1 <= len(set(at_once([who] * 64))) <= SERVERS


def test_the_roles_own_limits_hold_where_those_of_a_connection_are_not_passed_on(real_db: None, settings: Settings) -> None:
    settings.DATABASE_LOCK_TIMEOUT_MS, settings.DATABASE_STATEMENT_TIMEOUT_MS = 3_000, 10_000
    role = connection.settings_dict["USER"]
    with connection.cursor() as cursor:
        grant_rights.give_timeouts(cursor, role)
    try:
        with running() as port, through(port), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            assert cursor.fetchone() == ("3s", "10s")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {role} RESET lock_timeout")
            cursor.execute(f"ALTER ROLE {role} RESET statement_timeout")
