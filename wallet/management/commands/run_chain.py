"""`manage.py run_chain`: the development chain. Development and tests only."""

from __future__ import annotations

import json
import os
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config.kit.commands import ConsoleCommand

FLOAT_OF_HOT_WALLET = {"ETH": Decimal(10_000), "USDT": Decimal(100_000_000)}
"""What the faucet gives a hot wallet that owns no ether yet."""


class Command(ConsoleCommand):
    """Serve JSON-RPC on loopback until SIGTERM."""

    help = "Run the development chain: an EVM with JSON-RPC on 127.0.0.1, remembered in var/chain."
    example = "run_chain --port 8545"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Port, place and pace."""
        parser.add_argument("--port", type=int, help="0 takes a free one; default: that of EVM_RPC_URL")
        parser.add_argument("--directory", type=Path, help="default: var/chain")
        parser.add_argument("--block-seconds", type=float, default=1.0, help="pace of the mining clock; 0 stops it")
        parser.add_argument("--no-mining-on-send", action="store_true", help="leave transactions to the clock")
        parser.add_argument("--hot-wallet", default=settings.EVM_HOT_WALLET_ADDRESS, help="address to fund once")
        parser.add_argument("--ready-file", type=Path, help="written as JSON {url, port, pid} once it answers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in production, and where the port or the directory is taken."""
        if settings.PRODUCTION:
            raise CommandError("the development chain does not run in production")
        from wallet.chains.development.journal import JournalInUse  # py-evm is not installed in production
        from wallet.chains.development.server import ChainServer

        port = options["port"] if options["port"] is not None else urlsplit(settings.EVM_RPC_URL).port or 8545
        try:
            server = ChainServer(
                directory=options["directory"] or settings.VAR_DIR / "chain",
                port=port,
                block_seconds=options["block_seconds"],
                mine_on_send=not options["no_mining_on_send"],
            )
        except JournalInUse as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"port {port} on 127.0.0.1 can't be used: {error.strerror}") from error
        if options["hot_wallet"]:
            server.fund(options["hot_wallet"], FLOAT_OF_HOT_WALLET)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        if options["ready_file"]:
            _write(options["ready_file"], {"url": server.url, "port": server.port, "pid": os.getpid()})
        self.stdout.write(f"development chain at height {server.chain.height} on {server.url}")
        self.stdout.flush()
        server.serve()


def _write(path: Path, facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(json.dumps(facts))
    fresh.replace(path)
