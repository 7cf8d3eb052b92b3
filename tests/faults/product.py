"""The real product in a directory of its own, started as `make run` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 900
STOP_SECONDS_MAX = 120
OURS = ("QUAESTOR_", "DATABASE_", "EVM_", "CELERY_", "EMAIL_", "SMS_", "CACHE_", "PYTEST_", "TEST_", "DJANGO_")
"""Beginnings of names that the suite's own environment may not hand on."""


class Product:
    """A running product with its own PostgreSQL, chain and post."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = _free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = {**clean, "QUAESTOR_VAR": str(var), "PORT": str(self.port)}
        self.log = var / "run.log"
        var.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.embedded", "run"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.told()
            if "Quaestor is ready" in self.log.read_text():
                return
            time.sleep(0.2)
        raise AssertionError(self.told())

    def told(self) -> str:
        """What the process manager said, and the ends of the logs."""
        logs = [self.log, *sorted((self.var / "log").glob("*"))]
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-2500:]}" for log in logs if log.is_file())

    def manage(self, *arguments: str, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        """One of the operators' commands, joined to this product."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def published(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.var / "run" / "environment.json").read_text())
        return found

    def ask_chain(self, method: str, *parameters: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        with httpx.Client(trust_env=False, timeout=30) as client:
            return client.post(self.published()["EVM_RPC_URL"], json=body).json()["result"]

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
