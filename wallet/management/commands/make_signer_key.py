"""`manage.py make_signer_key`: a new hot wallet key in a file of mode 0600. Prints its address, never the key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from wallet.chains import registry
from wallet.services.signing import KeyFileUnfit, load_key


class Command(ConsoleCommand):
    """Make a key, or tell the address of the one that is there."""

    help = "Make a hot wallet key at --file (0600) and print its address; with an existing file, print that address."
    example = "make_signer_key --file signer.key"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("--file", type=Path, required=True)
        parser.add_argument("--network", default="ETHEREUM", help="code of the network whose address is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where an existing file is not fit. Never overwrites."""
        path: Path = options["file"]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
        try:
            self.stdout.write(registry.signer(options["network"], load_key(path)).address)
        except KeyFileUnfit as error:
            raise CommandError(str(error)) from error
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
