"""Which refusals every view of an index can meet, whatever it declares."""

from __future__ import annotations

from collections.abc import Iterable

from config.kit.errors import REGISTRY
from config.kit.once import KeyReused, RequestInFlight
from config.kit.operations import Operation


def anywhere(operations: Iterable[Operation]) -> set[str]:
    """Those of the carriage of requests; those of keys for once only where an operation takes such a key."""
    found = {slug for slug in REGISTRY if slug.startswith("api.")}
    return found if any(one.idempotent for one in operations) else found - {KeyReused.slug, RequestInFlight.slug}
