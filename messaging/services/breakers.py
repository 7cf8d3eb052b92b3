"""Breakers: a provider that fails several times in a row is passed over for a while, by all workers alike.

What they know stands in one row for each provider. While the pause lasts nobody asks it; when it is over one worker does
(by one conditional UPDATE), and its word closes the breaker or opens it for twice as long.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min

from config.kit.clock import now
from messaging.models import ProviderState

PAUSE_GROWS_TO = 10
"""The longest pause, as a multiple of the first."""
ANSWER_NOTED_EVERY_SECONDS = 60
"""How often a provider's good answers are written down: one row is not to be written by every message."""


def admits(*, channel: str, name: str, probe_seconds: float) -> bool:
    """Whether the provider may be asked now. After a pause this is told to one asker, for `probe_seconds`."""
    moment = now()
    state = ProviderState.objects.filter(channel=channel, name=name).first()
    if state is None or state.passed_over_until is None:
        return True
    if state.passed_over_until > moment:
        return False
    unprobed = ProviderState.objects.filter(pk=state.pk, passed_over_until=state.passed_over_until)
    return bool(unprobed.update(passed_over_until=moment + timedelta(seconds=probe_seconds)))


def note_answer(*, channel: str, name: str) -> None:
    """The provider spoke its word, whichever: its breaker is closed."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_providerstate AS held (channel, name, failures, last_answer_at) VALUES (%s, %s, 0, %s)"
            " ON CONFLICT (channel, name) DO UPDATE SET failures = 0, passed_over_until = NULL,"
            " last_answer_at = EXCLUDED.last_answer_at"
            " WHERE held.failures > 0 OR held.last_answer_at IS NULL OR held.last_answer_at < %s",
            [channel, name, moment, moment - timedelta(seconds=ANSWER_NOTED_EVERY_SECONDS)],
        )


def note_failure(*, channel: str, name: str) -> None:
    """The provider did not take a message. After MESSAGING_BREAKER_FAILURES in a row it is passed over."""
    moment = now()
    failures_max = max(1, settings.MESSAGING_BREAKER_FAILURES)
    first, longest = settings.MESSAGING_BREAKER_PAUSE_SECONDS, settings.MESSAGING_BREAKER_PAUSE_SECONDS * PAUSE_GROWS_TO
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_providerstate AS held (channel, name, failures, last_failure_at, passed_over_until)"
            " VALUES (%(channel)s, %(name)s, 1, %(at)s,"
            " CASE WHEN %(most)s <= 1 THEN %(at)s::timestamptz + make_interval(secs => %(first)s) END)"
            " ON CONFLICT (channel, name) DO UPDATE SET failures = held.failures + 1, last_failure_at = %(at)s,"
            " passed_over_until = CASE WHEN held.failures + 1 >= %(most)s THEN %(at)s::timestamptz + make_interval(secs =>"
            " least(%(longest)s, %(first)s * power(2, least(held.failures + 1 - %(most)s, 16)))) END",
            {
                "channel": channel,
                "name": name,
                "at": moment,
                "most": failures_max,
                "first": float(first),
                "longest": float(longest),
            },
        )


def next_admission(*, channel: str, names: list[str]) -> datetime | None:
    """When the first of these providers may be asked again; None where one of them may be now."""
    states = ProviderState.objects.filter(channel=channel, name__in=names, passed_over_until__gt=now())
    found = states.aggregate(first=Min("passed_over_until"))["first"]
    return found if states.count() == len(names) else None


def open_now() -> list[ProviderState]:
    """The providers whose breaker is open, the probed ones among them."""
    return list(ProviderState.objects.filter(passed_over_until__isnull=False).order_by("channel", "name"))
