"""`manage.py run_signer`: the process that holds the private key. It opens no port and calls no node."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.services.looping import run_until_stopped
from wallet.services.signing import KeyFileUnfit, sign_waiting, signers

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sign what passed the gate, until SIGTERM."""

    help = "Sign approved withdrawals with the key in SIGNER_KEY_FILE. Reads and writes the database, nothing else."
    requires_system_checks: list[str] = []  # serves no page: reading all URLs would only make its start late

    def add_arguments(self, parser: CommandParser) -> None:
        """Pace, and one single look."""
        parser.add_argument("--seconds", type=float, default=0.5, help="pause between two looks into the database")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the key file is not fit."""
        if not settings.SIGNER_KEY_FILE:
            raise CommandError("SIGNER_KEY_FILE is not set")
        try:
            keys = signers(Path(settings.SIGNER_KEY_FILE))
        except KeyFileUnfit as error:
            raise CommandError(str(error)) from error
        address = next(iter(keys.values())).address
        self.stdout.write(f"signer of {address} is ready")
        self.stdout.flush()
        run_until_stopped(lambda: bool(sign_waiting(keys)), pause_seconds=options["seconds"], once=options["once"])
