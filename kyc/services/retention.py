"""The retention clock: it starts when a case is rejected or an account ends, and what is over is erased, unless held."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.models.users import Status
from accounts.services import audit, legal_holds
from config.kit import clock
from kyc.errors import StorageUnavailable
from kyc.models import Case, CaseState, CustomerKey, Retention
from kyc.services import erasure

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
ROWS_AT_ONCE = 500
"""Clocks that are started, or cases that are erased, in one run."""


def start_for_account(user: User) -> Retention:
    """Start the clock of all that is known of a customer whose account ends now."""
    return Retention.objects.get_or_create(user=user, case=None, defaults=_times(clock.now()))[0]


def start_clocks() -> int:
    """Start the clocks of rejected cases and of ended accounts that have none; how many."""
    cases = Case.objects.filter(state=CaseState.REJECTED, retention__isnull=True).order_by("pk")[:ROWS_AT_ONCE]
    rows = [Retention(user_id=case.user_id, case=case, **_times(case.decided_at or clock.now())) for case in cases]
    known = CustomerKey.objects.filter(user__status=Status.DELETED).exclude(
        user__in=Retention.objects.filter(case__isnull=True).values("user")
    )
    rows += [Retention(user_id=key.user_id, **_times(clock.now())) for key in known.order_by("pk")[:ROWS_AT_ONCE]]
    return len(Retention.objects.bulk_create(rows, ignore_conflicts=True))


def erase_rejected_cases() -> int:
    """Erase rejected cases whose time is over and whose customer is under no legal hold; how many."""
    done = 0
    for clock_row in _due().filter(case__isnull=False)[:ROWS_AT_ONCE]:
        try:
            done += _erase_case(clock_row.pk)
        except StorageUnavailable:
            logger.warning("a rejected case could not be erased yet; the next run will do it")
    return done


def accounts_due() -> Iterator[User]:
    """Customers whose account ended so long ago that all is to be erased, and who are under no legal hold."""
    rows = _due().filter(case__isnull=True, user__status=Status.DELETED).select_related("user")
    yield from (row.user for row in rows[:ROWS_AT_ONCE])


def _due() -> QuerySet[Retention]:
    over = Retention.objects.filter(retain_until__lte=clock.now(), erased_at__isnull=True)
    return over.exclude(user__in=legal_holds.held()).order_by("pk")


@transaction.atomic
def _erase_case(pk: int) -> int:
    """Under the user's row, which a hold takes as well: either it comes first, or it comes too late."""
    row = Retention.objects.select_related("case__user").get(pk=pk)
    User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    if row.case is None or not _due().filter(pk=pk).exists():
        return 0
    erasure.wipe_rejected(row.case)
    audit.record(
        actor=None,
        actor_kind="system",
        act="kyc.case_erased",
        subject=f"kyc.case:{row.case.public_id}",
        reason="its retention time is over",
        facts={"customer": str(row.case.user.uid)},
    )
    Retention.objects.filter(pk=pk).update(erased_at=clock.now())
    return 1


def _times(starts_at: datetime) -> dict[str, datetime]:
    return {"starts_at": starts_at, "retain_until": starts_at + timedelta(days=settings.KYC_RETENTION_DAYS)}
