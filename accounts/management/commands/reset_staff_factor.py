"""`manage.py reset_staff_factor EMAIL --operator … --operator …`: another authenticator for an officer who lost one."""

from __future__ import annotations

import base64
import getpass
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.services import officer_access
from accounts.services.officer_access import Witness
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Two operators show codes of their own authenticators; the new secret is shown once."""

    help = "Give an officer another authenticator. Two officers with the role operator type a code of their own each."
    example = (
        "reset_staff_factor ann@example.com --operator bo@example.com --operator cy@example.com"
        " --by bo@example.com --reason 'phone lost, seen in person'"
    )

    def add_own(self, parser: CommandParser) -> None:
        """For whom, and who stands by."""
        parser.add_argument("email", help="the officer's email")
        parser.add_argument(
            "--operator", action="append", required=True, dest="operators", help="email of an operator; two are due"
        )

    def run(self, options: Mapping[str, Any]) -> Told:
        """Ask both for a code (at the terminal, or one line each of the standard input), then bind."""
        officer = officer_access.find(options["email"])
        if options["dry_run"]:
            officer_access.require_witnesses(officer=officer, emails=options["operators"])
            return Told(f"{officer.email} would get another authenticator", {"officer": officer.email})
        if transaction.get_connection().in_atomic_block:  # pragma: no cover  # each code is used up by itself
            raise RuntimeError("not inside a transaction")
        witnesses = [Witness(email, _code_of(email)) for email in options["operators"]]
        act = Act(reason=options["reason"], by=options["by"])
        seed = officer_access.reset_factor(officer=officer, witnesses=witnesses, act=act)
        secret = base64.b32encode(seed).decode("ascii")
        return Told(f"{officer.email}\n  authenticator   {secret}", {"officer": officer.email, "totp_secret": secret})


def _code_of(email: str) -> str:
    """A code that its owner types; it stands in no list of processes and no history."""
    typed = getpass.getpass(f"Code of {email}: ") if sys.stdin.isatty() else sys.stdin.readline()
    return typed.strip()
