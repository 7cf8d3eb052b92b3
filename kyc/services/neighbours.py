"""Other customers who share something with this one: a document number, a bank account, a picture. Hints, no verdicts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from accounts.models import User as UserRow
from config.kit.errors import Absent
from kyc.errors import ImagesMasked
from kyc.models import BankAccount, Case, Document, DocumentState, Identity, Likeness, NamedNumber
from kyc.services import blind_indexes, unmasking

if TYPE_CHECKING:
    from accounts.models import User

NEIGHBOURS_MAX = 20
HOLDS, REFUSED, NAMED = "holds it", "was refused it", "named it before"
TO_COMPARE = "duplicate"
"""Why a neighbour's picture is opened; a reason of `unmasking.REASONS`."""

SHARED_NUMBER = """
SELECT c.id AS case_id, theirs.user_id FROM kyc_case c
CROSS JOIN LATERAL (
    SELECT {column} AS index FROM kyc_identity WHERE user_id = c.user_id
    UNION SELECT {column} FROM kyc_named_number WHERE user_id = c.user_id
) mine
CROSS JOIN LATERAL (
    SELECT user_id FROM kyc_identity WHERE {column} = mine.index
    UNION ALL SELECT user_id FROM kyc_named_number WHERE {column} = mine.index
) theirs
WHERE c.id = ANY(%(cases)s) AND theirs.user_id <> c.user_id
"""
"""Each case beside each other customer of its document number, by one column of indexes."""
SHARED_ACCOUNT = """
SELECT mine.case_id, theirs.user_id FROM kyc_customer_bank_account mine
JOIN kyc_customer_bank_account theirs ON theirs.{column} = mine.{column} AND theirs.user_id <> mine.user_id
WHERE mine.case_id = ANY(%(cases)s)
"""
"""The same of its bank account."""


@dataclass(frozen=True)
class NumberNeighbour:
    """Another customer of one document number, what the number is to that customer, and the newest case there, if any."""

    user: User
    relation: str
    case: Case | None


def of_number(user: User) -> list[NumberNeighbour]:
    """Customers who hold a number that this one ever named, were refused it, or named it before."""
    own = [*Identity.objects.filter(user=user), *NamedNumber.objects.filter(user=user)]
    if not own:
        return []
    same = blind_indexes.meeting(blind_indexes.of_row(row) for row in own)
    others = NamedNumber.objects.filter(same).exclude(user=user).order_by("id")
    relations = {row.user_id: REFUSED if row.refused_at else NAMED for row in others[:NEIGHBOURS_MAX]}
    holders = Identity.objects.filter(same).exclude(user=user)
    relations |= dict.fromkeys(holders.values_list("user_id", flat=True), HOLDS)
    people = UserRow.objects.in_bulk(list(relations))
    newest = Case.objects.filter(user_id__in=relations).order_by("user_id", "-id").distinct("user_id")
    cases = {case.user_id: case for case in newest}
    return [NumberNeighbour(people[pk], relation, cases.get(pk)) for pk, relation in relations.items()]


def of_bank_account(case: Case) -> list[BankAccount]:
    """Newest first, accounts of other customers with the number of this case's, whether a case brought them or not."""
    named = blind_indexes.meeting(blind_indexes.of_row(row) for row in BankAccount.objects.filter(case=case))
    same = BankAccount.objects.filter(named).exclude(user_id=case.user_id)
    return list(same.select_related("user", "case").order_by("-id")[:NEIGHBOURS_MAX])


def counts(case_pks: Collection[int]) -> dict[int, int]:
    """By primary key of the case, how many other customers share its document number, and how many its bank account.

    One query for a page of the queue.
    """
    found = dict.fromkeys(case_pks, 0)
    with connection.cursor() as cursor:
        cursor.execute(shared_sql(), {"cases": list(found)})
        for pk, customers in cursor.fetchall():
            found[pk] += customers
    return found


def shared_sql() -> str:
    """The query of `counts`: in each column of a key that is in use, numbers and accounts that meet."""
    columns = blind_indexes.columns_in_use()
    counted = (
        " UNION ".join(part.format(column=column) for column in columns)  # a neighbour met in both columns is one neighbour
        for part in (SHARED_NUMBER, SHARED_ACCOUNT)
    )
    return " UNION ALL ".join(
        f"SELECT case_id, count(DISTINCT user_id) FROM ({pairs}) pairs GROUP BY case_id"  # noqa: S608  # names of our own columns
        for pairs in counted
    )


def open_picture(*, case: Case, document_id: int, officer: User) -> Document:
    """Open another customer's picture that looks like one of this case, beside it, for some minutes; the rest stays masked.

    It is written down with its reason like any unmasking. Raises ImagesMasked (the officer has the case's own images not
    open), Absent (no such neighbour), NotAnOfficer, OwnAccount.
    """
    if unmasking.IMAGES not in unmasking.opened(case, officer):
        raise ImagesMasked
    live = Document.objects.filter(case=case).exclude(state=DocumentState.REPLACED)
    alike = Likeness.objects.filter(document__in=live, other__public_id=document_id, other__storage_name__isnull=False)
    found = alike.select_related("other__case__user", "other__user").first()
    if found is None:
        raise Absent(thing="picture that is like one of this case")
    unmasking.reveal(found.other, (unmasking.IMAGES,), officer, TO_COMPARE)
    return found.other
