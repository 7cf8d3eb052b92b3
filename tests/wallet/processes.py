"""Real processes on the test's database, stopped by a table lock at a chosen step and killed there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS_MAX = 600.0


def database_url(name: str | None = None) -> str:
    """The test's own database, or another one of the same server."""
    facts = connection.settings_dict
    credentials = quote(str(facts["USER"])) + (f":{quote(str(facts['PASSWORD']))}" if facts["PASSWORD"] else "")
    host = str(facts["HOST"])
    query = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
    place = "" if query else f"{host}:{facts['PORT'] or 5432}"
    return f"postgresql://{credentials}@{place}/{name or facts['NAME']}{query}"


def start(command: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A management command as a process of its own on the test's database."""
    values = {**os.environ, "QUAESTOR_MODE": "test", "DATABASE_URL": database_url(), **environment}
    return subprocess.Popen([sys.executable, "manage.py", command, *arguments], cwd=ROOT, env=values, start_new_session=True)


@contextmanager
def writes_stopped(table: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """While this lasts nobody can write to the table: who tries, waits."""
    with psycopg.connect(database_url()) as lock:
        lock.execute(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE')
        yield lock
        lock.rollback()


def wait_until_somebody_waits_for(table: str) -> None:
    """Until a process has come to the step that writes the table."""
    question = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    with psycopg.connect(database_url(), autocommit=True) as watcher:
        while not watcher.execute(question, [table]).fetchone()[0]:  # type: ignore[index]  # count(*) always has a row
            assert time.monotonic() < deadline, f"nobody came to write {table}"
            time.sleep(0.01)


def kill_at(table: str, process: subprocess.Popen[bytes]) -> None:
    """kill -9 the process at the moment when it waits to write the table. Call inside `writes_stopped`."""
    try:
        wait_until_somebody_waits_for(table)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def run_once(command: str, *arguments: str, **environment: str) -> None:
    """Run the command to its end."""
    assert start(command, "--once", *arguments, **environment).wait(timeout=WAIT_SECONDS_MAX) == 0
