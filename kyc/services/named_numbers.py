"""Which document numbers a customer has ever named: what the customer holds now is in Identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.kit import clock
from kyc.models import Identity, NamedNumber
from kyc.services import blind_indexes, id_numbers, vault

if TYPE_CHECKING:
    from accounts.models import User
    from kyc.services.blind_indexes import Indexes

REFUSED_NUMBERS_MAX = 50
"""Refused numbers of one customer that are kept: more are somebody trying numbers, of which the audit log tells."""


@dataclass(frozen=True, repr=False)
class Number:
    """A document number in its one spelling, and the country that issued it."""

    country: str
    text: str

    @property
    def indexes(self) -> Indexes:
        """Its blind indexes."""
        return blind_indexes.of_id_number(self.country, self.text)


def note(user: User, number: Number) -> None:
    """The customer has named the number, which is free or the customer's own. Under `vault.lock`; safe to repeat."""
    NamedNumber.objects.bulk_create([_row(user, number)], ignore_conflicts=True)


def note_refused(user: User, number: Number) -> None:
    """The customer has named a number that another one holds. Within a transaction; safe to repeat."""
    vault.lock(user)
    known = NamedNumber.objects.filter(user=user)
    if known.filter(number.indexes.meeting()).update(refused_at=clock.now()):
        return
    if known.filter(refused_at__isnull=False).count() < REFUSED_NUMBERS_MAX:
        row = _row(user, number)
        row.refused_at = clock.now()
        row.save(force_insert=True)


def held(row: Identity) -> Number:
    """The number that the customer typed last, in the clear. Raises crypto.Unsealable."""
    facts = vault.unseal_facts(row.user_id, row.sealed, context=row.seal_context)
    issuer = id_numbers.issuer(row.id_type, nationality=row.nationality, residence=row.residence)
    return Number(issuer, facts["id_number"])


def named(row: NamedNumber) -> Number:
    """The number in the clear. Raises crypto.Unsealable."""
    return Number(row.country, vault.unseal(row.user_id, row.sealed, context=_context(row.user_id)).decode())


def _row(user: User, number: Number) -> NamedNumber:
    sealed = vault.seal(user.pk, number.text.encode(), context=_context(user.pk))
    return NamedNumber(user=user, country=number.country, sealed=sealed, **number.indexes.columns)


def _context(user_id: int) -> str:
    return f"kyc.named_number:{user_id}"
