"""`manage.py retry_withdrawal ID`: the next step of a withdrawal at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told
from wallet.services import stuck


class Command(ActingCommand):
    """Ends the pause before a worker's next try; every gate is asked as ever."""

    help = "Let a worker try the next step of a withdrawal now, instead of after its pause. No rule and no gate is skipped."
    example = "retry_withdrawal 4203918275640192 --by 'Bo Li' --reason 'the node is back'"

    def add_own(self, parser: CommandParser) -> None:
        """Which."""
        parser.add_argument("withdrawal", help="public id of the withdrawal")

    def run(self, options: Mapping[str, Any]) -> Told:
        """End its pause."""
        act = Act(reason=options["reason"], by=options["by"])
        row = stuck.retry(public_id=options["withdrawal"], act=act)
        return Told(
            f"{row.public_id} ({row.state}) is tried at a worker's next look",
            {"withdrawal": str(row.public_id), "state": row.state},
        )
