"""Branches of banks: loaded from a list by operators, whole or not at all, and asked when an account is named."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import AuditRecord
from accounts.services.officers import Act
from kyc import errors
from kyc.models import BankBranch
from kyc.services import bank_accounts, bank_branches, bank_details
from kyc.services.bank_branches import Branch, Report
from kyc.services.bank_details import BankDetails
from tests.kyc.test_bank_accounts import applied, approve

pytestmark = pytest.mark.django_db
ACT = Act(reason="list of November, from the clearing house", by="ops")
OURS = "bank_code,branch_code,branch_name\n812,0023,敦南分行\n812,0034,城中分行\n005,0016,基隆分行\n"
PUBLISHED = (
    "\ufeff總機構代號,機構代號,機構名稱,地址\r\n"
    '812,="8120023",敦南分行,"台北市, 大安區"\r\n'
    "812,812,台新國際商業銀行,台北市\r\n"
    "\r\n812,8120034,城中分行,台北市\r\n005,0016, 基隆分行 ,基隆市\r\n"
)
BRANCHES = [Branch("005", "0016", "基隆分行"), Branch("812", "0023", "敦南分行"), Branch("812", "0034", "城中分行")]


def load(text: str = OURS, **options: Any) -> Report:
    """Load the list."""
    branches = bank_branches.read(text.encode(), country="TW")
    return bank_branches.load(branches, country="TW", act=ACT, source=text.encode(), **options)


def named(branch: str, bank: str = "812") -> BankDetails:
    """An account at this branch."""
    return BankDetails("TW", bank, "01234567890123", branch)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(OURS.encode(), "utf-8-sig"), (PUBLISHED.encode(), "utf-8-sig"), (PUBLISHED[1:].encode("cp950"), "cp950")],
)
def test_our_columns_and_those_of_published_lists_say_the_same(content: bytes, encoding: str) -> None:
    assert bank_branches.read(content, country="TW", encoding=encoding) == BRANCHES


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no column is called bank_code"),
        ("bank_code,branch_code\n812,0023\n", 1, "no column is called branch_name"),
        ("bank_code,branch_code,name\n", 0, "no branch in it"),
        ("bank_code,branch_code,name\n812,0023\n", 2, "columns are missing"),
        ("bank_code,branch_code,name\n4,0023,A\n", 2, "'4' is no code of a bank"),
        ("bank_code,branch_code,name\n812,23,A\n", 2, "'23' is no code of a branch"),
        ("bank_code,branch_code,name\n812,0050023,A\n", 2, "no code of a branch"),
        ("bank_code,branch_code,name\n812,００２３,A\n", 2, "no code of a branch"),
        ("bank_code,branch_code,name\n812,0023,\n", 2, "a name of 1 to 100"),
        ("bank_code,branch_code,name\n812,0023,A\u202eB\n", 2, "a name of 1 to 100"),
        ("bank_code,branch_code,name\n812,0023," + "A" * 101 + "\n", 2, "a name of 1 to 100"),
        ("bank_code,branch_code,name\n812,0023,A\n\n812,8120023,B\n", 4, "812 0023 stands in it twice"),
        ('bank_code,branch_code,name\n812,0023,"A\n', 2, "unexpected end of data"),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_nothing_is_read(text: str, line: int, reason: str) -> None:
    with pytest.raises(errors.BranchesInvalid, match="branches_invalid") as refusal:
        bank_branches.read(text.encode(), country="TW")
    assert (refusal.value.line, reason in refusal.value.reason) == (line, True), refusal.value


def test_a_file_that_is_too_large_too_long_or_in_other_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.BranchesInvalid):
        bank_branches.read(PUBLISHED[1:].encode("cp950"), country="TW")
    monkeypatch.setattr(bank_branches, "BRANCHES_MAX", 2)
    with pytest.raises(errors.BranchesInvalid, match="invalid"):
        bank_branches.read(OURS.encode(), country="TW")
    monkeypatch.setattr(bank_branches, "FILE_BYTES_MAX", 10)
    with pytest.raises(errors.BranchesInvalid):
        bank_branches.read(OURS.encode(), country="TW")


def test_a_list_adds_renames_closes_and_opens_again_and_is_written_down() -> None:
    assert load() == Report(added=3, renamed=0, reopened=0, closed=0, unchanged=0)
    assert load() == Report(added=0, renamed=0, reopened=0, closed=0, unchanged=3)
    newer = OURS.replace("城中", "城東").replace("005,0016,基隆分行\n", "812,0045,新店分行\n")
    with pytest.raises(errors.BranchesClosing) as refusal:
        load(newer)
    assert (refusal.value.closed, refusal.value.known) == (1, 3)
    assert load(newer, close_many=True, dry_run=True) == load(newer, close_many=True)
    assert BankBranch.objects.get(bank_code="005").closed_at is not None
    assert load(OURS + "812,0045,新店分行\n") == Report(added=0, renamed=1, reopened=1, closed=0, unchanged=2)
    record = AuditRecord.objects.filter(act="kyc.bank_branches_loaded").latest("id")
    assert (record.subject, record.facts["reopened"], record.facts["by"]) == ("kyc.bank_branches:TW", "1", "ops")
    assert len(record.facts["sha256"]) == 64
    assert AuditRecord.objects.filter(act="kyc.bank_branches_loaded").count() == 4


def test_a_dry_run_writes_nothing() -> None:
    assert load(dry_run=True).added == 3
    assert not BankBranch.objects.exists()
    assert not AuditRecord.objects.filter(act="kyc.bank_branches_loaded").exists()


def test_a_branch_must_stand_in_the_list_of_its_bank_once_there_is_one() -> None:
    bank_details.checked(named("9999"))
    load()
    bank_details.checked(named("0023"))
    bank_details.checked(named(""))
    bank_details.checked(named("9999", bank="009"))  # a bank of which the list knows nothing
    with pytest.raises(errors.BankAccountInvalid) as refusal:
        bank_details.checked(named("9999"))
    assert refusal.value.part == "branch_code"
    with pytest.raises(errors.BankAccountInvalid):
        bank_details.checked(named("23"))
    load(OURS.replace("812,0034,城中分行\n", ""), close_many=True)
    with pytest.raises(errors.BankAccountInvalid):
        bank_details.checked(named("0034"))


def test_the_branch_is_named_beside_its_bank_also_when_it_has_closed() -> None:
    load()
    user = approve(applied(bank=named("0034")))
    load(OURS.replace("812,0034,城中分行\n", ""), close_many=True)
    (account,) = bank_accounts.list_of(user)
    assert account.name == "台新國際商業銀行\u3000城中分行"
    assert bank_branches.name_of("TW", "999", "0001") == "999"


def test_the_database_holds_one_row_for_each_branch_and_no_nameless_one() -> None:
    load()
    for changes, name in (({"name": "X"}, "kyc_bank_branch_once"), ({"code": "1111", "name": ""}, "kyc_bank_branch_named")):
        values = {"country": "TW", "bank_code": "812", "code": "0023", **changes}
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            BankBranch.objects.create(**values)


def run(file: Path, *options: str) -> tuple[str, str, int]:
    """What the command prints, what it complains of, and its exit code."""
    out, complaint = StringIO(), StringIO()
    arguments = ["load_bank_branches", str(file), "--by", "ops", "--reason", "november", *options]
    try:
        call_command(*arguments, stdout=out, stderr=complaint)
    except SystemExit as end:
        return out.getvalue(), complaint.getvalue(), int(end.code or 0)
    return out.getvalue(), complaint.getvalue(), 0


def test_the_command_loads_tells_and_refuses(tmp_path: Path) -> None:
    file = tmp_path / "branches.csv"
    file.write_bytes(PUBLISHED.encode())
    told, _, _ = run(file, "--dry-run", "--json")
    assert json.loads(told) == {
        "country": "TW", "dry_run": True, "added": 3, "renamed": 0, "reopened": 0, "closed": 0, "unchanged": 0,
    }  # fmt: skip
    assert not BankBranch.objects.exists()
    assert run(file) == ("Branches of TW: 3 added, 0 renamed, 0 reopened, 0 closed, 0 unchanged.\n", "", 0)
    file.write_bytes(OURS.replace("0023", "23").encode())
    assert run(file) == ("", "Line 2: '23' is no code of a branch.\n", 1)
    assert run(tmp_path / "nothing.csv") == ("", "The file can't be read: No such file or directory.\n", 1)
    with pytest.raises(CommandError):
        call_command("load_bank_branches", str(file), "--by", "ops")
