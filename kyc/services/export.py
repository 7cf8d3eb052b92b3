"""One customer's file for a regulator: a ZIP with a summary to read, everything as data, the documents and the audit trail.

The archive is not encrypted: a regulator has to open it with what is at hand, and a password would travel beside it. It is
written for its owner alone (0600), handed over through the regulator's own channel, and its SHA-256 stands in the audit log.
One document is in memory at a time, and audit records a portion at a time; nothing waits until the whole is there.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from accounts.models import AuditRecord, LegalHold
from accounts.services.officers import Act
from config.kit import clock
from config.kit.crypto import Unsealable
from kyc.models import Case, CaseDecision, CaseEvent, Document, RecoverySelfie, Retention
from kyc.services import applications, export_summary, identity, storage
from kyc.services.decisions import OFFICERS_GROUP

if TYPE_CHECKING:
    from accounts.models import User

AUDIT_ROWS_AT_ONCE = 500
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every entry: when something happened stands inside."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    sha256: str
    size_bytes: int
    entries: int
    missing: list[str] = field(default_factory=list)
    """Names of documents whose file is gone: erased in time, or lost. The manifest names them too."""


def write(*, customer: User, act: Act, target: IO[bytes]) -> Exported:
    """Write the customer's file to `target`, a new file that can be read back. Audited before the first byte and at the end.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, StorageUnavailable.
    """
    act.require(OFFICERS_GROUP)
    act.require_about(customer)
    subject = f"accounts.user:{customer.uid}"
    with transaction.atomic():
        act.record(act="kyc.export_begun", subject=subject, facts={"customer": str(customer.uid)})
    archive = _Archive(target)
    facts = _facts(customer)
    with archive.zip:
        archive.add("summary.pdf", export_summary.pdf(facts, by=_who(act), reason=act.said))
        archive.add("data.json", _json(facts))
        for name, content in _files(customer, archive.missing):
            archive.add(name, content)
        with archive.entry("audit.jsonl") as line_out:
            for record in audit_trail(customer):
                line_out(_json_line(record))
        archive.zip.writestr(zipfile.ZipInfo("manifest.json", ZIP_DATE), _json(archive.manifest(customer.uid)))
    done = archive.finished()
    with transaction.atomic():
        told = {"customer": str(customer.uid), "sha256": done.sha256, "bytes": str(done.size_bytes)}
        act.record(act="kyc.exported", subject=subject, facts=told)
    return done


def audit_trail(customer: User) -> Iterator[dict[str, Any]]:
    """Every audit record by or about the customer, oldest first, a portion in memory at a time."""
    cases = list(Case.objects.filter(user=customer).values_list("public_id", flat=True))
    documents = list(Document.objects.filter(user=customer).values_list("public_id", flat=True))
    holds = list(LegalHold.objects.filter(customer=customer).values_list("public_id", flat=True))
    subjects = [f"accounts.user:{customer.uid}", f"kyc.customer:{customer.uid}"]
    subjects += [f"kyc.case:{number}" for number in cases] + [f"kyc.document:{number}" for number in documents]
    subjects += [f"accounts.legalhold:{number}" for number in holds]
    wanted = Q(subject__in=subjects) | Q(actor=customer) | Q(facts__customer=str(customer.uid))
    rows = AuditRecord.objects.filter(wanted).select_related("actor", "link").order_by("pk")
    for record in rows.iterator(chunk_size=AUDIT_ROWS_AT_ONCE):
        yield {
            "at": record.at,
            "act": record.act,
            "subject": record.subject,
            "by": record.actor.uid if record.actor else record.actor_kind,
            "as": record.actor_kind,
            "reason": record.reason,
            "facts": record.facts,
            "record_sha256": bytes(record.record_hash).hex(),
            "position": record.link.position if hasattr(record, "link") else None,
        }


def _facts(customer: User) -> dict[str, Any]:
    person = identity.read(customer)
    holds = LegalHold.objects.filter(customer=customer).order_by("pk")
    return {
        "exported_at": clock.now(),
        "account": {
            name: getattr(customer, name)
            for name in ("uid", "email", "phone", "username", "status", "language", "registered_at", "registered_ip")
        },
        "person": asdict(person) if person else None,
        "cases": [_case(case) for case in Case.objects.filter(user=customer).order_by("pk")],
        "legal_holds": list(holds.values("public_id", "reason", "since", "lift_reason", "lifted_at")),
        "retention": list(Retention.objects.filter(user=customer).values("case__public_id", "starts_at", "retain_until")),
    }


def _case(case: Case) -> dict[str, Any]:
    decisions = CaseDecision.objects.filter(case=case).select_related("officer").order_by("pk")
    events = CaseEvent.objects.filter(case=case).select_related("actor").order_by("pk")
    try:
        answers, bank = applications.questionnaire_of(case), applications.bank_account_of(case)
    except Unsealable:
        answers, bank = {}, None
    return {
        "id": case.public_id,
        "level": case.level,
        "programme": case.programme,
        "state": case.state,
        "country": case.country,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "decided_at": case.decided_at,
        "questionnaire": answers,
        "bank_account": asdict(bank) if bank else None,
        "decisions": [
            {"at": one.at, "by": one.officer.uid, "verdict": one.verdict, "reason": one.reason, "seen": one.seen}
            for one in decisions
        ],
        "events": [
            {"at": one.at, "from": one.from_state, "to": one.to_state, "by": one.actor.uid if one.actor else "system"}
            | {"reason": one.reason}
            for one in events
        ],
        "documents": [
            {
                "id": document.public_id,
                "kind": document.kind,
                "state": document.state,
                "sha256": document.fingerprint,
                "uploaded_at": document.uploaded_at,
                "pages": document.page_count,
            }
            for document in Document.objects.filter(case=case).order_by("pk")
        ],
    }


def _files(customer: User, missing: list[str]) -> Iterator[tuple[str, bytes]]:
    """Each stored file as it was re-encoded, one in memory at a time; a document of several pages is one JPEG each."""
    for document in Document.objects.filter(user=customer).select_related("case").order_by("pk"):
        stem = f"documents/level-{document.case.level}-{document.kind}-{document.public_id}"
        content = _loaded(customer, document.storage_name, stem, missing)
        for number, page in enumerate(document.pages, start=1) if content else ():
            yield f"{stem}-{number}.jpg", content[page["offset"] : page["offset"] + page["length"]]
        if document.video_name:
            video = _loaded(customer, document.video_name, f"{stem}-video", missing)
            if video:
                yield f"{stem}.mp4", video
    for selfie in RecoverySelfie.objects.filter(user=customer).order_by("pk"):
        name = f"recovery/selfie-{selfie.public_id}.jpg"
        content = _loaded(customer, selfie.storage_name, name, missing)
        if content:
            yield name, content


def _loaded(customer: User, name: str | None, called: str, missing: list[str]) -> bytes:
    try:
        if name:
            return storage.load(customer.pk, name)
    except (FileNotFoundError, Unsealable):
        pass
    missing.append(called)
    return b""


class _Archive:
    """A ZIP that hashes each entry while it is written."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target = target
        self.zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self.hashes: dict[str, dict[str, Any]] = {}
        self.missing: list[str] = []

    @contextmanager
    def entry(self, name: str) -> Iterator[Any]:
        """Something to write an entry's parts with."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(zipfile.ZipInfo(name, ZIP_DATE), "w", force_zip64=True) as out:

            def part(content: bytes) -> None:
                nonlocal size
                digest.update(content)
                size += len(content)
                out.write(content)

            yield part
        self.hashes[name] = {"sha256": digest.hexdigest(), "bytes": size}

    def add(self, name: str, content: bytes) -> None:
        """A whole entry."""
        with self.entry(name) as part:
            part(content)

    def manifest(self, uid: int) -> dict[str, Any]:
        """What is in the archive and what each entry hashes to."""
        return {"uid": uid, "made_at": clock.now(), "entries": self.hashes, "missing": self.missing}

    def finished(self) -> Exported:
        """Read the closed archive back for its own hash."""
        self.target.flush()
        size = self.target.tell()
        self.target.seek(0)
        digest = hashlib.file_digest(self.target, "sha256")  # type: ignore[arg-type]  # any readable binary file
        return Exported(digest.hexdigest(), size, len(self.hashes) + 1, self.missing)


def _who(act: Act) -> str:
    return f"officer {act.officer.uid}" if act.officer is not None else act.by.strip()


def _json(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=2, default=_plain).encode()


def _json_line(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
