"""`manage.py run_signer`: the process that holds the private key. It opens no port and calls no node."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import CommandError, CommandParser

from config.kit.commands import ConsoleCommand
from wallet.services.looping import run_until_stopped
from wallet.services.signing import KeyFileUnfit, key_files, sign_waiting, signers

logger = logging.getLogger(__name__)


class Command(ConsoleCommand):
    """Sign what passed the gate, until SIGTERM."""

    help = "Sign approved withdrawals with the keys in SIGNER_KEY_FILE and SIGNER_…_KEY_FILE. Touches the database only."
    example = "run_signer"
    requires_system_checks: list[str] = []  # serves no page: reading all URLs would only make its start late

    def add_arguments(self, parser: CommandParser) -> None:
        """Pace, and one single look."""
        parser.add_argument("--seconds", type=float, default=0.5, help="pause between two looks into the database")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the key file is not fit."""
        files = key_files()
        if not files:
            raise CommandError("SIGNER_KEY_FILE is not set")
        try:
            keys = signers(files)
        except KeyFileUnfit as error:
            raise CommandError(str(error)) from error
        addresses = ", ".join(f"{signer.address} ({network})" for network, signer in keys.items())
        self.stdout.write(f"signer of {addresses} is ready")
        self.stdout.flush()
        run_until_stopped(lambda: bool(sign_waiting(keys)), pause_seconds=options["seconds"], once=options["once"])
