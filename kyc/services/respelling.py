"""Numbers that were kept as they were typed, before their country's numbers had one spelling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db import transaction

from accounts.models import User
from kyc.errors import IdNumberTaken
from kyc.models import Identity
from kyc.services import contested, id_numbers, identity, vault
from kyc.services.named_numbers import Number
from kyc.services.refusals import spoken

KINDS = frozenset(id_numbers.SPELLINGS)
"""(Kind, issuing country) whose numbers may stand in another spelling."""


@dataclass
class Tally:
    """What became of the numbers; `contested` are customers whose number another one holds in its one spelling."""

    seen: int = 0
    changed: int = 0
    contested: list[User] = field(default_factory=list)


def respell() -> Tally:
    """Write each number and its blind index anew in the one spelling. Safe to run twice, and while everything runs.

    A number that two customers hold stays with both, is written down (`kyc.id_number_contested`), and is an officer's to
    settle: by `contested.release`, or by a decision. Then run it again.
    """
    tally = Tally()
    for user in _holders():
        tally.seen += 1
        try:
            tally.changed += _respell_one(user)
        except IdNumberTaken:
            tally.contested.append(user)
    return tally


def _holders() -> Iterator[User]:
    rows = Identity.objects.filter(id_type__in={kind for kind, _ in KINDS}, released_at=None).select_related("user")
    for row in rows.order_by("pk").iterator():
        if (row.id_type, _issuer(row)) in KINDS:
            yield row.user


def _issuer(row: Identity) -> str:
    return id_numbers.issuer(row.id_type, nationality=row.nationality, residence=row.residence)


def _respell_one(user: User) -> int:
    data = identity.read(user)
    if data is None:
        return 0
    issuer = id_numbers.issuer(data.id_type, nationality=data.nationality, residence=data.residence)
    number = id_numbers.spelled(data.id_number, id_type=data.id_type, issuer=issuer)
    with contested.noted(user, Number(issuer, number)), spoken(), transaction.atomic():
        vault.lock(user)
        if identity.read(user) != data or number == data.id_number or identity.is_released(user):
            return 0
        identity.write(user, replace(data, id_number=number))
        return 1
