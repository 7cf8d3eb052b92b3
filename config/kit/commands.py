"""The shape of operators' commands: who acts and why, a dry run, words for people or JSON for programs, exit codes.

A command that acts asks for `--by` and `--reason`, can be tried with `--dry-run`, and leaves an audit record by its service.
Exit codes: 0 it is done; 1 it was refused, or somebody has to look; 2 the command line is not one.
"""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from config.kit.errors import DomainError

EXIT_CODES = "exit codes: 0 done; 1 refused, or somebody has to look; 2 the command line is not one"
DRY = "dry run, nothing is kept: "
DRY_HELP = "do it, tell what became of it, and keep nothing"


@dataclass(frozen=True)
class Told:
    """What a command has to say: a sentence (or a table) for people, the same facts for programs.

    `is_well` false means that somebody has to look: exit code 1.
    """

    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_well: bool = True


class ConsoleCommand(BaseCommand):
    """A command of ours. Its `example` and the exit codes stand in `--help`."""

    example: ClassVar[str]
    """The command line after `manage.py`."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With the example and the exit codes at the end of the help."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = f"example:\n  manage.py {self.example}\n\n{EXIT_CODES}"
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser


class WritingCommand(ConsoleCommand):
    """A command that writes: a dry run does everything in one transaction and keeps nothing of it."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With `--dry-run`."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--dry-run", action="store_true", help=DRY_HELP)
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run it; roll a dry run back."""
        if not options.get("dry_run"):
            return super().execute(*args, **options)
        with transaction.atomic():
            told = super().execute(*args, **options)
            transaction.set_rollback(True)
        self.stderr.write(DRY.rstrip(": "))
        return told


class OperatorCommand(ConsoleCommand):
    """A command that looks, and tells people or programs what it saw."""

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json`, and the command's own."""
        self.add_own(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def add_own(self, parser: CommandParser) -> None:
        """The command's own arguments."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, tell it, exit with 1 where it is refused or somebody has to look."""
        try:
            told = self.run(options)
        except DomainError as refusal:
            raise self._refused(refusal, as_json=options["json"]) from refusal
        self.tell(told, as_json=options["json"])

    def run(self, options: Mapping[str, Any]) -> Told:
        """What the command does. May raise DomainError: it is refused."""
        raise NotImplementedError("each command says what it does")

    def tell(self, told: Told, *, as_json: bool, dry_run: bool = False) -> None:
        """Print it. Raises SystemExit(1) where somebody has to look."""
        if as_json:
            marked = {"dry_run": True} if dry_run else {}
            self.stdout.write(json.dumps({"ok": told.is_well, **marked, **told.facts}, indent=2, default=str))
        else:
            self.stdout.write(f"{DRY if dry_run else ''}{told.text}")
        if not told.is_well:
            raise SystemExit(1)

    def _refused(self, refusal: DomainError, *, as_json: bool) -> SystemExit:
        """Tell why, and the exit that is due."""
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "error": refusal.slug, "detail": refusal.detail}, indent=2))
        else:
            self.stderr.write(refusal.detail)
        return SystemExit(1)


class ActingCommand(OperatorCommand):
    """A command that acts: by whom and why are due, and a dry run does everything and keeps nothing."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The command's own, `--by`, `--reason`, `--dry-run`, `--json`."""
        super().add_arguments(parser)
        parser.add_argument("--by", required=True, help="who acts: a name, or the email of an officer where one is due")
        parser.add_argument("--reason", required=True, help="why, for the audit log")
        parser.add_argument("--dry-run", action="store_true", help=DRY_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """The same; a dry run is rolled back whole."""
        if not options["dry_run"]:
            super().handle(*args, **options)
            return
        try:
            with transaction.atomic():
                told = self.run(options)
                transaction.set_rollback(True)
        except DomainError as refusal:
            raise self._refused(refusal, as_json=options["json"]) from refusal
        self.tell(told, as_json=options["json"], dry_run=True)
