"""One customer's file for a regulator."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from io import StringIO
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import call_command

from accounts.errors import NotAnOfficer, ReasonDue
from accounts.models import AuditRecord, User
from accounts.services.officers import Act
from kyc.models import Document
from kyc.services import documents, export, storage, unmasking
from tests import factories_kyc as make

pytestmark = pytest.mark.django_db


def chinese() -> User:
    """A customer with level 2 whose name is Chinese, in both scripts."""
    return make.level_two(
        make.level_one(first_name="國華", last_name="张", id_number="A123456789", address="台北市中山北路七段")
    )


def test_the_file_holds_summary_data_documents_decisions_and_the_audit_trail(tmp_path: Path) -> None:
    user, stranger = chinese(), make.level_one(id_number="B198765436")
    unmasking.reveal(user, ["name"], make.officer(), "review")
    out, target = StringIO(), tmp_path / "file.zip"
    call_command("export_customer", str(user.uid), "--by=ops", "--reason=order 12", f"--out={target}", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert target.stat().st_mode & 0o777 == 0o600
    assert told["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents.pop("manifest.json"))
    assert {name: entry["sha256"] for name, entry in manifest["entries"].items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in contents.items()
    }
    assert manifest["missing"] == []
    for document in Document.objects.filter(user=user).select_related("case"):
        name = f"documents/level-2-{document.kind}-{document.public_id}-1.jpg"
        assert contents[name] == documents.page(document, 1)
    data = json.loads(contents["data.json"])
    assert (data["person"]["first_name"], data["person"]["id_number"]) == ("國華", "A123456789")
    assert [case["state"] for case in data["cases"]] == ["approved", "approved"]
    assert [decision["verdict"] for decision in data["cases"][1]["decisions"]] == ["approve"]
    assert [event["to"] for event in data["cases"][1]["events"]] == ["draft", "submitted", "approved"]
    trail = [json.loads(line) for line in contents["audit.jsonl"].splitlines()]
    assert {"kyc.approve", "accounts.unmasked", "accounts.phone_bound", "kyc.export_begun"} <= {row["act"] for row in trail}
    everything = b"".join(contents.values())
    assert str(stranger.uid).encode() not in everything
    assert b"B198765436" not in everything


def test_chinese_names_are_legible_in_the_summary() -> None:
    target = io.BytesIO()
    export.write(customer=chinese(), act=Act(reason="order 12", by="ops"), target=target)
    with zipfile.ZipFile(target) as archive:
        pdf = pypdfium2.PdfDocument(archive.read("summary.pdf"))
    text = "".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    for words in ("國華", "张", "台北市中山北路七段", "A123456789", "order 12", "approve by officer"):
        assert words in text


def test_every_export_is_audited_with_who_why_and_the_hash_of_what_left(tmp_path: Path) -> None:
    user, officer = chinese(), make.officer()
    target = io.BytesIO()
    done = export.write(customer=user, act=Act(reason="order 12", officer=officer), target=target)
    rows = AuditRecord.objects.filter(act__startswith="kyc.export").order_by("pk")
    assert [(row.act, row.actor, row.reason, row.subject) for row in rows] == [
        (act, officer, "order 12", f"accounts.user:{user.uid}") for act in ("kyc.export_begun", "kyc.exported")
    ]
    assert rows[1].facts["sha256"] == done.sha256 == hashlib.sha256(target.getvalue()).hexdigest()


def test_nobody_exports_without_role_and_reason_and_nothing_is_left_of_a_refusal(tmp_path: Path) -> None:
    user = make.customer()
    for act, refusal in (
        (Act(reason="", by="ops"), ReasonDue),
        (Act(reason="x", officer=make.officer("auditor")), NotAnOfficer),
    ):
        with pytest.raises(refusal):
            export.write(customer=user, act=act, target=io.BytesIO())
    there = tmp_path / "there.zip"
    there.write_bytes(b"another")
    for out, reason in ((tmp_path / "new.zip", " "), (there, "x")):
        with pytest.raises(SystemExit):
            call_command("export_customer", str(user.uid), "--by=ops", f"--reason={reason}", f"--out={out}", stderr=StringIO())
    assert [(path.name, path.read_bytes()) for path in tmp_path.glob("*.zip")] == [("there.zip", b"another")]
    assert not AuditRecord.objects.filter(act__startswith="kyc.export").exists()


def test_a_file_that_is_gone_is_named_and_the_rest_is_there() -> None:
    user = chinese()
    lost = Document.objects.filter(user=user).order_by("pk")[0]
    storage.delete(str(lost.storage_name))
    target = io.BytesIO()
    done = export.write(customer=user, act=Act(reason="x", by="ops"), target=target)
    assert done.missing == [f"documents/level-2-{lost.kind}-{lost.public_id}"]
    with zipfile.ZipFile(target) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".jpg")]) == 2
        assert json.loads(archive.read("manifest.json"))["missing"] == done.missing
