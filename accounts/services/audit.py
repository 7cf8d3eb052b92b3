"""The audit log: one act, one record, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.models import AuditLink, AuditRecord, User
from accounts.models.audit import GENESIS_HASH, ActorKind, chain
from config.kit.clock import now

VERIFY_CHUNK = 2_000
"""Rows read at a time while the chain is walked."""


def record(
    *,
    actor: User | None,
    actor_kind: str,
    act: str,
    subject: str,
    reason: str = "",
    facts: Mapping[str, str] | None = None,
) -> AuditRecord:
    """Write one record into the caller's transaction; it stands or falls with the act.

    Its link in the chain is appended when the transaction commits. `facts` never hold a secret, nor where a
    customer is or can be reached: nothing is ever taken out of this log. The customer's own log holds that.
    Raises ValueError for an actor kind that isn't one, or a person's act without the person.
    """
    kind = ActorKind(actor_kind)
    if actor is None and kind in {ActorKind.STAFF, ActorKind.CUSTOMER}:
        raise ValueError(f"an act of a {kind.value} names who did it")
    made = AuditRecord(
        at=now(),
        actor=actor,
        actor_kind=kind,
        act=act,
        subject=subject,
        reason=reason,
        facts={str(name): str(value) for name, value in (facts or {}).items()},
    )
    made.record_hash = made.computed_hash()
    made.save(force_insert=True)
    return made


@dataclass(frozen=True)
class Break:
    """A place where the log is not what it was: the position (0 for none), the record and what is wrong."""

    position: int
    record_id: int
    problem: str


@dataclass(frozen=True)
class Head:
    """The newest link. Written down elsewhere, it also proves that nothing was cut off the end."""

    position: int
    link_hash: str


def head() -> Head:
    """The newest link of the chain."""
    newest = AuditLink.objects.order_by("-position").first()
    if newest is None:
        return Head(0, GENESIS_HASH.hex())
    return Head(newest.position, bytes(newest.link_hash).hex())


def holds_anchor(anchor: str) -> bool:
    """Whether the chain still has the link that was noted as `position:hash`."""
    position, _, link_hash = anchor.partition(":")
    if not (position.isascii() and position.isdigit()):
        return False
    link = AuditLink.objects.filter(position=int(position)).first()
    return link is not None and bytes(link.link_hash).hex() == link_hash.strip().lower()


def count() -> int:
    """How many records there are."""
    return AuditRecord.objects.count()


def walk() -> Iterator[Break | None]:
    """Each link in order: None where it holds, else the break. Last come the records without a link."""
    expected_position, previous = 1, GENESIS_HASH
    links = AuditLink.objects.select_related("record").order_by("position")
    for link in links.iterator(chunk_size=VERIFY_CHUNK):
        problem = _problem(link, expected_position, previous)
        yield Break(link.position, link.record_id, problem) if problem else None
        expected_position, previous = link.position + 1, bytes(link.link_hash)
    for lost in AuditRecord.objects.filter(link__isnull=True).order_by("pk").values_list("pk", flat=True).iterator():
        yield Break(0, lost, "the record has no place in the chain")


def _problem(link: AuditLink, expected_position: int, previous: bytes) -> str:
    record_hash = bytes(link.record.record_hash)
    if link.position != expected_position:
        return f"links {expected_position} to {link.position - 1} are missing"
    if bytes(link.previous_hash) != previous:
        return "the link does not follow the one before it"
    if link.record.computed_hash() != record_hash:
        return "the record is not what was written"
    if chain(previous, record_hash) != bytes(link.link_hash):
        return "the link does not belong to its record"
    return ""
