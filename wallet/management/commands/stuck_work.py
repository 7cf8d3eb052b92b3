"""`manage.py stuck_work`: everything that stands too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.kit.commands import OperatorCommand, Told
from wallet.services import stuck


class Command(OperatorCommand):
    """Exit code 0 only where nothing stands too long."""

    help = "List what stands too long: withdrawals, transfers, deposits, networks, messages. Exit code 1 where there is any."
    example = "stuck_work --json"

    def run(self, options: Mapping[str, Any]) -> Told:
        """Look."""
        found = stuck.listed()
        rows = [{"what": one.what, "since": one.since.isoformat(timespec="seconds"), "detail": one.detail} for one in found]
        lines = [f"{row['since']}  {row['what']}  {row['detail']}".rstrip() for row in rows]
        return Told("\n".join(lines) or "Nothing stands too long.", {"stuck": rows}, is_well=not rows)
