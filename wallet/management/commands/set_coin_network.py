"""`manage.py set_coin_network COIN NETWORK`: how a network carries a coin, and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told
from wallet.services import coin_terms

STATES = {"open": True, "closed": False}
OPTIONS = {
    "--scale": ("scale", int, "decimal places on the network"),
    "--contract": ("contract_address", str, "where the coin is a token of the network"),
    "--confirmations": ("confirmations", int, "blocks until a transfer is final"),
    "--deposit-minimum": ("deposit_minimum", str, "in the coin's unit"),
    "--withdrawal-minimum": ("withdrawal_minimum", str, "in the coin's unit"),
    "--withdrawal-fee": ("withdrawal_fee", str, "in the coin's unit"),
}
SWITCHES = {"--deposits": "is_deposit_open", "--withdrawals": "is_withdrawal_open"}


class Command(ActingCommand):
    """New terms hold for what is asked for from now on; what is on its way goes on."""

    help = "Say how a network carries a coin, or change its terms; open or close deposits and withdrawals. New ones are closed."
    example = "set_coin_network USDT ETHEREUM --withdrawals closed --by 'Bo Li' --reason 'the node is being replaced'"

    def add_own(self, parser: CommandParser) -> None:
        """Which, and the terms."""
        parser.add_argument("coin", help="code of the coin")
        parser.add_argument("network", help="code of the network")
        for option, (name, kind, told) in OPTIONS.items():
            parser.add_argument(option, dest=name, type=kind, help=told)
        for option, name in SWITCHES.items():
            parser.add_argument(option, dest=name, choices=STATES)
        parser.add_argument("--memo-required", action="store_true", default=None)

    def run(self, options: Mapping[str, Any]) -> Told:
        """Set them. Opening a switch enables the row too."""
        switches = {name: STATES.get(options[name]) for name in SWITCHES.values()}
        terms = (
            {name: options[name] for name, _, _ in OPTIONS.values()} | switches | {"memo_required": options["memo_required"]}
        )
        if any(switches.values()):
            terms["is_enabled"] = True
        act = Act(reason=options["reason"], by=options["by"])
        row = coin_terms.set_carriage(coin=options["coin"], network=options["network"], act=act, terms=terms)
        states = {
            word: "open" if getattr(row, name) else "closed"
            for word, name in (("deposits", "is_deposit_open"), ("withdrawals", "is_withdrawal_open"))
        }
        facts = {"coin": options["coin"], "network": options["network"], **states}
        return Told(
            f"{options['coin']} by {options['network']}: " + ", ".join(f"{word} {state}" for word, state in states.items()),
            facts,
        )
