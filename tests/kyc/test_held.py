"""Under a legal hold nothing goes: not the account's family, not a file, not a message."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accounts.errors.privacy import AlreadyErased, UnderLegalHold
from accounts.models import Erasure, LegalHold, Session, User
from accounts.models.users import Status
from accounts.services import housekeeping, legal_holds
from accounts.services.officers import Act
from accounts.tasks import purge_messages
from config.kit import clock
from kyc.models import Document, Retention, Upload
from kyc.services import documents, retention, uploads
from messaging.models import Message, Notice
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.factories_around import sub_account
from tests.kyc import pictures
from wallet.services import leaving

pytestmark = pytest.mark.django_db
OPERATOR = Act(reason="the customer asked", by="ops")


def held(customer: User) -> LegalHold:
    """A hold on the customer."""
    return legal_holds.place(customer=customer, act=Act(reason="court order 7", officer=make.officer()))


def closed_family() -> tuple[User, User]:
    """A customer whose account ended, and the sub-account that was removed before."""
    parent = make.customer()
    child = sub_account(parent)
    User.objects.filter(pk=child.pk).update(status=Status.DELETED)
    return leaving.close(customer=parent, act=OPERATOR), child


def test_a_hold_on_a_sub_account_holds_its_whole_family() -> None:
    parent, child = closed_family()
    hold = held(child)
    with pytest.raises(UnderLegalHold):
        leaving.erase(customer=parent, act=OPERATOR)
    with pytest.raises(IntegrityError, match="held or erased"), transaction.atomic():
        Erasure.objects.create(customer=parent, reason="by hand", at=clock.now())
    Retention.objects.filter(user=parent).update(retain_until=clock.now())
    assert list(retention.accounts_due()) == []
    legal_holds.ask_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    assert list(retention.accounts_due()) == [parent]
    leaving.erase(customer=parent, act=OPERATOR)
    with pytest.raises(AlreadyErased):
        held(child)
    with pytest.raises(IntegrityError, match="held or erased"), transaction.atomic():
        LegalHold.objects.create(customer=child, placed_by=make.officer(), reason="by hand", since=clock.now())


def test_a_hold_on_a_sub_account_and_the_erasure_of_its_parent_at_once_are_never_both_true(real_db: None) -> None:
    parent, child = closed_family()
    officer = make.officer()

    def act(number: int) -> Any:
        if number:
            return legal_holds.place(customer=child, act=Act(reason="court order 7", officer=officer))
        return leaving.erase(customer=parent, act=OPERATOR)

    found = [type(one).__name__ for one in at_once(2, act)]
    assert found in (["Erased", "AlreadyErased"], ["UnderLegalHold", "LegalHold"])


def names_in(root: Path) -> set[str]:
    """The names of the stored files."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_files_that_would_go_stay_while_a_hold_stands(storage_root: Path, django_capture_on_commit_callbacks: Any) -> None:
    user, other = make.customer(), make.customer()
    held(user)
    for who in (user, other):
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                documents.upload(user=who, kind="selfie", content=pictures.jpeg())
            uploads.keep(user=who, content=pictures.jpeg())
    with time_machine.travel(clock.now() + timedelta(days=uploads.ROW_DAYS, hours=1)):
        with django_capture_on_commit_callbacks(execute=True):
            assert uploads.expire() == 1
        uploads.expire()
    kept = set(Document.objects.filter(user=user).values_list("storage_name", flat=True))
    kept |= set(Upload.objects.values_list("storage_name", flat=True))
    live = Document.objects.get(user=other, storage_name__isnull=False)
    assert (len(kept), Upload.objects.get().user) == (3, user)
    assert names_in(storage_root) == kept | {live.storage_name}


def test_messages_notices_and_sessions_of_who_is_held_outlive_their_time(settings: LazySettings) -> None:
    user, other = make.level_one(), make.level_one()
    for who in (user, other):
        make.token_of(who)
        Notice.objects.create(user=who, template="totp_bound", sealed=b"x", created_at=clock.now())
    held(user)
    Message.objects.update(state="expired", sealed=None, ended_at=clock.now())
    sent = Message.objects.filter(user=user).count() + 1  # the code of the registration was sent to nobody yet
    with time_machine.travel(clock.now() + timedelta(days=settings.MESSAGING_EVIDENCE_DAYS + 1)):
        purge_messages()
        housekeeping.prune()
    assert (Message.objects.count(), set(Notice.objects.values_list("user", flat=True))) == (sent, {user.pk})
    assert set(Session.objects.values_list("user", flat=True)) == {user.pk}
