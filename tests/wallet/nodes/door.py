"""A node's door for tests: HTTP on loopback in a thread, with the fault switch of the development chain."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from wallet.chains.development.faults import Fault, FaultSwitch

Answer = tuple[int, Any]


def _marked(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    if isinstance(value, dict):
        return {name: _marked(one) for name, one in value.items()}
    return [_marked(one) for one in value] if isinstance(value, list | tuple) else value


def text_of(body: Any) -> bytes:
    """JSON with decimals written as numbers."""
    return json.dumps(_marked(body)).replace('"\\u0000', "").replace('\\u0000"', "").encode()


class NodeDoor:
    """Answers POST requests by a function of path and body: status and what to send. One request at a time is carried out."""

    def __init__(
        self, answer: Callable[[str, Any], Answer], *, method_of: Callable[[str, Any], str], password: str = ""
    ) -> None:
        self.faults = FaultSwitch()
        self.lock = threading.Lock()
        self.asked: list[tuple[str, Any]] = []
        self.answer, self.method_of, self.password = answer, method_of, password
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundDoor", (_Door,), {"door": self}))
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.http.server_address[1]}"

    def close(self) -> None:
        """Stop answering."""
        self.faults.clear()
        self.http.shutdown()
        self.http.server_close()


class _Door(BaseHTTPRequestHandler):
    door: ClassVar[NodeDoor]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        expected = "Basic " + base64.b64encode(self.door.password.encode()).decode()
        if self.door.password and self.headers.get("Authorization") != expected:
            self._send(401, b"")
            return
        method = self.door.method_of(self.path, body)
        met = self.door.faults.take(method)
        fault, seconds = met or (None, 0.0)
        if fault is Fault.HANG:
            self.door.faults.released.wait(seconds)
            self.close_connection = True
            return
        with self.door.lock:
            self.door.asked.append((method, body))
            status, answer = self.door.answer(self.path, body)
        if fault is Fault.LATE:
            self.door.faults.released.wait(seconds)
        if fault is Fault.LOSE_ANSWER:
            self.close_connection = True
            return
        self._send(status, b"<html>502 Bad Gateway</html>" if fault is Fault.GARBAGE else text_of(answer))

    def _send(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""
