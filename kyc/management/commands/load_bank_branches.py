"""`manage.py load_bank_branches FILE --by … --reason … [--country TW] [--encoding …] [--close-many] [--dry-run] [--json]`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from kyc.catalogue import banks
from kyc.services import bank_branches


class Command(ConsoleCommand):
    """Loads the branches of a country's banks."""

    help = (
        "Make a CSV file the list of a country's bank branches. It has a line of headings and columns of bank, branch, name, "
        f"called {'; '.join(', '.join(names) for names in bank_branches.COLUMNS.values())}. Other columns are passed over. "
        "A branch that the file lacks is closed. Nothing is written where any line is wrong."
    )
    example = "load_bank_branches branches.csv --country TW --by 'Bo Li' --reason 'list of December' --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, who loads it and why."""
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--country", default="TW", choices=sorted(banks.schemes()), help="whose banks they are")
        parser.add_argument(
            "--encoding", default="utf-8", choices=("utf-8", "cp950"), help="cp950 is Big5 as Windows writes it"
        )
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True, help="why, and where the file comes from")
        parser.add_argument("--close-many", action="store_true", help="close more than a tenth of the known branches")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        country, dry_run = options["country"], options["dry_run"]
        try:
            content = options["file"].read_bytes()
            encoding = options["encoding"].replace("utf-8", "utf-8-sig")
            branches = bank_branches.read(content, country=country, encoding=encoding)
            act = Act(reason=options["reason"], by=options["by"])
            report = bank_branches.load(
                branches, country=country, act=act, source=content, close_many=options["close_many"], dry_run=dry_run
            )
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        except OSError as trouble:
            self.stderr.write(f"The file can't be read: {trouble.strerror}.")
            raise SystemExit(1) from None
        if options["json"]:
            self.stdout.write(json.dumps({"country": country, "dry_run": dry_run, **asdict(report)}, indent=2))
        else:
            told = ", ".join(f"{number} {word}" for word, number in asdict(report).items())
            self.stdout.write(f"Branches of {country}{', if this were no dry run' if dry_run else ''}: {told}.")
