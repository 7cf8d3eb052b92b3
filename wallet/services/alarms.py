"""Alarms: a matter that staff have to look at stands in a row until it is over, and is told to the log once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from config.kit.clock import now
from wallet.models.alarms import DETAIL_CHARACTERS_MAX, Alarm, AlarmKind

ALARMS_MAX = 500
"""Open alarms of one kind at the most: there are many then, and that is what staff need to know."""
CRITICAL = frozenset({AlarmKind.BOOKS_DIFFER, AlarmKind.WALLETS_SHORT})
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Matter:
    """What is the matter with one subject, and since when."""

    since: datetime
    detail: str = ""


@transaction.atomic
def keep(kind: AlarmKind, matters: Mapping[str, Matter]) -> list[Alarm]:
    """Raise an alarm for each matter (by its subject) that has none, end those of the kind that are over; the new ones.

    Safe to run twice and at once: a constraint lets one open alarm stand for each subject.
    """
    moment = now()
    wanted = dict(sorted(matters.items(), key=lambda item: item[1].since)[:ALARMS_MAX])
    standing = set(open_ones().filter(kind=kind).values_list("subject", flat=True))
    open_ones().filter(kind=kind).exclude(subject__in=wanted).update(ended_at=moment)
    for subject in sorted(standing & wanted.keys()):
        open_ones().filter(kind=kind, subject=subject).update(
            seen_at=moment, detail=wanted[subject].detail[:DETAIL_CHARACTERS_MAX]
        )
    raised = [
        Alarm(
            kind=kind,
            subject=subject,
            detail=matter.detail[:DETAIL_CHARACTERS_MAX],
            since=matter.since,
            raised_at=moment,
            seen_at=moment,
        )
        for subject, matter in wanted.items()
        if subject not in standing
    ]
    made = Alarm.objects.bulk_create(raised, ignore_conflicts=True)
    if made:
        transaction.on_commit(lambda: _tell(kind, made), robust=True)
    return made


def open_ones() -> QuerySet[Alarm]:
    """What stands, the oldest matter first."""
    return Alarm.objects.filter(ended_at__isnull=True).order_by("since", "id")


def _tell(kind: AlarmKind, raised: list[Alarm]) -> None:
    level = logging.CRITICAL if kind in CRITICAL else logging.ERROR
    subjects = [alarm.subject for alarm in raised]
    logger.log(level, "%s: %s", kind.label, ", ".join(subjects[:10]), extra={"alarm": str(kind), "subjects": subjects})
