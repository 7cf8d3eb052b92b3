"""The embedded PostgreSQL: made in `var/pg`, reached over a socket in a private directory, with passwords even there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from config.embedded import binaries, isolation
from config.embedded.console import Failure, tail
from config.embedded.files import read_json, write_private
from config.embedded.places import ROOT, Places, locked

SUPERUSER, OWNER, APPLICATION = "postgres", "quaestor_owner", "quaestor"
DATABASE, BROKER = "quaestor", "broker"
START_SECONDS_MAX = 120
"""Recovery after a crash may take a while."""
STOP_SECONDS_MAX = 70
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "'scram-sha-256'",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %u@%d '",
    "idle_in_transaction_session_timeout": "'60s'",
    "shared_memory_type": "mmap",
}
"""Durable, and closed to the network. The same settings serve the tests."""


@dataclass
class Cluster:
    """One server, used by this process while `start` has been called and `stop` has not."""

    places: Places
    kind: isolation.Kind

    def __post_init__(self) -> None:
        self._users: IO[str] | None = None
        data = isolation.data_directory(self.places, self.kind)
        self.isolation = isolation.isolate(self.places, self.kind, binaries.find(_major(data)))

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.places.logs / "postgresql.log"

    def url(self, *, role: str = APPLICATION, database: str = DATABASE, scheme: str = "postgresql") -> str:
        """How to reach a database as one of the roles."""
        password = self._passwords()[role]
        return f"{scheme}://{role}:{password}@/{database}?host={quote(str(self.isolation.sockets), safe='')}"

    def start(self) -> bool:
        """Attach to the running server or start one. Whether it was started here. Raises Failure with the log's end."""
        users = self.places.run / "postgresql.users"
        self._users = users.open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)  # waits here while a keeper is shutting down
        with locked(self.places.run / "postgresql.start"):
            if self._answers():
                return False
            self._initialise()
            if self.log.exists() and self.log.stat().st_size > 10_000_000:
                self.log.replace(self.log.with_suffix(".log.1"))
            with self.log.open("ab") as log:
                keeper = subprocess.Popen(
                    [
                        str(self.places.python if self.places.python.exists() else "python3"),
                        "-m",
                        "config.embedded.keeper",
                        str(users),
                        *self._server_command(),
                    ],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._await(keeper)
            self._prepare_roles()
        return True

    def stop(self) -> bool:
        """Let go of the server. The last one to do so waits until it has shut down; whether that was us."""
        if self._users is None:
            return False
        alone = True
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            alone = False
        self._users.close()
        self._users = None
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while alone and (self.isolation.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        return alone

    def _server_command(self) -> list[str]:
        return self.isolation.command(
            "postgres",
            "-D",
            str(self.isolation.data),
            "-c",
            f"unix_socket_directories={self.isolation.sockets}",
            dies_with_parent=True,
        )

    def _initialise(self) -> None:
        data = self.isolation.data
        if (data / "PG_VERSION").exists() and (data / "quaestor.conf").exists():
            return
        for leftover in data.glob("*"):  # of a start that was cut off before it had made a cluster
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        password = self.isolation.sockets / f"first-{secrets.token_hex(4)}"
        write_private(password, self._passwords()[SUPERUSER] + "\n")
        if self.kind is isolation.Kind.DROPPED:
            shutil.chown(password, isolation.NOBODY, isolation.NOBODY)
        try:
            answer = subprocess.run(
                self.isolation.command(
                    "initdb",
                    "-D",
                    str(data),
                    "-U",
                    SUPERUSER,
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--data-checksums",
                    *self.isolation.binaries.locale_options,
                ),
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                check=False,
                cwd="/",
            )
        finally:
            password.unlink()
        if answer.returncode:
            raise Failure(f"a PostgreSQL cluster could not be made in {data}\n{tail(answer.stdout + answer.stderr)}")
        with (data / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'quaestor.conf'\n")
        settings = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
        (data / "quaestor.conf").write_text(settings)
        (data / "quaestor.conf").chmod(0o644)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.Error:
            return False
        return True

    def _connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(role=SUPERUSER, database=database), connect_timeout=5, autocommit=True)

    def _await(self, keeper: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            if keeper.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace")
                raise Failure(f"PostgreSQL did not start; the end of {self.log}:\n{tail(said)}")
            time.sleep(0.02)

    def _prepare_roles(self) -> None:
        """The owner migrates and tests; the application can't change the tables nor, where they are append-only, rows."""
        with self._connect() as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "LOGIN CREATEDB CREATEROLE"), (APPLICATION, "LOGIN")):
                verb = "ALTER" if role in known else "CREATE"
                connection.execute(f"{verb} ROLE {role} {rights} PASSWORD '{self._passwords()[role]}'")
            here = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for database, owner in ((DATABASE, OWNER), (BROKER, APPLICATION)):
                if database not in here:
                    connection.execute(f"CREATE DATABASE {database} OWNER {owner}")
                connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")

    def let_owner_skip_triggers(self) -> None:
        """Let the owner empty tables without asking their triggers, for tests. It could disable them one by one anyway."""
        with self._connect() as connection:
            connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")

    def _passwords(self) -> dict[str, str]:
        path = self.places.secrets / "postgresql.json"
        known = read_json(path)
        if not known:
            if (self.isolation.data / "PG_VERSION").exists():
                raise Failure(
                    f"{path} is gone, and {self.isolation.data} can't be opened without it; restore it, or remove the data"
                )
            known = {role: secrets.token_hex(24) for role in (SUPERUSER, OWNER, APPLICATION)}
            write_private(path, json.dumps(known, indent=1))
        return known


def _major(data: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int((data / "PG_VERSION").read_text())
    return None
