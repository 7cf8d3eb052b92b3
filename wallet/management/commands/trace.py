"""`manage.py trace ID_OR_HASH`: one movement across states, books, chain, messages and audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import OperatorCommand, Told
from wallet.services import tracing
from wallet.services.tracing import Trace


class Command(OperatorCommand):
    """Looks, and asks the nodes; changes nothing."""

    help = "Follow a withdrawal, deposit or transfer by id or transaction hash: states, books, chain, messages, audit."
    example = "trace 4203918275640192"

    def add_own(self, parser: CommandParser) -> None:
        """What."""
        parser.add_argument("movement", help="public id, or the hash of a transaction")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Follow it. Exit code 1 where there is none."""
        found = tracing.trace(options["movement"])
        facts = [
            {
                "kind": one.kind,
                "id": str(one.public_id),
                "customer": one.customer_uid,
                "state": one.state,
                "summary": one.summary,
                "steps": [{"at": step.at.isoformat(), "where": step.where, "what": step.what} for step in one.steps],
            }
            for one in found
        ]
        return Told("\n\n".join(map(_text, found)), {"movements": facts})


def _text(one: Trace) -> str:
    head = f"{one.kind} {one.public_id} of customer {one.customer_uid}: {one.state}\n  {one.summary}"
    lines = [f"  {step.at:%Y-%m-%d %H:%M:%S}  {step.where:8} {step.what}" for step in one.steps]
    return "\n".join([head, *lines])
