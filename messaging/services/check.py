"""What an operator wants to know of messages: which are stuck, which providers are passed over, which budgets are spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from config.kit.clock import now
from messaging.models import BudgetAlarm, Message, MessageState, ProviderState
from messaging.models.messages import OPEN_STATES
from messaging.services import alarms, breakers

STUCK_AFTER = timedelta(minutes=5)
"""A message that is open for longer is stuck: a code is as good as lost by then."""
STUCK_SHOWN_MAX = 100
ALARM_HOURS = 24
SPENT_PERCENT = 100


@dataclass(frozen=True)
class Report:
    """How messages do at one moment."""

    at: datetime
    stuck_count: int
    stuck: list[Message]
    open_breakers: list[ProviderState]
    alarms: list[BudgetAlarm]
    failed_in_last_hour: int
    expired_in_last_hour: int

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look: nothing stuck, no provider away, and no budget of this hour spent."""
        hour = self.at.replace(minute=0, second=0, microsecond=0)
        spent = any(alarm.hour == hour and alarm.percent >= SPENT_PERCENT for alarm in self.alarms)
        return not (self.stuck_count or self.open_breakers or spent)


def report() -> Report:
    """How messages do now."""
    moment = now()
    stuck = Message.objects.filter(state__in=OPEN_STATES, created_at__lt=moment - STUCK_AFTER)
    ended = Message.objects.filter(
        created_at__gte=moment - timedelta(days=2), ended_at__gte=moment - timedelta(hours=1)
    ).aggregate(
        failed=Count("id", filter=Q(state=MessageState.FAILED)), expired=Count("id", filter=Q(state=MessageState.EXPIRED))
    )
    return Report(
        at=moment,
        stuck_count=stuck.count(),
        stuck=list(stuck.order_by("created_at")[:STUCK_SHOWN_MAX]),
        open_breakers=breakers.open_now(),
        alarms=alarms.recent(hours=ALARM_HOURS),
        failed_in_last_hour=ended["failed"],
        expired_in_last_hour=ended["expired"],
    )
