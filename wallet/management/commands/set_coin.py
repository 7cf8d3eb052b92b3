"""`manage.py set_coin CODE`: adds a coin, or enables, disables or renames one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told
from wallet.models.coins import CoinKind
from wallet.services import coin_terms

STATES = {"yes": True, "no": False}


class Command(ActingCommand):
    """Code, kind and scale are for ever: the books are kept in them."""

    help = (
        "Add a coin (with --name, --kind and --scale), or enable, disable or rename one. set_coin_network says how it travels."
    )
    example = "set_coin SOL --name Solana --kind crypto --scale 9 --enabled yes --by 'Bo Li' --reason 'listed by the board'"

    def add_own(self, parser: CommandParser) -> None:
        """Which, and what it is."""
        parser.add_argument("code", help="2 to 16 letters A-Z and digits")
        parser.add_argument("--name", default="")
        parser.add_argument("--kind", default="", choices=CoinKind.values)
        parser.add_argument("--scale", type=int, help="decimal places that the books hold; those of its finest network")
        parser.add_argument("--enabled", choices=STATES)

    def run(self, options: Mapping[str, Any]) -> Told:
        """Set it."""
        coin = coin_terms.set_coin(
            code=options["code"],
            name=options["name"],
            kind=options["kind"] or "",
            scale=options["scale"],
            is_enabled=STATES.get(options["enabled"]),
            act=Act(reason=options["reason"], by=options["by"]),
        )
        facts = {"coin": coin.code, "name": coin.name, "kind": coin.kind, "scale": coin.scale, "is_enabled": coin.is_enabled}
        return Told(f"{coin.code} ({coin.name}) is {'enabled' if coin.is_enabled else 'disabled'}", facts)
