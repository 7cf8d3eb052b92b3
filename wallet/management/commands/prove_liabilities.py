"""`manage.py prove_liabilities [--coin ETH …] [--json] --by NAME`: publish what all customers own."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from accounts.services import audit
from config.kit.commands import WritingCommand
from config.kit.money import to_text
from wallet.errors import UnknownCoin
from wallet.models import LiabilityProof
from wallet.services import coin_list, liabilities


class Command(WritingCommand):
    """One tree for each coin, each from a snapshot of its own. Safe to stop: a tree is kept whole or not at all."""

    help = "Publish a Merkle-sum proof of what all customers own. Example: manage.py prove_liabilities --coin ETH --by night"
    example = "prove_liabilities --coin BTC --by 'Bo Li'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which coins, for whom."""
        parser.add_argument("--coin", action="append", metavar="CODE", help="this coin alone; may be said several times")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--by", required=True, help="who runs it, for the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove, report."""
        quiet = True if options["json"] or not options["verbosity"] else None
        codes = options["coin"] or [coin.coin for coin in coin_list.listed()]
        made = []
        try:
            with tqdm(unit=" nodes", disable=quiet, dynamic_ncols=True) as bar:
                made = [proof for code in codes if (proof := liabilities.prove(code, progress=bar.update))]
        except UnknownCoin as refusal:
            raise CommandError(refusal.detail) from None
        for proof in made:
            audit.record(
                actor=None,
                actor_kind="operator",
                act="wallet.liabilities_proven",
                subject=f"wallet.liability_proof:{proof.public_id}",
                facts={"coin": proof.coin.code, "root": bytes(proof.root).hex(), "by": options["by"]},
            )
        rows = [_row(proof) for proof in made]
        self.stdout.write(json.dumps(rows, indent=2) if options["json"] else _text(rows))


def _row(proof: LiabilityProof) -> dict[str, Any]:
    return {
        "id": str(proof.public_id),
        "coin": proof.coin.code,
        "customers": proof.leaf_count,
        "total": to_text(proof.total),
        "root": bytes(proof.root).hex(),
    }


def _text(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "Nobody owns anything."
    return "\n".join(f"{row['coin']:<8}{row['customers']:>10} customers{row['total']:>28}  {row['root']}" for row in rows)
