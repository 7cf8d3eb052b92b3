"""A customer leaves: what holds it back, what goes, what stays, and that the books and the audit log never notice."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.errors import NotAnOfficer, OwnAccount, ReasonDue
from accounts.errors.privacy import (
    AccountStillOpen,
    AlreadyErased,
    HoldNotInForce,
    LiftAsked,
    LiftNotAsked,
    SameOfficer,
    UnderLegalHold,
)
from accounts.models import AuditRecord, Erasure, LegalHold, LoginRecord, Session, User
from accounts.models.users import Status
from accounts.services import audit, legal_holds
from accounts.services.officers import Act
from config.kit import clock
from config.kit.errors import Absent
from kyc.models import Case, CustomerKey, Document, Identity, Retention
from kyc.services import applications, decisions, desk, erasure, identity, retention, sweep, unmasking, vault
from messaging.models import Message
from tests import factories_kyc as make
from tests.factories_wallet import fund, owner, transfer
from wallet.models.ledger import Entry
from wallet.services import audit as books
from wallet.services import leaving
from wallet.tasks.leaving import erase_customers

pytestmark = pytest.mark.django_db
OPERATOR = Act(reason="the customer asked", by="ops")
PERSON = {"first_name": "Xanthippe", "last_name": "Quagmire", "id_number": "A198765435"}


def files_in(root: Path) -> list[Path]:
    """The stored files."""
    return [path for path in root.rglob("*") if path.is_file()]


def known() -> User:
    """A customer with level 2, money that came and went, and a session."""
    user = make.level_two(make.level_one(**PERSON))
    make.token_of(user)
    fund(user, "1.5")
    transfer(user, owner(), "1.5")
    return User.objects.get(pk=user.pk)


def closed() -> User:
    """The same, after the account ended."""
    return leaving.close(customer=known(), act=OPERATOR)


def test_an_account_ends_only_when_nothing_is_left_in_it() -> None:
    user = known()
    fund(user, "0.000000000000000001")
    with pytest.raises(AccountStillOpen, match="holds"):
        leaving.close(customer=user, act=OPERATOR)
    transfer(user, owner(), "0.000000000000000001")
    with pytest.raises(AccountStillOpen, match="not closed"):
        leaving.erase(customer=user, act=OPERATOR)
    done = leaving.close(customer=user, act=OPERATOR)
    assert done.status == Status.DELETED
    assert not Session.objects.filter(user=user, ended_at__isnull=True).exists()
    clock_row = Retention.objects.get(user=user, case=None)
    assert clock_row.retain_until - clock_row.starts_at == timedelta(days=1826)


def test_erasing_destroys_the_key_and_leaves_books_and_audit_log_as_they_were(
    storage_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    user = closed()
    contacts = (user.email, user.phone)
    entries = list(Entry.objects.order_by("pk").values_list("pk", "amount"))
    sealed = bytes(Identity.objects.get(user=user).sealed)
    assert len(files_in(storage_root)) == 3
    with django_capture_on_commit_callbacks(execute=True):
        done = leaving.erase(customer=user, act=OPERATOR)
    assert (done.files, done.accounts, files_in(storage_root)) == (3, 1, [])
    assert not CustomerKey.objects.filter(user=user).exists()
    with pytest.raises(Exception, match="no key"):
        vault.unseal(user.pk, sealed, context=f"kyc.identity:{user.pk}")
    gone = User.objects.get(pk=user.pk)
    assert (gone.email, gone.phone, gone.username, gone.registered_ip, gone.uid) == (None, None, None, None, user.uid)
    assert not LoginRecord.objects.filter(user=user).exclude(ip=None, device="", browser="", city="", place="").exists()
    assert set(Message.objects.filter(user=user).values_list("destination_masked", "sealed")) == {("erased", None)}
    assert identity.read(gone) is None
    assert list(Entry.objects.order_by("pk").values_list("pk", "amount")) == entries
    for model, way, columns in erasure.personal_columns():
        for row in model.objects.filter(**{way: user}):
            assert all(not getattr(row, column.name) or column.name.endswith("_index") for column in columns), model
    record = AuditRecord.objects.get(act="accounts.erased")
    assert (record.subject, record.reason, record.facts["by"]) == (f"accounts.user:{user.uid}", "the customer asked", "ops")
    assert not [text for text in contacts if text and AuditRecord.objects.filter(facts__icontains=text).exists()]
    with pytest.raises(AlreadyErased):
        leaving.erase(customer=gone, act=OPERATOR)
    with pytest.raises(AlreadyErased):
        identity.submit(user=gone, details=make.personal_data())


@pytest.mark.usefixtures("real_db")
def test_the_command_erases_and_proves_that_books_and_audit_log_hold() -> None:
    user = closed()
    before = audit.count()
    out = StringIO()
    call_command("erase_customer", str(user.uid), "--by=ops", "--reason=asked", "--dry-run", stdout=out)
    assert "3 files" in out.getvalue()
    assert (audit.count(), Erasure.objects.count()) == (before, 0)
    out = StringIO()
    call_command("erase_customer", str(user.uid), "--by=ops", "--reason=asked", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "uid": user.uid,
        "files": 3,
        "accounts": 1,
        "erased": True,
        "books_hold": True,
        "audit_log_holds": True,
    }
    assert books.run(full=True).ok
    with pytest.raises(SystemExit):
        call_command("erase_customer", str(user.uid), "--by=ops", "--reason=asked", stderr=StringIO())


def test_nothing_is_erased_under_a_legal_hold_by_nobody() -> None:
    user, first, second = closed(), make.officer(), make.officer()
    hold = legal_holds.place(customer=user, act=Act(reason="court order 7", officer=first))
    with pytest.raises(UnderLegalHold):
        leaving.erase(customer=user, act=OPERATOR)
    Retention.objects.filter(user=user).update(retain_until=clock.now())
    assert erase_customers() == 0
    with pytest.raises(IntegrityError, match="held or erased"), transaction.atomic():
        Erasure.objects.create(customer=user, reason="by hand", at=clock.now())
    with pytest.raises(IntegrityError, match="goes with the customer"), transaction.atomic():
        CustomerKey.objects.filter(user=user).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).delete()
    with pytest.raises(LiftNotAsked):
        legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="over", officer=second))
    legal_holds.ask_lift(hold_id=hold.public_id, act=Act(reason="the court closed it", officer=first))
    with pytest.raises(LiftAsked):
        legal_holds.ask_lift(hold_id=hold.public_id, act=Act(reason="again", officer=second))
    with pytest.raises(SameOfficer):
        legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="yes", officer=first))
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(lifted_by=first, lifted_at=clock.now())
    with pytest.raises(UnderLegalHold):
        leaving.erase(customer=user, act=OPERATOR)
    legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="read the order", officer=second))
    with pytest.raises(HoldNotInForce):
        legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="again", officer=second))
    with pytest.raises(IntegrityError, match="lifted, once"), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(lifted_by=None, lifted_at=None)
    assert erase_customers() == 1
    with pytest.raises(AlreadyErased):
        legal_holds.place(customer=user, act=Act(reason="too late", officer=first))
    acts = AuditRecord.objects.filter(act__startswith="accounts.legal_hold").order_by("pk").values_list("act", "reason")
    assert list(acts) == [
        ("accounts.legal_hold_placed", "court order 7"),
        ("accounts.legal_hold_lift_asked", "the court closed it"),
        ("accounts.legal_hold_lifted", "read the order"),
    ]


def test_a_hold_and_an_erasure_are_acts_of_officers_with_reasons_and_not_about_themselves() -> None:
    user, officer = make.customer(), make.officer()
    for act, refusal in (
        (Act(reason=" ", officer=officer), ReasonDue),
        (Act(reason="x", officer=make.officer("treasury")), NotAnOfficer),
    ):
        with pytest.raises(refusal):
            legal_holds.place(customer=user, act=act)
        with pytest.raises(refusal):
            leaving.erase(customer=user, act=act)
    with pytest.raises(OwnAccount):
        legal_holds.place(customer=officer, act=Act(reason="x", officer=officer))


def test_the_clock_erases_closed_accounts_when_their_time_is_over_and_not_before(settings: LazySettings) -> None:
    user = closed()
    assert erase_customers() == 0
    Retention.objects.filter(user=user).update(retain_until=clock.now())
    assert erase_customers() == 1
    assert Erasure.objects.get().reason == "its retention time is over"
    assert Retention.objects.get(user=user).erased_at is not None
    assert erase_customers() == 0


def test_the_clock_erases_rejected_cases_and_leaves_the_customer(storage_root: Path) -> None:
    case = make.submitted()
    make.decide(decisions.reject, case, reason="not_acceptable")
    retention.start_clocks()
    row = Retention.objects.get(case=case)
    assert row.retain_until == row.starts_at + timedelta(days=1826)
    assert retention.erase_rejected_cases() == 0
    Retention.objects.filter(pk=row.pk).update(retain_until=row.starts_at)
    hold = legal_holds.place(customer=case.user, act=Act(reason="a quarrel", officer=make.officer()))
    assert retention.erase_rejected_cases() == 0
    assert len(files_in(storage_root)) == 3
    legal_holds.ask_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    assert retention.erase_rejected_cases() == 1
    assert files_in(storage_root) == []
    assert Case.objects.get(pk=case.pk).questionnaire_sealed is None
    assert identity.read(case.user) is not None
    assert (retention.start_clocks(), retention.erase_rejected_cases()) == (0, 0)


def test_files_that_could_not_be_deleted_with_the_customer_go_with_the_sweep(
    storage_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = closed()
    leaving.erase(customer=user, act=OPERATOR)  # a test's transaction never commits: the files stay
    assert len(files_in(storage_root)) == Document.objects.filter(user=user).count() == 3
    document, officer = Document.objects.filter(user=user)[0], make.officer()
    unmasking.reveal(document.case, ("images",), officer, "authority_asked")
    with pytest.raises(Absent):
        desk.look_at_page(document_id=document.public_id, number=1, officer=officer)
    assert desk.look(case_pk=Case.objects.filter(user=user)[0].pk, officer=make.officer()).person is None
    monkeypatch.setattr(sweep, "ORPHAN_AGE_SECONDS_MIN", 0)
    assert sweep.orphans() == 3
    assert files_in(storage_root) == []


def test_every_sealed_or_indexed_column_of_the_identity_checks_leads_to_its_customer() -> None:
    found = {(model._meta.label, way, tuple(c.name for c in columns)) for model, way, columns in erasure.personal_columns()}
    assert all(way for _, way, _ in found), found
    assert ("kyc.Identity", "user", ("sealed", "number_index", "second_number_index")) in found
    assert ("kyc.Case", "user", ("country", "questionnaire_sealed", "document_expires_on")) in found
    assert applications.questionnaire_of(Case(user_id=1)) == {}
