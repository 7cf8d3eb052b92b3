"""`manage.py respell_id_numbers`: give document numbers that were kept as they were typed their one spelling."""

from __future__ import annotations

from typing import Any

from config.kit.commands import ConsoleCommand
from kyc.services import respelling


class Command(ConsoleCommand):
    """Run it once after an update that gives a country's numbers a spelling. Safe to stop anywhere and to begin again."""

    help = "Write document numbers anew in their one spelling. Exit code 1 while two customers hold one number."
    example = "respell_id_numbers"

    def handle(self, *args: Any, **options: Any) -> None:
        """Report; exit code 1 where officers have something to settle."""
        tally = respelling.respell()
        for user in tally.contested:
            self.stderr.write(f"{user.uid}: another customer holds this number too")
        self.stdout.write(f"{tally.changed} of {tally.seen} numbers written anew, {len(tally.contested)} held by two customers")
        if tally.contested:
            raise SystemExit(1)
