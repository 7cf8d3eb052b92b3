"""Personal data at the desk: masked unless an officer opened them, with a reason, for a few minutes, on one page.

A page of a case asks `shown(case_or_user, officer)` and prints what it gets; its button calls `reveal`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.services import unmasking as accounts_unmasking
from accounts.services.officers import Act
from config.kit import clock
from kyc.models import Case
from kyc.services import claims
from kyc.services.decisions import OFFICERS_GROUP
from kyc.services.overview import mask_name, mask_number

if TYPE_CHECKING:
    from accounts.models import Unmasking, User
    from kyc.services.applications import BankDetails
    from kyc.services.identity import PersonalData

FIELDS = ("name", "birthday", "gender", "address", "id_number", "account_number", "answers", "images")
"""What the identity checks mask, in the order of the page."""
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
    """What the officer has open on this page now: each field, until when. Whoever has the case has all of it open."""
    claim = claims.of(about) if isinstance(about, Case) else None
    if claim is not None and claim.officer_id == officer.pk:
        return dict.fromkeys(FIELDS, claim.expires_at)
    return accounts_unmasking.opened(customer=_customer(about), officer=officer, subject=_subject(about))


def reveal(about: Case | User, fields: Collection[str], officer: User, reason: str) -> Unmasking:
    """Open fields of a case's customer on the case's page, or of a customer on the customer's, for UNMASKED_SECONDS.

    `reason` is a slug of REASONS or typed text. Raises ReasonDue, NotAnOfficer, OwnAccount, FieldUnknown.
    """
    return accounts_unmasking.reveal(
        customer=_customer(about),
        fields=fields,
        act=Act(reason=reason, officer=officer),
        subject=_subject(about),
        known=FIELDS,
        roles=(OFFICERS_GROUP,),
    )


def _customer(about: Case | User) -> User:
    return about.user if isinstance(about, Case) else about


def _subject(about: Case | User) -> str:
    return f"kyc.case:{about.public_id}" if isinstance(about, Case) else f"kyc.customer:{about.uid}"
