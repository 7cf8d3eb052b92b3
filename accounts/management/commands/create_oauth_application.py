"""`manage.py create_oauth_application --name … --redirect-uri … --by … --reason …`: an application customers may let in."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from accounts.services.oauth import applications
from accounts.services.oauth.functions import FUNCTIONS
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """Registers one application and shows its secret, once."""

    help = "Register an OAuth application. Its client secret is shown once."
    example = (
        "create_oauth_application --name 'Tax helper' --redirect-uri https://tax.example/back"
        " --by 'Bo Li' --reason 'contract 17'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is, by whom and why."""
        parser.add_argument("--name", required=True, help="as customers read it")
        parser.add_argument("--redirect-uri", action="append", required=True, dest="redirect_uris", help="whole; may repeat")
        parser.add_argument("--function", action="append", dest="functions", choices=sorted(FUNCTIONS), help="all unless told")
        parser.add_argument("--public", action="store_true", help="an application that can't keep a secret: it has none")
        parser.add_argument("--without-pkce", action="store_true", help="only for contracts that know no PKCE")
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True, help="why the application is let in")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register it. Exit code 1 where it is refused."""
        try:
            made = applications.register(
                name=options["name"],
                redirect_uris=options["redirect_uris"],
                functions=options["functions"] or tuple(FUNCTIONS),
                is_public=options["public"],
                requires_pkce=not options["without_pkce"],
                by=options["by"],
                reason=options["reason"],
            )
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        if options["json"]:
            told = {"client_id": made.application.client_id, "client_secret": made.client_secret}
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(f"client id       {made.application.client_id}")
        self.stdout.write(f"client secret   {made.client_secret or '— (public)'}")
