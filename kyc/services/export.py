"""One customer's file for a regulator: a ZIP with a summary to read, everything as data, the documents and the audit trail.

The apps above add what they know (`export_sections`). The archive is not encrypted: a regulator has to open it with what is at
hand, and a password would travel beside it. It is written for its owner alone (0600), handed over through the regulator's own
channel, and its SHA-256 stands in the audit log. One picture or a piece of a video is in memory at a time, and a portion of
the audit records.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction

from accounts.services.officers import Act
from config.kit import clock
from kyc.services import export_facts, export_files, export_sections, export_summary, export_trail
from kyc.services.decisions import OFFICERS_GROUP

if TYPE_CHECKING:
    from accounts.models import User

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every entry: when something happened stands inside."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    sha256: str
    size_bytes: int
    entries: int
    missing: list[str] = field(default_factory=list)
    """Names of files that are gone or do not open: erased in time, or lost. The manifest names them too."""


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
    facts = export_facts.gathered(customer)
    with archive.zip:
        archive.add("summary.pdf", [export_summary.pdf(facts, by=_who(act), reason=act.said)])
        archive.add("data.json", [_json(facts)])
        for name, parts in export_files.stored(customer, archive.missing):
            archive.add(name, parts)
        for name, parts in export_sections.of(customer):
            archive.add(name, parts)
        with archive.entry("audit.jsonl") as line_out:
            for record in export_trail.of(customer):
                line_out(_json_line(record))
        archive.zip.writestr(zipfile.ZipInfo("manifest.json", ZIP_DATE), _json(archive.manifest(customer.uid)))
    done = archive.finished()
    with transaction.atomic():
        told = {"customer": str(customer.uid), "sha256": done.sha256, "bytes": str(done.size_bytes)}
        act.record(act="kyc.exported", subject=subject, facts=told)
    return done


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

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """An entry of these parts."""
        with self.entry(name) as write_part:
            for part in parts:
                write_part(part)

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
