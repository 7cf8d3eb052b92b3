"""`manage.py check_messages [--json]`: stuck messages, providers that are passed over, and budgets that are spent."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import ConsoleCommand
from messaging.services import check
from messaging.services.check import Report


class Command(ConsoleCommand):
    """Exit code 0 where nobody has to look. It shows ids, masks and our own words, never contents."""

    help = "Check the messages. Exit code 1 if some are stuck, a provider is passed over, or a budget of this hour is spent."
    example = "check_messages --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json`."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, report, exit."""
        found = check.report()
        told = _told(found)
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else _text(told))
        if not found.is_well:
            raise SystemExit(1)


def _told(found: Report) -> dict[str, Any]:
    return {
        "ok": found.is_well,
        "stuck_count": found.stuck_count,
        "stuck": [
            {
                "id": str(message.public_id),
                "channel": message.channel,
                "template": message.template,
                "state": message.state,
                "tries": message.tries,
                "seconds": round((found.at - message.created_at).total_seconds()),
                "last_error": message.last_error,
            }
            for message in found.stuck
        ],
        "open_breakers": [
            {
                "channel": state.channel,
                "provider": state.name,
                "failures": state.failures,
                "until": state.passed_over_until.isoformat() if state.passed_over_until else None,
            }
            for state in found.open_breakers
        ],
        "alarms": [
            {
                "budget": alarm.name,
                "hour": alarm.hour.isoformat(),
                "percent": alarm.percent,
                "spent": alarm.spent,
                "spent_max": alarm.spent_max,
            }
            for alarm in found.alarms
        ],
        "failed_in_last_hour": found.failed_in_last_hour,
        "expired_in_last_hour": found.expired_in_last_hour,
    }


def _text(told: dict[str, Any]) -> str:
    lines = [
        f"messages: {'well' if told['ok'] else 'NOT WELL'}",
        f"  stuck          {told['stuck_count']}",
        f"  failed, 1 h    {told['failed_in_last_hour']}",
        f"  expired, 1 h   {told['expired_in_last_hour']}",
    ]
    lines += [
        f"  stuck: {one['id']} {one['channel']} {one['template']}, {one['state']} for {one['seconds']} s,"
        f" {one['tries']} tries: {one['last_error'] or 'never tried'}"
        for one in told["stuck"]
    ]
    lines += [
        f"  passed over: {one['provider']} ({one['channel']}) after {one['failures']} failures, until {one['until']}"
        for one in told["open_breakers"]
    ]
    lines += [
        f"  budget: {one['budget']} in the hour of {one['hour']} to {one['percent']} %, {one['spent']} of {one['spent_max']}"
        for one in told["alarms"]
    ]
    return "\n".join(lines)
