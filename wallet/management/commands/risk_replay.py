"""`manage.py risk_replay`: what the risk rules would say today about what they decided before."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from wallet.services.risk import replay
from wallet.services.risk.replay import Difference, Replayed


def moment(text: str) -> datetime:
    """A day (`2026-11-30`, its first moment) or a time in ISO 8601; UTC where no zone is named. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Command(ConsoleCommand):
    """Reads stored inputs and writes nothing."""

    help = "Ask the risk rules again about past withdrawals and transfers; tell what would be decided otherwise."
    example = "risk_replay --since 2026-11-01 --rules 3 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """About what, by which rules."""
        names = [movement.name for movement in replay.MOVEMENTS]
        parser.add_argument("--of", choices=names, help="these movements alone")
        parser.add_argument("--since", type=moment, metavar="TIME", help="decided from then on (day or ISO time, UTC)")
        parser.add_argument("--until", type=moment, metavar="TIME", help="decided before then")
        parser.add_argument("--decided-by", metavar="VERSION", help="only what rules of this version decided")
        parser.add_argument("--rules", metavar="VERSION", help="ask the rules of this version instead of the newest")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for rules that aren't there."""
        quiet = True if options["json"] or not options["verbosity"] else None
        wanted = [movement for movement in replay.MOVEMENTS if options["of"] in {None, movement.name}]
        try:
            with tqdm(unit=" decisions", disable=quiet, dynamic_ncols=True) as bar:
                found = replay.replay(
                    movements=wanted,
                    since=options["since"],
                    until=options["until"],
                    decided_by=options["decided_by"],
                    rules=options["rules"],
                    progress=bar.update,
                )
        except DomainError as refusal:
            raise CommandError(refusal.detail) from None
        if options["json"]:
            self.stdout.write(json.dumps([_plain(one) for one in found], indent=2, default=str))
        else:
            self.stdout.write("\n\n".join(_text(one) for one in found))


def _plain(found: Replayed) -> dict[str, Any]:
    return {**vars(found), "differences": [asdict(one) for one in found.differences]}


def _text(found: Replayed) -> str:
    officers = f"{found.stricter} by more officers, {found.looser} by fewer"
    asked = f"{found.movements} by the rules {found.rules}: {found.asked} asked again"
    lines = [f"{asked}, {found.different} would be decided otherwise ({officers})"]
    if found.unreadable:
        lines.append(f"{found.unreadable} were stored without what these rules look at")
    rules = sorted(found.raised.keys() | found.dropped.keys())
    if rules:
        lines.append(f"  {'rule':<28}{'would flag':>12}{'no longer':>12}")
        lines += [f"  {rule:<28}{found.raised[rule]:>12}{found.dropped[rule]:>12}" for rule in rules]
        lines.append(f"  {'id':<18}{'state':<14}{'decided':<18}{'by':<12}{'officers':<10}rules")
        lines += [_line(one) for one in found.differences]
    if found.different > len(found.differences):
        lines.append(f"  and {found.different - len(found.differences)} more")
    return "\n".join(lines)


def _line(one: Difference) -> str:
    rules = ", ".join([f"+{rule}" for rule in one.raised] + [f"-{rule}" for rule in one.dropped])
    officers = f"{one.officers_before} → {one.officers_after}"
    return f"  {one.id:<18}{one.state:<14}{one.decided_at:%Y-%m-%d %H:%M}  {one.decided_by:<12}{officers:<10}{rules}"
