"""Branches of banks: a list that operators load, and what is asked of it.

No maintained, freely licensed package has the branches of Taiwan's banks, so none are shipped. Until a list is loaded a
branch is held to its shape alone; from then on a branch of a bank that the list knows must stand in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from config.kit import clock
from kyc.catalogue import banks
from kyc.errors import BranchesClosing, BranchesInvalid
from kyc.models import BankBranch

if TYPE_CHECKING:
    from accounts.services.officers import Act

FILE_BYTES_MAX = 8 * 1024 * 1024
BRANCHES_MAX = 20_000
NAME_LENGTH_MAX = 100
CLOSING_SHARE_MAX = 0.1
"""What part of the known branches one list may close unless that is asked for: more looks like half a file."""
ROLE = "compliance_lead"
COLUMNS = {
    "bank": ("bank_code", "銀行代號", "總機構代號", "金融機構代號"),
    "branch": ("branch_code", "分行代號", "分支機構代號", "機構代號"),
    "name": ("branch_name", "name", "分行名稱", "分支機構名稱", "機構名稱"),
}
"""The headings under which each column is known: ours, and those of the lists that Taiwan's authorities publish."""


@dataclass(frozen=True, order=True)
class Branch:
    """One line of a list."""

    bank_code: str
    code: str
    name: str


@dataclass(frozen=True)
class Report:
    """What a list changes, in branches."""

    added: int
    renamed: int
    reopened: int
    closed: int
    unchanged: int


def read(content: bytes, *, country: str, encoding: str = "utf-8-sig") -> list[Branch]:
    """The branches of a CSV file with a line of headings (see COLUMNS). A branch has its own digits, or the bank's before them.

    A line with the bank's code alone is the bank itself and is left out. Raises BranchesInvalid with the number of the line.
    """
    if len(content) > FILE_BYTES_MAX:
        raise BranchesInvalid(line=0, reason=f"the file has more than {FILE_BYTES_MAX} bytes")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise BranchesInvalid(line=0, reason=f"the file is not written in {encoding}") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[tuple[str, str], Branch] = {}
    try:
        places = _places(next(rows, []))
        for row in rows:
            if any(cell.strip() for cell in row):
                _take(row, places, found, country=country, line=rows.line_num)
    except csv.Error as problem:
        raise BranchesInvalid(line=rows.line_num, reason=str(problem)) from None
    if not found:
        raise BranchesInvalid(line=0, reason="there is no branch in it")
    return sorted(found.values())


def load(
    branches: Iterable[Branch], *, country: str, act: Act, source: bytes = b"", close_many: bool = False, dry_run: bool = False
) -> Report:
    """Make the list the country's branches: add, rename, open again, close; write it down. Nothing is written by `dry_run`.

    `source` is the file that it came from: its SHA-256 stands in the audit record.
    Raises ReasonDue, NotAnOfficer, BranchesClosing.
    """
    act.require(ROLE)
    wanted = {(one.bank_code, one.code): one.name for one in branches}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE kyc_bank_branch IN SHARE ROW EXCLUSIVE MODE")  # two lists: one after the other
        rows = list(BankBranch.objects.filter(country=country).order_by("id"))
        done: Counter[str] = Counter()
        changed = [row for row in rows if _follow(row, wanted, done)]
        known = {(row.bank_code, row.code) for row in rows}
        new = [
            BankBranch(country=country, bank_code=key[0], code=key[1], name=wanted[key])
            for key in sorted(wanted.keys() - known)
        ]
        report = Report(len(new), done["renamed"], done["reopened"], done["closed"], done["unchanged"])
        standing = sum(done.values()) - done["reopened"] - done["stays closed"]
        if report.closed > standing * CLOSING_SHARE_MAX and not close_many:
            raise BranchesClosing(closed=report.closed, known=standing)
        if not dry_run:
            BankBranch.objects.bulk_update(changed, ["name", "closed_at"], batch_size=1_000)
            BankBranch.objects.bulk_create(new, batch_size=1_000)
            facts = {name: str(number) for name, number in asdict(report).items()}
            facts["sha256"] = hashlib.sha256(source).hexdigest()
            act.record(act="kyc.bank_branches_loaded", subject=f"kyc.bank_branches:{country}", facts=facts)
    return report


def is_known(country: str, bank_code: str, code: str) -> bool:
    """Whether the branch stands open in the list, or the list knows no branch of this bank."""
    of_bank = BankBranch.objects.filter(country=country, bank_code=bank_code)
    return of_bank.filter(code=code, closed_at__isnull=True).exists() or not of_bank.exists()


def name_of(country: str, bank_code: str, branch_code: str = "") -> str:
    """The bank's name with its branch's where that is known (`臺灣土地銀行　基隆分行`); the code where there is no name."""
    bank = banks.of(country).banks.get(bank_code, bank_code)
    known = BankBranch.objects.filter(country=country, bank_code=bank_code, code=branch_code) if branch_code else None
    branch = known.values_list("name", flat=True).first() if known is not None else None
    return f"{bank}\u3000{branch}" if branch else bank


def _places(headings: list[str]) -> dict[str, int]:
    told = [heading.strip().lower() for heading in headings]
    places = {}
    for column, names in COLUMNS.items():
        here = [told.index(name) for name in names if name in told]
        if not here:
            raise BranchesInvalid(line=1, reason=f"no column is called {' or '.join(names)}")
        places[column] = here[0]
    return places


def _take(row: list[str], places: dict[str, int], found: dict[tuple[str, str], Branch], *, country: str, line: int) -> None:
    scheme = banks.of(country)
    if len(row) <= max(places.values()):
        raise BranchesInvalid(line=line, reason="columns are missing")
    bank, code, name = (_cell(row[places[column]]) for column in ("bank", "branch", "name"))
    if not scheme.bank.fullmatch(bank):
        raise BranchesInvalid(line=line, reason=f"{bank[:20]!r} is no code of a bank")
    if code == bank:
        return
    if code.startswith(bank) and not scheme.branch.fullmatch(code):
        code = code[len(bank) :]
    if not scheme.branch.fullmatch(code):
        raise BranchesInvalid(line=line, reason=f"{code[:20]!r} is no code of a branch")
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise BranchesInvalid(line=line, reason=f"a name of 1 to {NAME_LENGTH_MAX} characters is due")
    if (bank, code) in found:
        raise BranchesInvalid(line=line, reason=f"branch {bank} {code} stands in it twice")
    if len(found) >= BRANCHES_MAX:
        raise BranchesInvalid(line=line, reason=f"there are more than {BRANCHES_MAX} branches")
    found[bank, code] = Branch(bank, code, name)


def _cell(text: str) -> str:
    """The cell, without the form in which spreadsheets keep leading zeros (`="004"`)."""
    plain = " ".join(text.split())
    return plain[2:-1] if plain.startswith('="') and plain.endswith('"') else plain


def _follow(row: BankBranch, wanted: dict[tuple[str, str], str], done: Counter[str]) -> bool:
    """Make the row what the list says of it, and count what that was; whether anything changed."""
    name = wanted.get((row.bank_code, row.code))
    if name is None:
        done["stays closed" if row.closed_at else "closed"] += 1
        changed = row.closed_at is None
        row.closed_at = row.closed_at or clock.now()
        return changed
    word = "reopened" if row.closed_at else "renamed" if row.name != name else "unchanged"
    done[word] += 1
    row.name, row.closed_at = name, None
    return word != "unchanged"
