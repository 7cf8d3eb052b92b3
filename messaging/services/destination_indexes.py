"""The blind indexes of destinations: by what messages and recoveries of one address are found, though none keeps it.

A destination's *tag* is its keyed hash under HASH_KEY. Under each key of BLIND_INDEX_KEYS the tag gets an index in that key's
column; under HASH_KEY itself the index is the tag. A row keeps its tag sealed, so that it is indexed under a new key without
anybody's address: a HASH_KEY that leaked tells nothing of columns that stand under another key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q

from config.kit import crypto
from messaging.models.addressed import Addressed

COLUMNS = {"1": "destination_hash", "2": "second_destination_hash"}
"""The number of a key → the column of what is indexed under it."""
MESSAGES = "messaging.destination"
"""What the indexes of messages are for: those of other rows meet no message's."""
TAG_BYTES = 32


def tag(channel: str, destination: str, *, purpose: str = MESSAGES) -> bytes:
    """By what a destination is known in this product."""
    return crypto.keyed_hash(purpose, channel, destination)


def drawn() -> bytes:
    """The tag of nobody's destination."""
    return secrets.token_bytes(TAG_BYTES)


def fill(row: Addressed, own: bytes, *, purpose: str = MESSAGES) -> None:
    """Write tag and indexes into the row, which is not saved."""
    for name, value in columns(row, own, purpose=purpose).items():
        setattr(row, name, value)


def columns(row: Addressed, own: bytes, *, purpose: str = MESSAGES) -> dict[str, bytes | None]:
    """What a row of this tag keeps: its index under each key in use, nothing under others, and the tag sealed."""
    return {**indexes(own, purpose=purpose), "sealed_destination_tag": crypto.seal(own, context=row.tag_context)}


def indexes(own: bytes, *, purpose: str = MESSAGES) -> dict[str, bytes | None]:
    """Column → the tag's index under its key, where that one is in use."""
    keys = _keys()
    return {name: _under(keys[key], own, purpose) if key in keys else None for key, name in COLUMNS.items()}


def tag_of(row: Addressed) -> bytes:
    """The tag that a row keeps. Raises crypto.Unsealable."""
    if row.sealed_destination_tag is not None:
        return crypto.unseal(bytes(row.sealed_destination_tag), context=row.tag_context)
    if row.destination_hash is None:
        raise crypto.Unsealable("it has no tag")
    return bytes(row.destination_hash)


def values(tags: Iterable[bytes], *, purpose: str = MESSAGES) -> dict[str, list[bytes]]:
    """Column → what stands there in rows of these tags: the indexes, and in the first also tags of rows that are not sealed."""
    wanted, keys = set(tags), _keys()
    found = {
        name: {_under(keys[key], own, purpose) for own in wanted} if key in keys else set() for key, name in COLUMNS.items()
    }
    found[COLUMNS["1"]] |= wanted
    return {name: sorted(one) for name, one in found.items()}


def meeting(tags: Iterable[bytes], *, purpose: str = MESSAGES) -> Q:
    """The condition of rows of one of these tags; no row's, where there is none."""
    return holding(values(tags, purpose=purpose))


def holding(found_in: Mapping[str, list[bytes]]) -> Q:
    """The condition of rows in whose columns one of these stands."""
    found = Q(pk__in=[])
    for name, wanted in found_in.items():
        if wanted:
            found |= Q(**{f"{name}__in": wanted})
    return found


def meets(row: Addressed, own: bytes, *, purpose: str = MESSAGES) -> bool:
    """Whether the row is of this tag, in a time that tells nothing else."""
    kept = [(getattr(row, name), wanted) for name, wanted in values([own], purpose=purpose).items()]
    return sum(crypto.equal(bytes(stored), one) for stored, wanted in kept if stored is not None for one in wanted) > 0


def is_due() -> Q:
    """The condition of rows that are not indexed under just the keys in use, or keep no tag."""
    keys = _keys()
    found = Q(sealed_destination_tag__isnull=True)
    for key, name in COLUMNS.items():
        found |= Q(**{f"{name}__isnull": key in keys})
    return found


def columns_in_use() -> list[str]:
    """The columns of the keys in use."""
    return [COLUMNS[key] for key in sorted(_keys())]


def unchanged(row: Addressed) -> dict[str, Any]:
    """The condition under which a row still is as it was read."""
    return {"id": row.pk, **{name: getattr(row, name) for name in (*COLUMNS.values(), "sealed_destination_tag")}}


def _under(key: bytes, own: bytes, purpose: str) -> bytes:
    return own if key == settings.HASH_KEY else crypto.keyed_hash(purpose, own, key=key)


def _keys() -> dict[str, bytes]:
    return settings.BLIND_INDEX_KEYS
