"""The development chain as a real process, for tests: started, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from wallet.chains.development import genesis
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.evm import EvmGateway
from wallet.chains.gateway import Asset

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 180.0
ETH = Asset("ETH", 18)
USDT = Asset("USDT", 6, genesis.USDT_ADDRESS)


class ChainProcess:
    """`manage.py run_chain` in a directory of its own, without a clock: blocks come when a test asks for them."""

    def __init__(self, directory: Path, *, block_seconds: float = 0.0) -> None:
        self.directory = directory
        self.block_seconds = block_seconds
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.client: DevelopmentChainClient
        self.start()

    @property
    def url(self) -> str:
        """Where it listens; the same after each start."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        ready = self.directory / "ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "manage.py", "run_chain", "--port", str(self.port), "--hot-wallet", ""]
        command += ["--directory", str(self.directory), "--ready-file", str(ready)]
        command += ["--block-seconds", str(self.block_seconds)]
        environment = {**os.environ, "QUAESTOR_MODE": "test"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the development chain did not start")
            time.sleep(0.02)
        self.port = json.loads(ready.read_text())["port"]
        self.client = DevelopmentChainClient(self.url)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=20)

    def gateway(self, *, timeout_seconds: float = 5.0, network: str = "ETHEREUM") -> EvmGateway:
        """A gateway to it."""
        return EvmGateway(network=network, coin="ETH", url=self.url, chain_id=genesis.CHAIN_ID, timeout_seconds=timeout_seconds)
