"""`manage.py resend_message ID`: a message that waits is tried now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services import message_repeats
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Urges one waiting message; what has ended has no contents any more and is never sent again."""

    help = "Try a waiting message now. `check_messages` names those that are stuck; `failed_webhooks` sends webhooks again."
    example = "resend_message 4203918275640192 --by 'Bo Li' --reason 'the provider is back'"

    def add_own(self, parser: CommandParser) -> None:
        """Which."""
        parser.add_argument("message", help="public id of the message")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Urge it."""
        act = Act(reason=options["reason"], by=options["by"])
        message = message_repeats.urge(public_id=options["message"], act=act)
        facts = {"message": str(message.public_id), "channel": message.channel, "template": message.template}
        return Told(f"{message.public_id} ({message.channel}, {message.template}) is tried now", facts)
