"""Alarms: an hour's budget that is nearly or wholly spent is told once, in a row, in the log and on the staff desk."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from config.kit.clock import now
from messaging.models import BudgetAlarm

MARKS = (80, 100)
"""Percent of an hour's budget at which an alarm is raised."""

logger = logging.getLogger(__name__)


def watch(*, name: str, hour: datetime, spent: int, spent_max: int, at: datetime) -> None:
    """Raise the alarm of each mark that is reached, in the transaction that spends; the first one to reach it does."""
    for percent in MARKS:
        if spent * 100 < spent_max * percent:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO messaging_budgetalarm (name, hour, percent, spent, spent_max, raised_at)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (name, hour, percent) DO NOTHING",
                [name, hour, percent, spent, spent_max, at],
            )
            if cursor.rowcount:
                transaction.on_commit(partial(_tell, name, percent, spent, spent_max), robust=True)


def _tell(name: str, percent: int, spent: int, spent_max: int) -> None:
    logger.critical("The budget %r of this hour is spent to %s %%: %s of %s.", name, percent, spent, spent_max)


def recent(*, hours: int) -> list[BudgetAlarm]:
    """The alarms of the last hours, newest first."""
    return list(BudgetAlarm.objects.filter(raised_at__gte=now() - timedelta(hours=hours)).order_by("-id"))
