"""Basic data and phone: level 1, which passes by itself when both are there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

import pycountry
from django.db import transaction

from accounts.models import User as UserRow
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.services import audit, holds, logins
from config.kit import clock, crypto
from kyc.errors import (
    AlreadyApproved,
    BirthdayInvalid,
    IdentityInvalid,
    IdNumberInvalid,
    PhoneDiffers,
    TooYoung,
)
from kyc.models import Case, CaseState, Gender, Identity, IdType, Level
from kyc.services import cases, entitlements, vault
from kyc.services.refusals import spoken
from messaging.services import codes, notices
from messaging.services.destinations import mask, normalise_phone

if TYPE_CHECKING:
    from accounts.models import User

AGE_YEARS_MIN = 18
AGE_YEARS_MAX = 120
ID_NUMBER_LENGTH_MIN, ID_NUMBER_LENGTH_MAX = 4, 32
NAME_LENGTH_MAX = 100
ADDRESS_LENGTH_MAX = 300
_NUMBER_SEPARATORS = re.compile(r"[\s./\-\u2010-\u2015]+")
_NUMBER = re.compile(rf"[A-Za-z0-9]{{{ID_NUMBER_LENGTH_MIN},{ID_NUMBER_LENGTH_MAX}}}", re.ASCII)
_NAME_MARKS = frozenset(" -.'’·・,")


@dataclass(frozen=True)
class PersonalData:
    """Who the customer says to be. Never logged: `repr` shows nothing of it."""

    first_name: str
    last_name: str
    birthday: date
    nationality: str
    residence: str
    id_type: str
    id_number: str
    gender: str = Gender.UNSPECIFIED
    address: str = ""

    def __repr__(self) -> str:
        return "PersonalData(…)"

    @property
    def full_name(self) -> str:
        """First name, last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def age(self, today: date) -> int:
        """Whole years."""
        had_birthday = (today.month, today.day) >= (self.birthday.month, self.birthday.day)
        return today.year - self.birthday.year - (0 if had_birthday else 1)


def submit(*, user: User, details: PersonalData) -> Case:
    """Set the customer's basic data; level 1 is approved at once where the phone is verified already.

    Data may be corrected until then.
    Raises NotForSubAccounts, AlreadyApproved, IdentityInvalid, IdNumberInvalid, IdNumberTaken, BirthdayInvalid, TooYoung.
    """
    entitlements.require_own_identity(user)
    clean = _checked(details)
    with spoken(), transaction.atomic():
        vault.lock(user)
        if cases.approved(user, Level.BASIC):
            raise AlreadyApproved(level=Level.BASIC)
        case = cases.open_or_new(user, Level.BASIC)
        case.country = clean.nationality
        case.save(update_fields=["country"])
        _write(user, clean)
        return _finish(user, case)


def confirm_phone(*, user: User, phone: str, code: str) -> Case:
    """Take the code sent to the phone, bind the phone to the account, and pass level 1 where the data are there.

    The code is spent even where the phone then turns out to be another customer's. A phone that is new to the account is
    told by email and, unless the account is new too, holds money for 24 h.
    Raises NotForSubAccounts, InvalidPhone, AlreadyApproved, PhoneDiffers, CodeRefused, PhoneTaken.
    """
    entitlements.require_own_identity(user)
    number = normalise_phone(phone)
    if cases.approved(user, Level.BASIC):
        raise AlreadyApproved(level=Level.BASIC)
    if user.phone and user.phone != number:
        raise PhoneDiffers
    codes.verify(purpose=codes.Purpose.KYC_PHONE, channel="sms", destination=number, code=code, user=user)
    with spoken(), transaction.atomic():
        vault.lock(user)
        row = UserRow.objects.select_for_update().get(pk=user.pk)
        if row.phone and row.phone != number:
            raise PhoneDiffers
        if not row.phone:
            _bind(row, number)
        if cases.approved(user, Level.BASIC):
            raise AlreadyApproved(level=Level.BASIC)
        case = cases.open_or_new(user, Level.BASIC)
        case.phone_verified_at = clock.now()
        case.save(update_fields=["phone_verified_at"])
        user.phone = number
        return _finish(user, case)


def _bind(row: User, number: str) -> None:
    row.phone = number
    row.save(update_fields=["phone"])
    masked = mask("sms", number)
    audit.record(
        actor=row,
        actor_kind="customer",
        act="accounts.phone_bound",
        subject=f"accounts.user:{row.uid}",
        facts={"phone": masked},
    )
    logins.note(user=row, act=LoginAct.PHONE_BOUND)
    told = {"phone": masked, "time": f"{clock.now():%Y-%m-%d %H:%M} UTC"}
    notices.notify(user=row, template="phone_bound", facts=told, channels=("email",))
    holds.start_unless_new(user=row, cause=Cause.PHONE)


def read(user: User) -> PersonalData | None:
    """The customer's basic data in the clear, None before they are given. Callers mask or log what they show."""
    row = Identity.objects.filter(user_id=user.pk).first()
    if row is None:
        return None
    facts = vault.unseal_facts(row.user_id, row.sealed, context=_context(row.user_id))
    return PersonalData(
        nationality=row.nationality,
        residence=row.residence,
        id_type=row.id_type,
        **{**facts, "birthday": date.fromisoformat(facts["birthday"])},
    )


def number_index(country: str, number: str) -> bytes:
    """The blind index of a document number: equal for equal numbers of one issuing country."""
    return crypto.keyed_hash("kyc.id_number", country, number)


def index_of(row: Identity, number: str) -> bytes:
    """The blind index that the number would have as that of the row's document. Raises IdNumberInvalid."""
    return number_index(_issuer(row.id_type, row.nationality, row.residence), _id_number(number))


def _issuer(id_type: str, nationality: str, residence: str) -> str:
    return residence if id_type == IdType.RESIDENCE_PERMIT else nationality


def _finish(user: User, case: Case) -> Case:
    if case.phone_verified_at is None or not Identity.objects.filter(user_id=user.pk).exists():
        return case
    cases.move(case, CaseState.SUBMITTED, actor=user)
    cases.move(case, CaseState.APPROVED, actor=None, reason="phone_and_data")
    logins.note(user=user, act=LoginAct.IDENTITY_VERIFIED)
    notices.notify(user=user, template="kyc_approved", facts={"level": str(Level.BASIC.value)})
    return case


def _write(user: User, clean: PersonalData) -> None:
    facts = asdict(clean)
    open_facts = {name: facts.pop(name) for name in ("nationality", "residence", "id_type")}
    facts["birthday"] = clean.birthday.isoformat()
    issuer = _issuer(clean.id_type, clean.nationality, clean.residence)
    Identity.objects.update_or_create(
        user_id=user.pk,
        defaults={
            **open_facts,
            "sealed": vault.seal_facts(user.pk, facts, context=_context(user.pk)),
            "number_index": number_index(issuer, clean.id_number),
            "updated_at": clock.now(),
        },
    )


def _checked(details: PersonalData) -> PersonalData:
    today = clock.now().date()
    if details.birthday >= today or details.age(today) > AGE_YEARS_MAX:
        raise BirthdayInvalid(age_max=AGE_YEARS_MAX)
    if details.age(today) < AGE_YEARS_MIN:
        raise TooYoung(age_min=AGE_YEARS_MIN)
    if details.id_type not in IdType.values:
        raise IdentityInvalid(name="id_type", reason="Not a kind of document that we take.")
    if details.gender not in Gender.values:
        raise IdentityInvalid(name="gender", reason="Not a known word.")
    return PersonalData(
        first_name=_name(details.first_name, "first_name"),
        last_name=_name(details.last_name, "last_name"),
        birthday=details.birthday,
        nationality=_country(details.nationality, "nationality"),
        residence=_country(details.residence, "residence"),
        id_type=details.id_type,
        id_number=_id_number(details.id_number),
        gender=details.gender,
        address=" ".join(details.address.split())[:ADDRESS_LENGTH_MAX],
    )


def _name(text: str, field: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    good = all(character in _NAME_MARKS or unicodedata.category(character)[0] in "LM" for character in name)
    if not good or not any(character.isalpha() for character in name) or len(name) > NAME_LENGTH_MAX:
        raise IdentityInvalid(name=field, reason="Letters, spaces, hyphens, full stops and apostrophes are due.")
    return name


def _country(code: str, field: str) -> str:
    if len(code) != 2 or not code.isascii() or pycountry.countries.get(alpha_2=code.upper()) is None:
        raise IdentityInvalid(name=field, reason="The ISO 3166-1 alpha-2 code of a country is due.")
    return code.upper()


def _id_number(text: str) -> str:
    number = _NUMBER_SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not _NUMBER.fullmatch(number):
        raise IdNumberInvalid(length_min=ID_NUMBER_LENGTH_MIN, length_max=ID_NUMBER_LENGTH_MAX)
    return number.upper()


def _context(user_id: int) -> str:
    return f"kyc.identity:{user_id}"
