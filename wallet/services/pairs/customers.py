"""Whose money a proposal is about, as an officer names them, and whether anything can be booked on their account."""

from __future__ import annotations

from django.db import connection

from accounts.models import Status, User
from wallet.services.pairs.errors import NotACustomersAccount

UID_DIGITS = 9


def find(uid: object) -> User:
    """The customer of this uid. Raises NotACustomersAccount for an officer's, a removed one, and none."""
    text = str(uid).strip()
    rows = User.objects.select_related("parent").filter(is_staff=False).exclude(status=Status.DELETED)
    found = rows.filter(uid=int(text)).first() if text.isascii() and text.isdigit() and len(text) == UID_DIGITS else None
    if found is None:
        raise NotACustomersAccount
    return found


def hold(customer: User) -> User:
    """The customer as it stands now, not removed before the caller's transaction ends. Raises NotACustomersAccount."""
    if not connection.in_atomic_block:
        raise RuntimeError("holding an account needs a transaction")
    rows = User.objects.select_for_update(no_key=True, of=("self",)).select_related("parent")
    found = rows.get(pk=customer.pk)
    if found.status == Status.DELETED:
        raise NotACustomersAccount
    return found
