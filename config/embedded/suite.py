"""`make test`: the whole suite on real PostgreSQL, in parallel."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys

from config.embedded.console import Failure, Steps, say
from config.embedded.environment import whole
from config.embedded.places import Places
from config.embedded.setup import open_database

WORKERS_MAX = 8


def test(places: Places, arguments: list[str]) -> int:
    """Run pytest against the embedded server or DATABASE_URL; its exit code. Raises Failure."""
    return with_database(places, pytest_command(places, arguments))


def pytest_command(places: Places, arguments: list[str]) -> list[str]:
    """Pytest with one worker more than there are processors, unless the arguments (or ARGS) say otherwise.

    The one more works while others wait: for a process to start, for a server that never answers.
    """
    chosen = arguments or shlex.split(os.environ.get("ARGS", ""))
    workers = [] if any(part.startswith("-n") for part in chosen) else ["-n", str(min(WORKERS_MAX, (os.cpu_count() or 1) + 1))]
    return [str(places.python), "-m", "pytest", *workers, *chosen]


def with_database(places: Places, command: list[str]) -> int:
    """Run a command in test mode with a database that it may do anything to; its exit code. Raises Failure."""
    steps = Steps()
    database = open_database(places)
    try:
        steps.done("PostgreSQL for the tests")
        values = {"QUAESTOR_MODE": "test", "DATABASE_URL": database.owner_url, "DATABASE_STATEMENT_TIMEOUT_MS": "60000"}
        if database.cluster:
            database.cluster.let_owner_skip_triggers()
            values["TEST_DATABASE_TEMPLATES"] = "1"  # our own server: it may keep the migrated database for the next run
        sys.stdout.flush()
        return _wait(subprocess.Popen(command, cwd=places.root, env=whole(values), stdin=subprocess.DEVNULL))
    except OSError as error:
        raise Failure(f"{command[0]} can't be run: {error.strerror}") from error
    finally:
        if database.stop():
            say("PostgreSQL has shut down")


def _wait(process: subprocess.Popen[bytes]) -> int:
    """The exit code; a Ctrl-C is pytest's own to answer, and SIGTERM is passed on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
