"""The customer's own key: everything about a person is sealed under it, and whoever holds its row holds the lock."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.errors.privacy import AlreadyErased
from accounts.models import Erasure
from config.kit import crypto
from kyc.models import CustomerKey

if TYPE_CHECKING:
    from accounts.models import User

_at_hand: ContextVar[dict[int, CustomerKey] | None] = ContextVar("_at_hand", default=None)


def lock(user: User) -> None:
    """Hold the customer's identity checks until the transaction ends. Must run inside one. Raises AlreadyErased."""
    _key_row(user.pk)
    CustomerKey.objects.select_for_update().get(user_id=user.pk)


def key_of(user_id: int) -> bytes:
    """The customer's data key, to seal piece by piece. Never kept, never logged."""
    return _open(_key_row(user_id))


def opening_key_of(user_id: int) -> bytes:
    """The key that there is, to open what was sealed piece by piece. Raises crypto.Unsealable where it was destroyed."""
    at_hand = _at_hand.get()
    row = CustomerKey.objects.filter(user_id=user_id).first() if at_hand is None else at_hand.get(user_id)
    if row is None:
        raise crypto.Unsealable("the customer has no key")
    return _open(row)


@contextmanager
def keys_at_hand(user_ids: Collection[int]) -> Iterator[None]:
    """Read the wrapped keys of these customers at once, for who opens something of each within the block and of nobody else."""
    token = _at_hand.set({row.user_id: row for row in CustomerKey.objects.filter(user_id__in=user_ids)} if user_ids else None)
    try:
        yield
    finally:
        _at_hand.reset(token)


def seal(user_id: int, plain: bytes, *, context: str) -> bytes:
    """The value sealed under the customer's key, for this context alone."""
    return crypto.encrypt(_open(_key_row(user_id)), plain, context=context)


def unseal(user_id: int, sealed: bytes | memoryview, *, context: str) -> bytes:
    """The inverse of `seal`. Raises crypto.Unsealable, also where the customer's key was destroyed."""
    return crypto.decrypt(opening_key_of(user_id), bytes(sealed), context=context)


def destroy(user_id: int) -> bool:
    """Destroy the customer's key, in the caller's transaction: whatever was sealed under it is noise from now on.

    The database lets it go only beside the record of the customer's erasure. Answers whether there was one.
    """
    return CustomerKey.objects.filter(user_id=user_id).delete()[0] > 0


def seal_facts(user_id: int, facts: dict[str, Any], *, context: str) -> bytes:
    """Facts as sealed JSON."""
    return seal(user_id, json.dumps(facts, ensure_ascii=False, sort_keys=True).encode(), context=context)


def unseal_facts(user_id: int, sealed: bytes | memoryview, *, context: str) -> dict[str, Any]:
    """The inverse of `seal_facts`. Raises crypto.Unsealable."""
    facts: dict[str, Any] = json.loads(unseal(user_id, sealed, context=context))
    return facts


def _key_row(user_id: int) -> CustomerKey:
    found = CustomerKey.objects.filter(user_id=user_id).first()
    if found is not None:
        return found
    if Erasure.objects.filter(customer_id=user_id).exists():
        raise AlreadyErased
    wrapped = crypto.wrap_key(crypto.new_data_key(), context=_context(user_id))
    with transaction.atomic():
        return CustomerKey.objects.get_or_create(user_id=user_id, defaults={"wrapped": wrapped})[0]


def _open(row: CustomerKey) -> bytes:
    return crypto.unwrap_key(bytes(row.wrapped), context=_context(row.user_id))


def _context(user_id: int) -> str:
    return f"kyc.customer_key:{user_id}"
