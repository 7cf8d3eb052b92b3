"""The migrated database, made once and copied from then on: migrating anew takes longer than most test files.

Only on the launcher's own server: nothing is left behind on somebody else's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from tests.wallet.processes import database_url

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "quaestor_migrated_"
LOCK = 0x51554145
"""Names the advisory lock under which one session migrates while the others of the same run wait to copy."""
DECIDING = ("*/migrations/*.py", "*/sql/*", "requirements/development.lock")
"""Files that decide what a migrated database looks like."""


class Template:
    """The template of this source tree on the server of this run. Held locked from `claim` to `release`."""

    def __init__(self) -> None:
        """Connects. Raises psycopg.Error."""
        self.name = PREFIX + _fingerprint()
        self._server = psycopg.connect(database_url("postgres"), autocommit=True)

    def claim(self) -> bool:
        """Whether the template is there to be copied. Where it is not, this session alone may make it now."""
        self._server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if self._server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone():
            self._server.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            return True
        return False

    def make(self, migrated: str) -> None:
        """Copy the database, to which nobody may be connected, and drop what older sources left."""
        rows = self._server.execute("SELECT datname FROM pg_database WHERE datname ^@ %s", [PREFIX]).fetchall()
        for (name,) in rows:
            self._server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(self.name), sql.Identifier(migrated))
        )

    def release(self) -> None:
        """Let the others go on."""
        self._server.close()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in DECIDING:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
