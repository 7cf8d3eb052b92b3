"""The development chain's process: JSON-RPC over HTTP on loopback, and a clock that mines."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from eth_utils.address import to_canonical_address

from wallet.chains.development.chain import DevelopmentChain
from wallet.chains.development.client import FAUCET_SCALES
from wallet.chains.development.faults import Fault, FaultSwitch
from wallet.chains.development.journal import Journal
from wallet.chains.development.methods import Methods, RpcError

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
REQUEST_BYTES_MAX = 1024 * 1024
AWAKE_BLOCKS = 64
"""Blocks mined by the clock after the last transaction: more than any coin's confirmations, then the chain sleeps."""
IDLE_BLOCK_SECONDS = 60.0
"""Seconds between blocks of a sleeping chain."""


class ChainServer:
    """One chain behind one lock, one port and one fault switch."""

    def __init__(self, *, directory: Path, port: int = 0, block_seconds: float = 1.0, mine_on_send: bool = True) -> None:
        self.journal = Journal(directory)
        self.chain = DevelopmentChain(self.journal)
        self.methods = Methods(self.chain, mine_on_send=mine_on_send)
        self.faults = FaultSwitch()
        self.lock = threading.Lock()
        self.block_seconds = block_seconds
        self._stopping = threading.Event()
        door = type("BoundDoor", (_Door,), {"server_of_chain": self})
        self.http = ThreadingHTTPServer((LOOPBACK, port), door)
        self.http.daemon_threads = True

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.http.server_address[1])

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{LOOPBACK}:{self.port}"

    def fund(self, address: str, amounts: Mapping[str, Decimal]) -> None:
        """Pay these amounts to an address that owns no ether yet, in blocks of their own."""
        with self.lock:
            if self.chain.balance(to_canonical_address(address)) == 0:
                for coin, amount in amounts.items():
                    units = int(amount.scaleb(FAUCET_SCALES[coin]))
                    self.methods.answer("development_send", [coin, address, str(units)])
                self.chain.mine()

    def serve(self) -> None:
        """Answer and mine until `stop`."""
        if self.block_seconds > 0:
            threading.Thread(target=self._mine_by_clock, name="miner", daemon=True).start()
        try:
            self.http.serve_forever(poll_interval=0.1)
        finally:
            self.faults.clear()
            self.http.server_close()
            with self.lock:
                self.journal.close()

    def stop(self) -> None:
        """End `serve` from another thread or a signal handler."""
        self._stopping.set()
        threading.Thread(target=self.http.shutdown, daemon=True).start()

    def _mine_by_clock(self) -> None:
        last = time.monotonic()
        while not self._stopping.wait(self.block_seconds):
            with self.lock:
                awake = bool(self.chain.waiting) or self._recent_transactions()
                if (awake or time.monotonic() - last >= IDLE_BLOCK_SECONDS) and not self._stopping.is_set():
                    self.chain.mine()
                    last = time.monotonic()

    def _recent_transactions(self) -> bool:
        return any(mined.block.transactions for mined in self.chain.blocks[-AWAKE_BLOCKS:])

    def answer(self, method: str, parameters: list[Any]) -> Any:
        """Carry one call out. Raises RpcError."""
        if method == "development_fault":
            self.faults.arm(*parameters)
            return True
        if method == "development_clear":
            self.faults.clear()
            return True
        with self.lock:
            return self.methods.answer(method, parameters)


class _Door(BaseHTTPRequestHandler):
    server_of_chain: ClassVar[ChainServer]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One JSON-RPC request, or a batch of them."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > REQUEST_BYTES_MAX or "json" not in (self.headers.get("Content-Type") or ""):
            self.close_connection = True
            self._send(415 if length <= REQUEST_BYTES_MAX else 413, b"{}")
            return
        try:
            request = json.loads(self.rfile.read(length))
        except ValueError:
            self._send(200, _error(None, -32700, "parse error"))
            return
        calls = request if isinstance(request, list) else [request]
        switch = self.server_of_chain.faults
        fault, seconds = None, 0.0
        for call in calls:
            met = switch.take(str(call.get("method"))) if _may_fail(call) else None
            if met:
                fault, seconds = met
        if fault is Fault.HANG:
            switch.released.wait(seconds)
            self.close_connection = True
            return
        answers = [self._answer(call) for call in calls]
        if fault is Fault.LATE:
            switch.released.wait(seconds)
        if fault is Fault.LOSE_ANSWER:
            self.close_connection = True
            return
        body = json.dumps(answers if isinstance(request, list) else answers[0]).encode()
        self._send(200, b"<html>502 Bad Gateway</html>" if fault is Fault.GARBAGE else body)

    def _answer(self, call: Any) -> dict[str, Any]:
        identity = call.get("id") if isinstance(call, dict) else None
        try:
            method, parameters = str(call["method"]), list(call.get("params") or [])
            return {"jsonrpc": "2.0", "id": identity, "result": self.server_of_chain.answer(method, parameters)}
        except RpcError as error:
            return {"jsonrpc": "2.0", "id": identity, "error": {"code": error.code, "message": error.message}}
        except Exception:
            logger.exception("a JSON-RPC call failed")
            return {"jsonrpc": "2.0", "id": identity, "error": {"code": -32603, "message": "internal error"}}

    def _send(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client gave up waiting

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: a line per request tells nothing here."""


def _error(identity: Any, code: int, message: str) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}}).encode()


def _may_fail(call: Any) -> bool:
    return isinstance(call, dict) and not str(call.get("method")).startswith("development_")
