"""`manage.py failed_webhooks [--json] [--send-again ID … | --send-all] [--by … --reason …]`."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services import webhook_repeats
from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from config.kit.ids import read_public_id
from messaging.models import Webhook
from messaging.services import webhooks

SHOWN_MAX = 1000
"""Deliveries that one run lists or sends again; the rest wait for the next run."""


class Command(ConsoleCommand):
    """Exit code 0 where nothing is given up, or everything named is queued again."""

    help = "List the webhooks that were given up (exit code 1 if there are any), or queue them again under their old ids."
    example = "failed_webhooks --send-again 4203918275640192 --by 'Bo Li' --reason 'their host is back'"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to send again, by whom and why; nothing to send means listing."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--send-again", nargs="+", metavar="ID", default=[], help="deliveries to queue again")
        which.add_argument("--send-all", action="store_true", help=f"queue every one again, the oldest {SHOWN_MAX} a run")
        parser.add_argument("--by", default="", help="who runs this command; due where something is sent")
        parser.add_argument("--reason", default="", help="why; due where something is sent")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or send and count."""
        found = webhooks.given_up(limit=SHOWN_MAX)
        if options["send_again"] or options["send_all"]:
            if not options["by"].strip() or not options["reason"].strip():
                raise CommandError("--by and --reason are due where something is sent")
            ids = options["send_again"] or [str(webhook.public_id) for webhook in found]
            self._send(ids, Act(reason=options["reason"], by=options["by"]), as_json=options["json"])
            return
        told = [_told(webhook) for webhook in found]
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else _text(told))
        if told:
            raise SystemExit(1)

    def _send(self, ids: list[str], act: Act, *, as_json: bool) -> None:
        refused = {}
        for text in ids:
            try:
                webhook_repeats.send_again(public_id=read_public_id(text) or 0, act=act)
            except DomainError as refusal:
                refused[text] = refusal.detail
        sent = [text for text in ids if text not in refused]
        if as_json:
            self.stdout.write(json.dumps({"queued": sent, "refused": refused}, indent=2))
        else:
            self.stdout.write(f"queued again: {len(sent)}")
            for text, detail in refused.items():
                self.stderr.write(f"{text}: {detail}")
        if refused:
            raise SystemExit(1)


def _told(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.public_id),
        "event_id": webhooks.message_id(webhook),
        "event": webhook.event,
        "endpoint": webhook.endpoint,
        "created_at": webhook.created_at.isoformat(),
        "tries": webhook.tries,
        "last_status": webhook.last_status,
        "last_error": webhook.last_error,
    }


def _text(told: list[dict[str, Any]]) -> str:
    lines = [f"given up: {len(told)}{' or more' if len(told) == SHOWN_MAX else ''}"]
    lines += [
        f"  {one['id']} {one['event']} to {one['endpoint']}, {one['created_at']}, {one['tries']} tries: {one['last_error']}"
        for one in told
    ]
    return "\n".join(lines)
