"""Personal data at the desk: masked, opened with a reason for some minutes, every time written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAnOfficer, OwnAccount, ReasonDue
from accounts.errors.privacy import FieldUnknown
from accounts.models import AuditRecord, Unmasking
from config.kit import clock
from kyc.services import applications, identity, unmasking
from tests import factories_kyc as make

pytestmark = pytest.mark.django_db
PERSON = {"first_name": "Xanthippe", "last_name": "Quagmire", "id_number": "A123456789", "address": "4711 Planted Avenue"}
HIDDEN = ("Xanthippe", "Quagmire", "123456", "Planted", "1990")


def texts(shown: object) -> str:
    """Every text of what a page would print."""
    return " ".join(str(value) for value in vars(shown).values())


def test_everything_is_masked_before_it_is_opened() -> None:
    shown = unmasking.masked(make.personal_data(**PERSON))
    assert shown is not None
    assert shown.is_masked
    assert not [word for word in HIDDEN if word in texts(shown)]
    assert (shown.name, shown.id_number, shown.nationality) == ("X*e", "A12****89", "TW")
    bank = applications.BankDetails(country="TW", bank_code="812", account_number="55500011122233")
    assert unmasking.account_number(bank) == "555****33"
    lines = [("Why?", "Other: my planted reason"), ("How?", "Cash")]
    assert unmasking.answers(lines) == [("Why?", "Other: •••"), ("How?", "Cash")]


def test_an_officer_opens_chosen_fields_with_a_reason_that_is_kept() -> None:
    case = make.submitted(make.level_one(**PERSON))
    officer = make.officer()
    unmasking.reveal(case, ["id_number", "name"], officer, "  compares\nwith the card ")
    shown = unmasking.masked(identity.read(case.user), opened=unmasking.opened(case, officer))
    assert shown is not None
    assert (shown.name, shown.id_number, shown.address) == ("Xanthippe Quagmire", "A123456789", "•••")
    record = AuditRecord.objects.get(act="accounts.unmasked")
    assert (record.actor, record.subject, record.reason) == (officer, f"kyc.case:{case.public_id}", "compares with the card")
    assert record.facts == {"customer": str(case.user.uid), "fields": "id_number, name"}


def test_a_reason_of_the_catalogue_stands_as_its_sentence() -> None:
    user, officer = make.level_one(), make.officer()
    assert unmasking.reveal(user, ["name"], officer, "fraud").reason == unmasking.REASONS["fraud"]


def test_what_is_open_is_open_to_this_officer_on_this_page_for_some_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    case, officer, other = make.submitted(), make.officer(), make.officer()
    until = unmasking.reveal(case, ["name"], officer, "review").until
    assert unmasking.opened(case, officer) == {"name": until}
    assert unmasking.opened(case, other) == {}
    assert unmasking.opened(case.user, officer) == {}
    later = clock.now() + timedelta(seconds=unmasking.UNMASKED_SECONDS)
    monkeypatch.setattr("accounts.services.unmasking.now", lambda: later)
    assert unmasking.opened(case, officer) == {}


def test_nothing_is_opened_without_reason_role_or_a_known_field() -> None:
    user, officer = make.level_one(), make.officer()
    for reason in ("", " \n ", "x" * 501):
        with pytest.raises(ReasonDue):
            unmasking.reveal(user, ["name"], officer, reason)
    for role in ("auditor", "treasury"):
        with pytest.raises(NotAnOfficer):
            unmasking.reveal(user, ["name"], make.officer(role), "review")
    for fields in ([], ["password"], ["name", "email"]):
        with pytest.raises(FieldUnknown):
            unmasking.reveal(user, fields, officer, "review")
    with pytest.raises(OwnAccount):
        unmasking.reveal(officer, ["name"], officer, "review")
    assert not Unmasking.objects.exists()
    assert not AuditRecord.objects.filter(act="accounts.unmasked").exists()


def test_the_database_keeps_unmaskings_as_they_were() -> None:
    user, officer = make.level_one(), make.officer()
    made = unmasking.reveal(user, ["name"], officer, "review")
    whole = {"customer": user, "subject": "x", "fields": ["name"], "at": made.at, "until": made.until}
    for change in (
        lambda: Unmasking.objects.filter(pk=made.pk).update(reason="other"),
        lambda: Unmasking.objects.filter(pk=made.pk).delete(),
        lambda: Unmasking.objects.create(**whole, officer=user, reason="x"),
        lambda: Unmasking.objects.create(**whole, officer=officer, reason=""),
        lambda: Unmasking.objects.create(**{**whole, "until": made.at}, officer=officer, reason="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
