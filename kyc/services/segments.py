"""Long files sealed piece by piece, so that neither sealing nor reading one takes more memory than a piece.

Each piece is AES-256-GCM under the customer's key, bound to the file's name, its place and whether it is the last: pieces
that are left out, exchanged, or cut off at the end don't open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from config.kit import crypto
from kyc.services import vault

PIECE_BYTES = 1024 * 1024
SEALED_PIECE_BYTES = PIECE_BYTES + crypto.NONCE_BYTES + crypto.TAG_BYTES


def seal(user_id: int, source: IO[bytes], target: IO[bytes], *, context: str) -> None:
    """Write the rest of `source`, sealed for the context, to `target`."""
    key = vault.key_of(user_id)
    place, piece = 0, source.read(PIECE_BYTES)
    while True:
        following = source.read(PIECE_BYTES)
        target.write(crypto.encrypt(key, piece, context=_context(context, place, last=not following)))
        if not following:
            return
        place, piece = place + 1, following


def unseal(user_id: int, source: IO[bytes], *, context: str, place: int = 0) -> Iterator[bytes]:
    """The pieces in the clear, one after the other, from the one at which `source` stands: the piece of that place.

    Raises crypto.Unsealable at the first that is not what was sealed.
    """
    key = vault.opening_key_of(user_id)
    piece = source.read(SEALED_PIECE_BYTES)
    while True:
        following = source.read(SEALED_PIECE_BYTES)
        yield crypto.decrypt(key, piece, context=_context(context, place, last=not following))
        if not following:
            return
        place, piece = place + 1, following


def _context(context: str, place: int, *, last: bool) -> str:
    return f"{context}:{place}:{'last' if last else 'more'}"
