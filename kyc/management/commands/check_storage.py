"""`manage.py check_storage`: whether the store of the documents takes, gives back, hides and deletes a file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from config.kit.commands import ConsoleCommand
from kyc.services import storage_check


class Command(ConsoleCommand):
    """Writes one small file and deletes it again."""

    help = "Write, read back and delete a probe in the store of the documents; exit code 1 and one sentence where it fails."
    example = "check_storage"

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in one line how it went."""
        if found := storage_check.finding():
            raise CommandError(found.message)
        self.stdout.write("The document storage takes, gives back and deletes files, and shows them to nobody else.")
