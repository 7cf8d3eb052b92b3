"""Showing a customer's masked data to an officer: with a reason, for some minutes, on one page, written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors.privacy import FieldUnknown
from accounts.models import Unmasking, User
from accounts.services.officers import Act
from config.kit.clock import now
from messaging.models import Channel
from messaging.services.destinations import mask

UNMASKED_SECONDS = 300
"""How long what an officer opened stays open, on the page for which it was opened."""
REASONS = {
    "review": "To compare what the customer typed with the documents.",
    "customer_asked": "The customer asked for help with these data.",
    "authority_asked": "An authority asked for these data.",
    "fraud": "To look into fraud or a takeover of the account.",
    "duplicate": "To compare this customer with another one.",
}
"""Reasons to choose from, by slug; anything else that is typed stands as it is."""
CONTACT_FIELDS = ("email", "phone", "username", "places")
"""What this app masks. `places` are the addresses and places of sessions and sign-ins."""
CONTACT_ROLES = ("compliance", "treasury")
"""Who may open contacts. Auditors read everything with its masks on."""


def reveal(
    *,
    customer: User,
    fields: Collection[str],
    act: Act,
    subject: str,
    known: Collection[str],
    roles: Collection[str],
    seconds: int = UNMASKED_SECONDS,
) -> Unmasking:
    """Open the fields to the officer on the page `subject` for so many seconds, and write down who, whose, what and why.

    Raises ReasonDue, NotAnOfficer, OwnAccount, FieldUnknown.
    """
    told = Act(reason=REASONS.get(act.reason, act.reason), officer=act.officer, by=act.by)
    told.require(*roles)
    if told.officer is None:
        raise ValueError("data are opened to an officer, who is signed in")
    told.require_about(customer)
    chosen = sorted(set(fields))
    if not chosen or not set(chosen) <= set(known):
        raise FieldUnknown(known=", ".join(known))
    moment = now()
    with transaction.atomic():
        opened = Unmasking.objects.create(
            officer=told.officer,
            customer=customer,
            subject=subject,
            fields=chosen,
            reason=told.said,
            at=moment,
            until=moment + timedelta(seconds=seconds),
        )
        told.record(
            act="accounts.unmasked", subject=subject, facts={"customer": str(customer.uid), "fields": ", ".join(chosen)}
        )
    return opened


def keep_open(
    *, customer: User, fields: Collection[str], officer: User, subject: str, roles: Collection[str], seconds: int
) -> None:
    """Have the fields open on the page of what the officer is at work on, for half of `seconds` from now on at least.

    Where they are, nothing is written: looking again and again at one's own work makes no row each time. Raises as `reveal`.
    """
    enough = now() + timedelta(seconds=seconds / 2)
    standing = opened(customer=customer, officer=officer, subject=subject)
    if any(name not in standing or standing[name] < enough for name in fields):
        act = Act(reason="review", officer=officer)
        reveal(customer=customer, fields=fields, act=act, subject=subject, known=fields, roles=roles, seconds=seconds)


def open_subjects(*, officer: User, subjects: Collection[str], field: str) -> set[str]:
    """Those of the pages on which the officer has the field open now. One query."""
    rows = Unmasking.objects.filter(officer=officer, subject__in=subjects, until__gt=now())
    return {row.subject for row in rows if field in row.fields}


def opened(*, customer: User, officer: User, subject: str, work: str = "") -> dict[str, datetime]:
    """What the officer has open on the page now: each field, until when; and for the `work` that is in hand. One query."""
    subjects = [subject, work] if work else [subject]
    rows = Unmasking.objects.filter(officer=officer, customer=customer, subject__in=subjects, until__gt=now()).order_by("until")
    return {str(name): row.until for row in rows for name in row.fields}


def reveal_contacts(*, customer: User, fields: Collection[str], act: Act) -> Unmasking:
    """Open email, phone, user name or places on the customer's page. Raises as `reveal`."""
    subject = f"accounts.user:{customer.uid}"
    return reveal(customer=customer, fields=fields, act=act, subject=subject, known=CONTACT_FIELDS, roles=CONTACT_ROLES)


def masked_email(email: str | None) -> str:
    """`a***e@example.com`; empty where there is none."""
    return mask(Channel.EMAIL, email) if email else ""


def masked_phone(phone: str | None) -> str:
    """`+886******678`; empty where there is none."""
    return mask(Channel.SMS, phone) if phone else ""


def masked_name(name: str | None) -> str:
    """`a***e`; empty where there is none."""
    return f"{name[:1]}***{name[-1:] if len(name) > 2 else ''}" if name else ""


def masked_address(ip: str | None) -> str:
    """The network without the host: `203.0.113.*`, `2001:db8:…`."""
    if not ip:
        return ""
    return f"{ip.rpartition('.')[0]}.*" if "." in ip else f"{':'.join(ip.split(':')[:2])}:…"
