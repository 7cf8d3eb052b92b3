"""Pictures that look alike, by perceptual hashes of 64 bits that are found through four indexed bands of 16.

Of two hashes that differ in at most DISTANCE_MAX = 7 bits, one band differs in at most one bit; so the 17 values near each
band are looked up, about a thousand rows of a million, and only those are compared whole.
"""

from __future__ import annotations

from django.db import connection

from kyc.models import Document, ImagePrint, Likeness

DISTANCE_MAX = 7
BAND_BITS = 16
LIKENESSES_MAX = 50
"""Neighbours kept of one document: what looks like so many others is a pattern, not a person."""

NEAR = """
SELECT p.document_id, bit_count((p.bits # %(bits)s)::bit(64)) AS distance FROM kyc_image_print p
WHERE (p.band_0 = ANY(%(near_0)s) OR p.band_1 = ANY(%(near_1)s) OR p.band_2 = ANY(%(near_2)s) OR p.band_3 = ANY(%(near_3)s))
AND p.user_id <> %(user)s AND bit_count((p.bits # %(bits)s)::bit(64)) <= %(most)s
ORDER BY distance, p.document_id DESC LIMIT %(limit)s
"""


def alone() -> None:
    """Hold all prints and likenesses until the transaction ends.

    Without it two pictures that are noted at once would not see each other, and a picture that is noted while a neighbour's
    customer is erased would keep a row about that neighbour. Whoever also locks the customer's row does that first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kyc.likeness'))")


def note(document: Document, print_hex: str | None) -> None:
    """Write the document's print and what it is like, in place of what was known. Within a transaction; safe to repeat."""
    alone()
    Likeness.objects.filter(document=document).delete()
    Likeness.objects.filter(other=document).delete()
    ImagePrint.objects.filter(document=document).delete()
    if print_hex is None:
        return
    bits = int(print_hex, 16)
    bands = [_band(bits, number) for number in range(4)]
    ImagePrint.objects.create(
        document=document,
        user_id=document.user_id,
        bits=_signed(bits, 64),
        **{f"band_{number}": _signed(band, BAND_BITS) for number, band in enumerate(bands)},
    )
    found = near(bits, user_id=document.user_id)
    Likeness.objects.bulk_create(
        [Likeness(document_id=document.pk, other_id=other, distance=distance) for other, distance in found]
        + [Likeness(document_id=other, other_id=document.pk, distance=distance) for other, distance in found],
        ignore_conflicts=True,
    )


def near(bits: int, *, user_id: int) -> list[tuple[int, int]]:
    """Primary key and distance of other customers' documents within DISTANCE_MAX, nearest first."""
    facts = {f"near_{number}": _near(_band(bits, number)) for number in range(4)}
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR, {**facts, "bits": _signed(bits, 64), "user": user_id, "most": DISTANCE_MAX, "limit": LIKENESSES_MAX}
        )
        return [(int(document), int(distance)) for document, distance in cursor.fetchall()]


def _near(band: int) -> list[int]:
    return [_signed(band, BAND_BITS)] + [_signed(band ^ (1 << bit), BAND_BITS) for bit in range(BAND_BITS)]


def _band(bits: int, number: int) -> int:
    return (bits >> (BAND_BITS * number)) & 0xFFFF


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) else value
