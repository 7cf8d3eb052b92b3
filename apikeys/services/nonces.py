"""Nonces: each is used up once by its key, for good, whatever restarts or is emptied."""

from __future__ import annotations

from datetime import datetime

from apikeys.services import prepared

_BURN = (
    "INSERT INTO apikeys_nonce (api_key_id, nonce, used_at) VALUES (%s::bigint, %s::text, %s::timestamptz)"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
_BURN_QUICKLY = (
    "WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))"
    " INSERT INTO apikeys_nonce (api_key_id, nonce, used_at) SELECT %s::bigint, %s::text, %s::timestamptz FROM quick"
    " ON CONFLICT DO NOTHING RETURNING 1"
)


def burn(api_key_id: int, nonce: str, at: datetime, *, reads: bool) -> bool:
    """Write the nonce down for good; False where it stands there already. One statement, so that one of many wins.

    What writes waits until its nonce lies on the disk. What reads does not wait: every restart of ours keeps the nonce,
    and only a crash of the database itself could forget the last fraction of a second, in which a read moved nothing.
    """
    return prepared.first(_BURN_QUICKLY if reads else _BURN, (api_key_id, nonce, at)) is not None
