"""`manage.py resume_watching NETWORK`: read a halted network again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.models.coins import Network
from wallet.services.deposits import halts


class Command(WritingCommand):
    """One network, one officer, one reason."""

    help = "Let a halted network be read again, once it is known why its chain changed. Written to the audit log."
    example = "resume_watching ETHEREUM --by 'Bo Li' --reason 'the node was behind'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The network, who and why, and from where on."""
        parser.add_argument("network", help="code of the network")
        parser.add_argument("--by", required=True, help="email of the treasury officer")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--from-height", type=int, help="first block to read again; else the oldest remembered")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the officer, the network or the block is not fit."""
        officer = User.objects.filter(email=options["by"].strip().lower()).first()
        if officer is None:
            raise CommandError(f"{options['by']} is not a treasury officer")
        network = Network.objects.filter(code=options["network"]).first()
        if network is None:
            raise CommandError(f"there is no network {options['network']}")
        try:
            begun = halts.resume_watching(
                network=network, officer=officer, reason=options["reason"], from_height=options["from_height"]
            )
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{network.code} is read again from block {begun}")
