from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import psycopg
import pytest

from config.embedded import isolation
from config.embedded.cluster import APPLICATION, BROKER, OWNER, Cluster
from config.embedded.console import Failure
from config.embedded.places import Places


def answer(cluster: Cluster, statement: str, role: str = APPLICATION) -> object:
    with psycopg.connect(cluster.url(role=role)) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row
    return row[0]


def postmaster(cluster: Cluster) -> int:
    return int((cluster.isolation.data / "postmaster.pid").read_text().split()[0])


def wait_for(condition: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]  # a callable
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_data_survive_a_stop_and_a_start(cluster: Cluster, places: Places):
    with psycopg.connect(cluster.url(role=OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        connection.execute(f"GRANT SELECT ON kept TO {APPLICATION}")
    assert cluster.stop()
    assert not (cluster.isolation.data / "postmaster.pid").exists()
    again = Cluster(places, cluster.kind)
    assert again.start()
    assert answer(again, "SELECT number FROM kept") == 42
    assert again.stop()


def test_a_second_user_attaches_and_the_last_one_shuts_down(cluster: Cluster, places: Places):
    second = Cluster(places, cluster.kind)
    assert second.start() is False
    assert cluster.stop() is False
    assert answer(second, "SELECT 1") == 1
    assert second.stop() is True
    with pytest.raises(psycopg.OperationalError):
        answer(second, "SELECT 1")


def test_the_server_is_durable_and_closed_to_the_network(cluster: Cluster):
    assert [answer(cluster, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    assert answer(cluster, "SHOW listen_addresses") == ""
    assert answer(cluster, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()") == "UTF8"


def test_nobody_enters_without_a_password(cluster: Cluster):
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(re.sub(r":[0-9a-f]{48}@", "@", cluster.url()))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(re.sub(r":[0-9a-f]{48}@", ":wrong@", cluster.url()))


def test_secrets_and_sockets_are_private(cluster: Cluster, places: Places):
    assert (places.secrets / "postgresql.json").stat().st_mode & 0o777 == 0o600
    assert cluster.isolation.sockets.stat().st_mode & 0o077 == 0
    assert set(json.loads((places.secrets / "postgresql.json").read_text())) == {"postgres", OWNER, APPLICATION}


def test_the_application_can_make_neither_tables_nor_databases(cluster: Cluster):
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        for statement in ("CREATE TABLE mine (id int)", "CREATE DATABASE mine", "SET session_replication_role = replica"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_the_owner_makes_databases_for_the_tests_and_the_broker_belongs_to_the_application(cluster: Cluster):
    with psycopg.connect(cluster.url(role=OWNER), autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_of_owner")
        connection.execute("CREATE ROLE role_of_test")
        connection.execute("DROP ROLE role_of_test")
    with psycopg.connect(cluster.url(database=BROKER)) as connection:
        connection.execute("CREATE SCHEMA queue")


def test_a_crash_of_the_server_is_mended_and_loses_nothing(cluster: Cluster):
    with psycopg.connect(cluster.url(role=OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    before = postmaster(cluster)
    os.kill(before, signal.SIGKILL)

    def mended() -> bool:
        try:
            return answer(cluster, "SELECT number FROM kept", OWNER) == 7
        except psycopg.OperationalError:
            return False

    wait_for(mended)
    assert postmaster(cluster) != before


def test_a_user_that_is_killed_leaves_no_server_behind(places: Places):
    child = os.fork()
    if child == 0:
        try:
            Cluster(places, isolation.choose()).start()
            (places.run / "started").touch()
            signal.pause()
        finally:
            os._exit(1)
    wait_for((places.run / "started").exists, 60)
    data = isolation.data_directory(places, isolation.choose())
    assert (data / "postmaster.pid").exists()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    wait_for(lambda: not (data / "postmaster.pid").exists())


def test_data_without_their_password_are_not_thrown_away(cluster: Cluster, places: Places):
    cluster.stop()
    (places.secrets / "postgresql.json").unlink()
    again = Cluster(places, cluster.kind)
    with pytest.raises(Failure, match="can't be opened without it"):
        again.start()
    assert (cluster.isolation.data / "PG_VERSION").exists()


def test_a_start_that_was_cut_off_is_begun_anew(places: Places):
    data = isolation.data_directory(places, isolation.choose())
    if data.parent != places.var:
        pytest.skip("the data lie elsewhere on this machine")
    data.mkdir(mode=0o700)
    (data / "base").mkdir()
    made = Cluster(places, isolation.choose())
    assert made.start()
    assert answer(made, "SELECT 1") == 1
    made.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_root_without_user_namespaces_runs_the_server_as_nobody(places: Places):
    made = Cluster(places, isolation.Kind.DROPPED)
    try:
        assert made.start()
        assert Path(f"/proc/{postmaster(made)}").stat().st_uid == isolation.NOBODY
        assert answer(made, "SELECT 1") == 1
    finally:
        made.stop()
        import shutil

        shutil.rmtree(made.isolation.data.parent)


def test_a_long_or_odd_path_gets_a_short_socket_directory(tmp_path: Path):
    odd = Places(tmp_path, tmp_path / ("with space " * 8))
    odd.prepare()
    directory = odd.private_directory()
    assert len(str(directory)) < 90
    assert " " not in str(directory)
    directory.rmdir()
