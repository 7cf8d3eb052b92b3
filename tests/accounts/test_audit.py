"""The audit log: it only grows, and every change of it is found."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditLink, AuditRecord
from accounts.services import audit
from tests.accounts.threads import at_once
from tests.database import triggers_asleep


def write(number: int = 0) -> AuditRecord:
    return audit.record(
        actor=None, actor_kind="system", act="test.act", subject=f"test:{number}", facts={"number": str(number), "名": "字"}
    )


def verify(*arguments: str) -> tuple[int, dict[str, object]]:
    out = StringIO()
    try:
        call_command("verify_audit", "--json", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def tamper(statement: str) -> None:
    """What somebody with the database's own powers could do."""
    with triggers_asleep(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_record_gets_its_link_at_commit(real_db: None) -> None:
    with transaction.atomic():
        first = write(1)
        second = write(2)
        assert not AuditLink.objects.exists()
    links = list(AuditLink.objects.order_by("position"))
    assert [(link.position, link.record_id) for link in links] == [(1, first.pk), (2, second.pk)]
    assert bytes(links[0].previous_hash) == bytes(32)
    assert bytes(links[1].previous_hash) == bytes(links[0].link_hash)
    assert verify()[0] == 0


def test_a_record_stands_or_falls_with_its_act(real_db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert not AuditRecord.objects.exists()


def test_records_of_a_crowd_form_one_chain(real_db: None) -> None:
    at_once(24, write)
    code, report = verify()
    assert (code, report["records"]) == (0, 24)


@pytest.mark.parametrize("table", ["accounts_auditrecord", "accounts_auditlink"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_the_log(real_db: None, table: str, statement: str) -> None:
    write()
    column = "reason = 'x'" if table == "accounts_auditrecord" else "position = 7"
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column))
    assert verify()[0] == 0


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE accounts_auditrecord SET reason = 'x' WHERE subject = 'test:2'", "the record is not what was written"),
        ("UPDATE accounts_auditrecord SET facts = '{}' WHERE subject = 'test:2'", "the record is not what was written"),
        ("UPDATE accounts_auditrecord SET at = at + interval '1 µs'".replace("µs", "microsecond"), "the record is not"),
        ("DELETE FROM accounts_auditlink WHERE position = 2", "links 2 to 2 are missing"),
        ("UPDATE accounts_auditlink SET link_hash = sha256('x') WHERE position = 2", "the link does not belong"),
        ("UPDATE accounts_auditlink SET previous_hash = sha256('x') WHERE position = 2", "does not follow"),
        ("DELETE FROM accounts_auditlink WHERE position = 3", "the record has no place in the chain"),
    ],
)
def test_each_change_behind_the_triggers_is_found(real_db: None, statement: str, problem: str) -> None:
    for number in (1, 2, 3):
        write(number)
    tamper(statement)
    code, report = verify()
    assert code == 1
    assert any(problem in found["problem"] for found in report["breaks"])  # type: ignore[attr-defined]  # JSON


def test_a_noted_head_finds_a_log_that_was_cut_or_written_anew(real_db: None) -> None:
    for number in (1, 2, 3):
        write(number)
    head = str(verify()[1]["head"])
    assert verify("--anchor", head)[0] == 0
    tamper("DELETE FROM accounts_auditlink WHERE position = 3")
    tamper("DELETE FROM accounts_auditrecord WHERE subject = 'test:3'")
    assert verify()[0] == 0
    assert verify("--anchor", head)[0] == 1
    write(4)
    assert verify("--anchor", head)[0] == 1


@pytest.mark.django_db
def test_an_act_of_a_person_names_the_person() -> None:
    with pytest.raises(ValueError, match="names who"):
        audit.record(actor=None, actor_kind="staff", act="a", subject="b:1")
    with pytest.raises(ValueError, match="robot"):
        audit.record(actor=None, actor_kind="robot", act="a", subject="b:1")


@pytest.mark.django_db
def test_the_report_for_people_says_whether_it_holds() -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "audit log: holds" in out.getvalue()
