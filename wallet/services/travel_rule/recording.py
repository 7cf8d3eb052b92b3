"""Telling who the beneficiary is: by the customer once, by an officer at any time until it is being signed."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Unmasking, User
from accounts.services import audit, unmasking
from accounts.services.officers import Act
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.services import identity, vault
from kyc.services.overview import mask_name
from wallet.models.travel_rule import TravelRuleRecord
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import officers
from wallet.services.retries import retried
from wallet.services.travel_rule import requiring
from wallet.services.travel_rule.errors import BeneficiaryInvalid, OriginatorUnknown, TravelRuleTold, TravelRuleTooLate
from wallet.services.withdrawals.errors import OfficerIsCustomer
from wallet.services.withdrawals.states import locked

NAME_CHARACTERS_MAX = 120
PROVIDER_CHARACTERS_MAX = 120
TELLABLE = (WithdrawalState.VERIFICATION, WithdrawalState.REVIEW, WithdrawalState.SECOND_REVIEW, WithdrawalState.APPROVED)
"""States in which nothing is being signed yet."""
FIELDS = ("originator", "beneficiary")
"""What the desk masks."""
ROLES = ("treasury", "compliance")
"""Who may open it."""


@dataclass(frozen=True)
class Told:
    """Whose wallet the money goes to, and who keeps it. Never logged: `repr` shows nothing of it."""

    is_own: bool
    beneficiary: str = ""
    """The other person's or company's name; empty where the wallet is the customer's own."""
    provider: str = ""
    """The exchange or custodian that keeps the wallet; empty where its owner does."""

    def __repr__(self) -> str:
        return "Told(…)"


@dataclass(frozen=True, repr=False)
class Shown:
    """A record as an officer sees it, masked unless opened."""

    is_own: bool
    originator: str
    originator_country: str
    beneficiary: str
    provider: str
    record: TravelRuleRecord
    opened: Collection[str]

    @property
    def is_masked(self) -> bool:
        """Whether anything is left to open."""
        return not set(FIELDS) <= set(self.opened)


@retried
def tell(*, customer: User, public_id: Any, told: Told) -> Withdrawal:
    """Write down what the customer says of the beneficiary of their withdrawal, once.

    Raises Absent, BeneficiaryInvalid, TravelRuleTooLate, TravelRuleTold, OriginatorUnknown.
    """
    clean = _checked(told)
    with transaction.atomic():
        withdrawal = _locked(public_id, owner=customer)
        if requiring.told(withdrawal) is not None:
            raise TravelRuleTold
        try:
            with transaction.atomic():
                _write(withdrawal, clean)
        except IntegrityError as refusal:
            if "travel_rule_told_once_by_the_customer" in str(refusal):
                raise TravelRuleTold from refusal
            raise
        _record(withdrawal, "wallet.travel_rule_told", actor=customer, kind="customer", told=clean)
    return withdrawal


@retried
def complete(*, public_id: Any, officer: User, reason: str, told: Told) -> Withdrawal:
    """Write down what an officer found out of the beneficiary, in the place of what stands, if anything does.

    Raises Absent, NotAnOfficer, ReasonMissing, OfficerIsCustomer, BeneficiaryInvalid, TravelRuleTooLate, OriginatorUnknown.
    """
    reason, clean = officers.require(officer, reason), _checked(told)
    with transaction.atomic():
        withdrawal = _locked(public_id)
        if withdrawal.customer_id == officer.pk:
            raise OfficerIsCustomer
        _write(withdrawal, clean, officer=officer, reason=reason)
        _record(withdrawal, "wallet.travel_rule_completed", actor=officer, kind="staff", told=clean, reason=reason)
    return withdrawal


def shown(withdrawal: Withdrawal, officer: User) -> Shown | None:
    """The record that stands, as this officer may see it now; None where there is none, or an erasure took it."""
    record = requiring.told(withdrawal)
    if record is None:
        return None
    try:
        facts = vault.unseal_facts(record.customer_id, record.sealed, context=record.seal_context)
    except crypto.Unsealable:
        return None
    opened = unmasking.opened(customer=withdrawal.customer, officer=officer, subject=_subject(withdrawal))
    name = facts["beneficiary"] or facts["originator"]
    return Shown(
        is_own=record.is_own,
        originator=facts["originator"] if "originator" in opened else mask_name(facts["originator"]),
        originator_country=facts["country"],
        beneficiary=name if "beneficiary" in opened else mask_name(name),
        provider=facts["provider"],
        record=record,
        opened=frozenset(opened),
    )


def reveal(withdrawal: Withdrawal, *, officer: User, reason: str) -> Unmasking:
    """Open the names to the officer on the withdrawal's page. Raises ReasonDue, NotAnOfficer, OwnAccount."""
    act = Act(reason=reason, officer=officer)
    subject = _subject(withdrawal)
    return unmasking.reveal(customer=withdrawal.customer, fields=FIELDS, act=act, subject=subject, known=FIELDS, roles=ROLES)


def _checked(told: Told) -> Told:
    clean = Told(told.is_own, _line(told.beneficiary), _line(told.provider))
    if told.is_own and clean.beneficiary:
        raise BeneficiaryInvalid(reason="The wallet is the customer's own: it has no other beneficiary.")
    if not told.is_own and not any(map(str.isalpha, clean.beneficiary)):
        raise BeneficiaryInvalid(reason="The beneficiary's name is due.")
    if len(clean.beneficiary) > NAME_CHARACTERS_MAX or len(clean.provider) > PROVIDER_CHARACTERS_MAX:
        raise BeneficiaryInvalid(reason=f"At most {NAME_CHARACTERS_MAX} characters are kept of a name.")
    return clean


def _line(text: str) -> str:
    """The text on one line. Raises BeneficiaryInvalid for what is no text."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"} for character in line):
        raise BeneficiaryInvalid(reason="A name has no control characters.")
    return line


def _locked(public_id: Any, *, owner: User | None = None) -> Withdrawal:
    number = read_public_id(public_id)
    rows = Withdrawal.objects.filter(public_id=number) if number is not None else Withdrawal.objects.none()
    if owner is not None:
        rows = rows.filter(customer=owner)
    primary = rows.values_list("pk", flat=True).first()
    if primary is None:
        raise Absent(thing="withdrawal")
    withdrawal = locked(primary)
    if withdrawal.state not in TELLABLE:
        raise TravelRuleTooLate
    return withdrawal


def _write(withdrawal: Withdrawal, told: Told, *, officer: User | None = None, reason: str = "") -> None:
    person = identity.read(withdrawal.customer)
    if person is None or not person.full_name:
        raise OriginatorUnknown
    record = TravelRuleRecord(
        withdrawal=withdrawal,
        customer_id=withdrawal.customer_id,
        is_own=told.is_own,
        is_hosted=bool(told.provider),
        officer=officer,
        reason=reason,
    )
    facts = {
        "originator": person.full_name,
        "country": person.residence or person.nationality,
        "beneficiary": told.beneficiary,
        "provider": told.provider,
    }
    record.sealed = vault.seal_facts(withdrawal.customer_id, facts, context=record.seal_context)
    record.save(force_insert=True)


def _record(withdrawal: Withdrawal, act: str, *, actor: User, kind: str, told: Told, reason: str = "") -> None:
    facts = {"is_own": str(told.is_own), "is_hosted": str(bool(told.provider))}
    audit.record(actor=actor, actor_kind=kind, act=act, subject=_subject(withdrawal), reason=reason, facts=facts)


def _subject(withdrawal: Withdrawal) -> str:
    return f"wallet.withdrawal:{withdrawal.public_id}"
