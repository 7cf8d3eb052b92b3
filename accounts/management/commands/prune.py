"""`manage.py prune`: what is over goes, as the hourly task lets it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.services import housekeeping
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Deletes rows that have no use any more; never what is evidence."""

    help = "Delete what is over: cache rows, idle counters, old sessions, cookies, challenges. The task does it every hour."
    example = "prune --by 'Bo Li' --reason 'the worker stood for a week' --dry-run"

    def run(self, options: Mapping[str, Any]) -> Told:
        """Prune."""
        act = Act(reason=options["reason"], by=options["by"])
        act.require()
        rows = housekeeping.prune()
        act.record(act="accounts.pruned", subject="accounts.housekeeping:all", facts={"rows": str(rows)})
        return Told(f"{rows} rows are gone", {"rows": rows})
