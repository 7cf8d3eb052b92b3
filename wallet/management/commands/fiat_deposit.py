"""`manage.py fiat_deposit {propose,confirm,reject} …`: what a bank received, by two officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services import officer_access
from config.kit.commands import ActingCommand, Told
from config.kit.money import to_text
from wallet.models.fiat_deposits import FiatDeposit
from wallet.services.fiat_deposits import crediting
from wallet.services.pairs import desk


class Command(ActingCommand):
    """The same services as the desk: the second officer is another one, and confirms exactly what the first wrote."""

    help = "Record a line of a bank's statement, and confirm or reject one as another officer. `--by` is the officer's email."
    example = (
        "fiat_deposit propose --customer 123456789 --coin TWD --amount 5000 --account TWD1 --reference 20261201-77"
        " --by ann@example.com --reason 'statement of 1 December'"
    )

    def add_own(self, parser: CommandParser) -> None:
        """The act, and what it needs."""
        parser.add_argument("act", choices=("propose", "confirm", "reject"))
        parser.add_argument("deposit", nargs="?", help="public id of the proposal, to confirm or reject it")
        parser.add_argument("--customer", default="", help="uid of the customer")
        parser.add_argument("--coin", default="")
        parser.add_argument("--amount", default="", help="as the statement has it")
        parser.add_argument("--account", default="", help="code of our account at the bank")
        parser.add_argument("--reference", default="", help="the bank's reference of the line")
        parser.add_argument("--seen", default="", help="to confirm: the hash that `propose` printed")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Propose, confirm or reject."""
        officer = officer_access.find(options["by"])
        if options["act"] == "propose":
            row = crediting.propose(
                customer=options["customer"],
                coin=options["coin"],
                amount=options["amount"],
                nostro_code=options["account"],
                reference=options["reference"],
                officer=officer,
                reason=options["reason"],
            )
        else:
            seen = bytes.fromhex(options["seen"]) if _is_hash(options["seen"]) else b""
            verb = crediting.confirm if options["act"] == "confirm" else crediting.reject
            if options["act"] == "reject":
                seen = bytes.fromhex(desk.open_dossier(crediting.KIND, options["deposit"]).payload_hash)
            row = verb(public_id=options["deposit"], officer=officer, reason=options["reason"], seen_hash=seen)
        return _told(row)


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


def _told(row: FiatDeposit) -> Told:
    digest = bytes(row.payload_hash).hex()
    facts = {
        "deposit": str(row.public_id),
        "state": row.state,
        "amount": to_text(row.amount),
        "coin": row.coin.code,
        "hash": digest,
    }
    said = f"{row.public_id}: {to_text(row.amount)} {row.coin.code} for customer {row.customer.uid} is {row.state}"
    return Told(f"{said}\n  hash {digest}", facts)
