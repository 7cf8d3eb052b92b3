"""The audit trail in one customer's file: found by indexes, and silent about other customers."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import AuditRecord, User
from accounts.services import audit
from accounts.services.officers import Act
from kyc.errors import IdNumberTaken
from kyc.models import Case
from kyc.services import claims, export, export_trail, identity
from tests import factories_kyc as make

pytestmark = pytest.mark.django_db
OPERATOR = Act(reason="order 12", by="ops")
MANY = """
INSERT INTO accounts_auditrecord (at, actor_id, actor_kind, act, subject, reason, facts, record_hash)
SELECT now(), NULL, 'system', 'tests.act', 'kyc.case:' || n, '', jsonb_build_object('customer', (n / 3)::text), '\\x00'
FROM generate_series(1, %s) AS n
"""


def exported(customer: User) -> tuple[bytes, list[dict[str, Any]]]:
    """All that is in the customer's file, and its audit trail."""
    target = io.BytesIO()
    export.write(customer=customer, act=OPERATOR, target=target)
    with zipfile.ZipFile(target) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return b"".join(contents.values()), [json.loads(line) for line in contents["audit.jsonl"].splitlines()]


def contested() -> tuple[User, User]:
    """Who has a document number, and who was refused it."""
    holder, claimant = make.level_one(id_number="A123456789"), make.customer()
    with pytest.raises(IdNumberTaken):
        identity.submit(user=claimant, details=make.personal_data(id_number="A123456789"))
    return holder, claimant


def test_the_trail_of_one_customer_among_many_is_found_by_indexes() -> None:
    user = make.level_two()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [20_000])
        cursor.execute("ANALYZE accounts_auditrecord")
    plan = export_trail.matching(user).explain()
    assert "Seq Scan" not in plan
    for name in ("subject", "actor", "customer"):
        assert f"accounts_auditrecord_{name}" in plan
    acts = [record["act"] for record in export_trail.of(user)]
    assert {"accounts.registered", "kyc.case_claimed", "kyc.approve"} <= set(acts)
    assert "tests.act" not in acts


def test_a_long_trail_is_whole_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_trail, "AUDIT_ROWS_AT_ONCE", 3)
    user = make.level_two()
    records = list(export_trail.of(user))
    assert len(records) == export_trail.matching(user).count() > 3
    assert [record["at"] for record in records] == sorted(record["at"] for record in records)


def test_neither_of_two_who_gave_one_number_is_named_in_the_others_file() -> None:
    holder, claimant = contested()
    for customer, other in ((holder, claimant), (claimant, holder)):
        everything, trail = exported(customer)
        assert str(other.uid).encode() not in everything
        (record,) = [one for one in trail if one["act"] == "kyc.id_number_contested"]
        stored = AuditRecord.objects.get(act="kyc.id_number_contested")
        assert record["record_sha256"] == bytes(stored.record_hash).hex()
        expected = ["by", "facts.claimant"] if customer == holder else ["subject"]
        assert sorted(record["withheld"]) == expected
    assert exported(holder)[1][-1]["facts"]["customer"] == str(holder.uid)


def test_who_acted_for_the_house_and_the_own_family_stay_named() -> None:
    case = make.submitted()
    officer = make.officer()
    claims.claim(case_pk=case.pk, officer=officer)
    sub = User.objects.create(parent=case.user, username="desk-2", register_type="sub", registered_at=case.opened_at)
    with transaction.atomic():
        audit.record(actor=case.user, actor_kind="customer", act="tests.family", subject=f"accounts.user:{sub.uid}")
    trail = {record["act"]: record for record in exported(case.user)[1]}
    assert (trail["kyc.case_claimed"]["by"], trail["kyc.case_claimed"]["withheld"]) == (str(officer.uid), [])
    assert trail["tests.family"]["subject"] == f"accounts.user:{sub.uid}"


def test_an_officers_words_about_another_customer_are_withheld_and_numbers_that_are_nobodys_are_not() -> None:
    user, other = make.level_one(), make.customer()
    case, officer = Case.objects.get(user=user, level=1), make.officer()
    nobody = next(uid for uid in range(100_000_000, 100_000_100) if not User.objects.filter(uid=uid).exists())
    with transaction.atomic():
        audit.record(
            actor=None,
            actor_kind="system",
            act="tests.words",
            subject=f"kyc.case:{case.public_id}",
            reason=f"looks like {other.uid}, not like {nobody}, says {officer.uid}",
            facts={"sha256": f"ab{other.uid}cd"},
        )
    record = next(one for one in exported(user)[1] if one["act"] == "tests.words")
    assert record["reason"] == f"looks like another customer, not like {nobody}, says {officer.uid}"
    assert (record["withheld"], record["facts"]) == (["reason"], {"sha256": f"ab{other.uid}cd"})
