"""Personal data at the desk: masked unless an officer opened them, with a reason, for a few minutes, on one page.

Nothing is open without a row of `accounts.Unmasking`: a button writes it (`reveal`), or taking a case does (`claims`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.services import unmasking as accounts_unmasking
from accounts.services.officers import Act
from config.kit import clock
from kyc.models import Case, Document
from kyc.services import claims
from kyc.services.decisions import OFFICERS_GROUP
from kyc.services.overview import mask_name, mask_number

if TYPE_CHECKING:
    from accounts.models import Unmasking, User
    from kyc.services.applications import BankDetails
    from kyc.services.identity import PersonalData

FIELDS = claims.OPENED
"""What the identity checks mask, in the order of the page."""
IMAGES = "images"
REASONS = accounts_unmasking.REASONS
"""Reasons to choose from, slug and text; a typed one is as good."""
UNMASKED_SECONDS = accounts_unmasking.UNMASKED_SECONDS
MASK = "•••"


@dataclass(frozen=True, repr=False)
class PersonShown:
    """A person as texts for a page: each is masked unless its field is in `opened`."""

    name: str
    birthday: str
    age_years: int | None
    gender: str
    address: str
    nationality: str
    residence: str
    id_type: str
    id_number: str
    opened: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_masked(self) -> bool:
        """Whether anything is left to open."""
        return not set(FIELDS) <= set(self.opened)


def masked(person: PersonalData | None, *, opened: dict[str, datetime] | None = None) -> PersonShown | None:
    """The person with masks on all that is not in `opened`; None for nobody."""
    if person is None:
        return None
    free = opened or {}

    def whole(name: str, text: str, hidden: str) -> str:
        return text if name in free else hidden

    return PersonShown(
        name=whole("name", person.full_name, mask_name(person.full_name)),
        birthday=whole("birthday", f"{person.birthday:%Y-%m-%d}" if person.birthday else "", MASK if person.birthday else ""),
        age_years=person.age(clock.now().date()),
        gender=whole("gender", person.gender, MASK),
        address=whole("address", person.address, MASK if person.address else ""),
        nationality=person.nationality,
        residence=person.residence,
        id_type=person.id_type,
        id_number=whole("id_number", person.id_number, mask_number(person.id_number)),
        opened=free,
    )


def name(text: str, *, opened: Collection[str] = ()) -> str:
    """A person's name, masked unless open."""
    return text if "name" in opened else mask_name(text)


def account_number(details: BankDetails | None, *, opened: Collection[str] = ()) -> str:
    """The number of a bank account, masked unless open; empty for none."""
    if details is None:
        return ""
    return details.account_number if "account_number" in opened else mask_number(details.account_number)


def answers(lines: list[tuple[str, str]], *, opened: Collection[str] = ()) -> list[tuple[str, str]]:
    """The questionnaire with what the customer typed freely masked unless open: the chosen options are no secret."""
    if "answers" in opened:
        return lines
    return [(question, f"{text.partition(': ')[0]}: {MASK}" if ": " in text else text) for question, text in lines]


def opened(about: Case | User, officer: User) -> dict[str, datetime]:
    """What the officer has open on this page now: each field, until when. A claim opens it while it stands."""
    claim = claims.of(about) if isinstance(about, Case) else None
    is_own = claim is not None and claim.officer_id == officer.pk
    return accounts_unmasking.opened(
        customer=_customer(about),
        officer=officer,
        subject=subject_of(about),
        work=claims.subject_of(about) if isinstance(about, Case) and is_own else "",
    )


def open_pictures(documents: Iterable[Document], officer: User) -> set[int]:
    """Primary keys of the documents whose pictures the officer has open by themselves, to compare them. One query."""
    subjects = {subject_of(document): document.pk for document in documents}
    shown = accounts_unmasking.open_subjects(officer=officer, subjects=list(subjects), field=IMAGES) if subjects else set()
    return {subjects[subject] for subject in shown}


def reveal(about: Case | User | Document, fields: Collection[str], officer: User, reason: str) -> Unmasking:
    """Open fields of a case's customer on the case's page, of a customer on the customer's, or one document's pictures.

    They stay open for UNMASKED_SECONDS. `reason` is a slug of REASONS or typed text.
    Raises ReasonDue, NotAnOfficer, OwnAccount, FieldUnknown.
    """
    return accounts_unmasking.reveal(
        customer=_customer(about),
        fields=fields,
        act=Act(reason=reason, officer=officer),
        subject=subject_of(about),
        known=(IMAGES,) if isinstance(about, Document) else FIELDS,
        roles=(OFFICERS_GROUP,),
    )


def _customer(about: Case | User | Document) -> User:
    return about.user if isinstance(about, Case | Document) else about


def subject_of(about: Case | User | Document) -> str:
    """On which page what is opened is open."""
    if isinstance(about, Document):
        return f"kyc.document:{about.public_id}"
    return f"kyc.case:{about.public_id}" if isinstance(about, Case) else f"kyc.customer:{about.uid}"
