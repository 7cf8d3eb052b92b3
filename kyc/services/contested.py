"""One document number, two customers: who came second is refused, and officers are told of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction

from accounts.services import audit
from config.kit import clock
from config.kit.errors import Absent
from kyc.errors import IdNumberTaken, NumberProven
from kyc.models import Case, Identity, Level
from kyc.models.cases import WAITING
from kyc.services import blind_indexes, cases, entitlements, lowering, named_numbers, vault

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.services.officers import Act
    from kyc.services.named_numbers import Number

ROLE = "compliance"
NOTED_SECONDS = 24 * 3600
"""How long the same two customers' quarrel makes no second record."""
DISPUTED = "number_disputed"


@contextmanager
def noted(user: User, number: Number) -> Iterator[None]:
    """Write down who was refused because of whom, and that they named one number. Stand it outside what breaks."""
    try:
        yield
    except IdNumberTaken:
        holder = Identity.objects.filter(number.indexes.meeting()).select_related("user").first()
        if holder is not None and holder.pk != user.pk:
            _note(user, holder, number)
        raise


@transaction.atomic
def _note(claimant: User, holder: Identity, number: Number) -> None:
    named_numbers.note_refused(claimant, number)
    if not cache.add(f"kyc.contested:{holder.pk}:{claimant.pk}", 1, timeout=NOTED_SECONDS):
        return
    audit.record(
        actor=claimant,
        actor_kind="customer",
        act="kyc.id_number_contested",
        subject=f"kyc.customer:{holder.user.uid}",
        facts={"claimant": str(claimant.uid), "holder_level": str(entitlements.level_of(holder.user))},
    )


@transaction.atomic
def release(*, holder: User, act: Act) -> None:
    """Take an unproven number from the customer who claimed it: the level falls to 0, the data are due anew.

    Another customer can then give it. Raises ReasonDue, NotAnOfficer, OwnAccount, NotACustomer, Absent (no number),
    NumberProven (a document was shown for it, or waits for an officer).
    """
    act.require(ROLE)
    act.require_about(holder)
    vault.lock(holder)
    row = Identity.objects.select_for_update().filter(user_id=holder.pk, released_at=None).first()
    if row is None:
        raise Absent(thing="document number of this customer")
    waiting = Case.objects.filter(user_id=holder.pk, level__gte=Level.DOCUMENTS, state__in=WAITING).exists()
    if waiting or cases.proven(holder):
        raise NumberProven
    named_numbers.note(holder, named_numbers.held(row))
    row.released_at = clock.now()
    Identity.objects.filter(pk=row.pk).update(released_at=row.released_at, **blind_indexes.of_nothing().columns)
    act.record(act="kyc.id_number_released", subject=f"kyc.customer:{holder.uid}", facts={})
    lowering.revoke(holder, 0, reason=DISPUTED, actor=act.officer)
