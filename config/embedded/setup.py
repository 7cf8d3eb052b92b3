"""What stands between a database and a running product: schema, rights, reference data, officers, the hot wallet's key."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from config.embedded import cluster as clusters
from config.embedded import isolation
from config.embedded.console import Failure, tail
from config.embedded.environment import whole
from config.embedded.files import read_json, write_private
from config.embedded.places import Places

SET_UP_SECONDS_MAX = 600
VERSION_MIN = 150_000
APPS = ("config", "messaging", "accounts", "kyc", "apikeys", "wallet")


@dataclass
class Database:
    """The databases of a run: embedded, or the one that the person named."""

    cluster: clusters.Cluster | None
    application_url: str
    owner_url: str
    broker_url: str

    def stop(self) -> bool:
        """Let go of the embedded server; whether it has shut down."""
        return self.cluster.stop() if self.cluster else False


def open_database(places: Places) -> Database:
    """DATABASE_URL where it is set, else the embedded server, started if need be. Raises Failure."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        _check(given)
        return Database(None, given, given, "pgmq://")
    cluster = clusters.Cluster(places, isolation.choose())
    cluster.start()
    return Database(
        cluster,
        application_url=cluster.url(),
        owner_url=cluster.url(role=clusters.OWNER),
        broker_url=cluster.url(database=clusters.BROKER, scheme="pgmq"),
    )


def set_up(places: Places, database: Database, values: Mapping[str, str]) -> dict[str, Any]:
    """Bring the database up to the code, as its owner; what there is to show afterwards. Raises Failure.

    The embedded one is left alone where the code is the same as at the last time: its data and the note of that time
    lie in the same `var/` and go together.
    """
    note = places.secrets / "set-up.json"
    code = code_fingerprint(places)
    known = read_json(note)
    if database.cluster and known.get("code") == code:
        return dict(known["shown"])
    command = [str(places.python), "manage.py", "set_up", "--json"]
    if database.cluster:
        command += ["--role", clusters.APPLICATION]
    owner = {**values, "DATABASE_URL": database.owner_url, "DATABASE_STATEMENT_TIMEOUT_MS": str(SET_UP_SECONDS_MAX * 1000)}
    answer = manage(places, command, owner)
    shown: dict[str, Any] = json.loads(answer.splitlines()[-1])
    if database.cluster:
        write_private(note, json.dumps({"code": code, "shown": shown}))
    return shown


def code_fingerprint(places: Places) -> str:
    """A hash over all code that could change what a set-up does."""
    digest = hashlib.sha256()
    for app in APPS:
        for path in sorted((places.root / app).rglob("*")):
            if path.suffix in {".py", ".sql", ".json", ".txt"} and path.is_file():
                digest.update(str(path.relative_to(places.root)).encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update((places.root / "requirements" / "development.lock").read_bytes())
    return digest.hexdigest()


def hot_wallet(places: Places, values: Mapping[str, str]) -> tuple[Path, str]:
    """The signer's key file and the address of the key, drawn at the first start."""
    key = places.secrets / "signer.key"
    remembered = places.secrets / "signer.address"
    if not (key.exists() and remembered.exists()):
        answer = manage(places, [str(places.python), "manage.py", "make_signer_key", "--file", str(key)], values)
        remembered.write_text(answer.split()[-1])
    return key, remembered.read_text().strip()


def manage(places: Places, command: list[str], values: Mapping[str, str]) -> str:
    """Run a command of the project and answer its output. Raises Failure with the end of its complaint."""
    log = places.logs / "set-up.log"
    try:
        answer = subprocess.run(
            command,
            cwd=places.root,
            env=whole(values),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=SET_UP_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{' '.join(command[1:3])} did not end within {SET_UP_SECONDS_MAX} s") from error
    log.write_text(answer.stdout + answer.stderr)
    if answer.returncode:
        raise Failure(f"`{' '.join(command[1:3])}` failed; all of it is in {log}:\n{tail(answer.stderr or answer.stdout)}")
    return answer.stdout


def _check(url: str) -> None:
    if not url.startswith(("postgres://", "postgresql://")):
        raise Failure("DATABASE_URL must begin with postgresql://")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise Failure(f"the database of DATABASE_URL does not answer: {' '.join(str(error).split())}") from error
    if version < VERSION_MIN:
        raise Failure(f"PostgreSQL 15 or newer is needed; DATABASE_URL leads to {version // 10_000}")
