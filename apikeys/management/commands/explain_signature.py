"""`manage.py explain_signature METHOD TARGET -H 'Name: value' …`: tell an integrator why a captured request is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apikeys.services import explaining
from config.kit.commands import ConsoleCommand
from config.kit.network import UNKNOWN_ADDRESS, canonical_ip

BODY_BYTES_MAX = 1024 * 1024


class Command(ConsoleCommand):
    """Reads only: the request is not let in, no nonce is burnt, and no secret is shown."""

    help = "Check a captured signed request step by step, with the text that should have been signed and likely mistakes."
    example = "explain_signature GET /api/v1/balances -H 'X-Api-Key: …' -H 'X-Timestamp: …' -H 'X-Nonce: …' -H 'X-Signature: …'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The request."""
        parser.add_argument("method", help="GET, POST, …")
        parser.add_argument("target", help="path and query as in the request line: /api/v1/balances?size=5")
        parser.add_argument("-H", "--header", action="append", default=[], metavar="'NAME: VALUE'")
        parser.add_argument("--body", default="", metavar="FILE", help="the body's bytes; - reads standard input")
        parser.add_argument("--ip", default="", help="the sender's address, to check the key's networks")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Explain; exit with 1 where the request would be refused. Raises CommandError."""
        told = explaining.explain(
            method=options["method"],
            target=options["target"],
            body=_body(options["body"]),
            headers=_headers(options["header"]),
            ip=_address(options["ip"]),
        )
        if options["json"]:
            report = {
                "ok": told.is_in_order,
                "family": told.family,
                "findings": [vars(finding) for finding in told.findings],
                "signed_text": told.signed_text,
            }
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for finding in told.findings:
                self.stdout.write(f"{'ok ' if finding.holds else 'NO '} {finding.check:<10} {finding.words}")
            if told.signed_text:
                self.stdout.write("\nthe text that should have been signed:\n" + told.signed_text)
        if not told.is_in_order:
            raise SystemExit(1)


def _headers(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not colon:
            raise CommandError(f"A header is written 'Name: value', not {line[:80]!r}.")
        key = name.strip()
        found[key] = f"{found[key]},{value.strip()}" if key in found else value.strip()
    return found


def _body(name: str) -> bytes:
    if not name:
        return b""
    try:
        body = sys.stdin.buffer.read(BODY_BYTES_MAX + 1) if name == "-" else Path(name).read_bytes()
    except OSError as trouble:
        raise CommandError(f"The body can't be read: {trouble.strerror}.") from None
    if len(body) > BODY_BYTES_MAX:
        raise CommandError(f"The body has more than {BODY_BYTES_MAX} bytes.")
    return body


def _address(text: str) -> str:
    if not text:
        return ""
    address = canonical_ip(text)
    if address == UNKNOWN_ADDRESS:
        raise CommandError(f"{text[:80]!r} is no address.")
    return address
