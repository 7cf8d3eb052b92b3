"""The audit trail of one customer's file: what was done by or about the customer, without the names of other customers.

Who acted for the house stays named. Another customer, who once claimed the same document number for example, is withheld: the
file goes to whoever asked about this one. The log itself tells the authority that asks for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from accounts.models import AuditRecord, LegalHold, User
from accounts.models.audit import ActorKind
from kyc.models import Case, Document

if TYPE_CHECKING:
    from collections.abc import Callable

AUDIT_ROWS_AT_ONCE = 500
WITHHELD = "another customer"
_UID = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")
"""What may be a customer's uid within a text."""


def of(customer: User) -> Iterator[dict[str, Any]]:
    """Every audit record by or about the customer, oldest first, a portion in memory at a time.

    `withheld` names what does not stand as it was written; `record_sha256` is of the record as it was written.
    """
    keys = sorted(set(matching(customer).values_list("pk", flat=True)))
    family = {customer.pk, customer.parent_id, *User.objects.filter(parent=customer).values_list("pk", flat=True)}
    for start in range(0, len(keys), AUDIT_ROWS_AT_ONCE):
        rows = AuditRecord.objects.filter(pk__in=keys[start : start + AUDIT_ROWS_AT_ONCE])
        records = list(rows.select_related("actor", "link").order_by("pk"))
        strangers = _strangers(records, family)
        for record in records:
            yield _shown(record, strangers)


def matching(customer: User) -> QuerySet[AuditRecord]:
    """The records by or about the customer, in no order. Each of the three conditions has an index."""
    subjects = [f"accounts.user:{customer.uid}", f"kyc.customer:{customer.uid}"]
    named: tuple[tuple[str, Any], ...] = (
        ("kyc.case", Case.objects.filter(user=customer)),
        ("kyc.document", Document.objects.filter(user=customer)),
        ("accounts.legalhold", LegalHold.objects.filter(customer=customer)),
    )
    for label, rows in named:
        subjects += [f"{label}:{number}" for number in rows.values_list("public_id", flat=True)]
    wanted = Q(subject__in=subjects) | Q(actor=customer) | Q(facts__customer=str(customer.uid))
    return AuditRecord.objects.filter(wanted)


def _strangers(records: Iterable[AuditRecord], family: set[int | None]) -> set[str]:
    """The uids in these records that are other customers'."""
    found = {uid for record in records for text in _texts(record) for uid in _UID.findall(text)}
    found |= {str(record.actor.uid) for record in records if record.actor and record.actor_kind == ActorKind.CUSTOMER}
    others = User.objects.filter(uid__in=map(int, found), is_staff=False).exclude(pk__in=[pk for pk in family if pk])
    return {str(uid) for uid in others.values_list("uid", flat=True)}


def _texts(record: AuditRecord) -> Iterator[str]:
    yield from (record.subject, record.reason, *map(str, record.facts.values()))


def _shown(record: AuditRecord, strangers: set[str]) -> dict[str, Any]:
    withheld: list[str] = []
    read = _reader(strangers, withheld)
    by = str(record.actor.uid) if record.actor else record.actor_kind
    return {
        "at": record.at,
        "act": record.act,
        "subject": read("subject", record.subject),
        "by": read("by", by),
        "as": record.actor_kind,
        "reason": read("reason", record.reason),
        "facts": {name: read(f"facts.{name}", str(value)) for name, value in record.facts.items()},
        "record_sha256": bytes(record.record_hash).hex(),
        "position": record.link.position if hasattr(record, "link") else None,
        "withheld": withheld,
    }


def _reader(strangers: set[str], withheld: list[str]) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        clean = _UID.sub(lambda found: WITHHELD if found[0] in strangers else found[0], text)
        if clean != text:
            withheld.append(name)
        return clean

    return read
