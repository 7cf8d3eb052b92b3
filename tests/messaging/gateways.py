"""A real HTTP server on this machine that speaks a provider's wire, and can die in the middle of it."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Seen:
    """One request, as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))


Answer = tuple[int, Any]
"""A status and a body (JSON, or bytes as they are)."""


@dataclass
class Gateway:
    """What the server saw, and how it answers from now on. `dies` takes the request and closes without a word."""

    answer: Answer | Callable[[Seen], Answer] = (200, {})
    headers: dict[str, str] = field(default_factory=dict)
    dies: bool = False
    seen: list[Seen] = field(default_factory=list)
    port: int = 0


@contextmanager
def gateway(answer: Answer | Callable[[Seen], Answer] = (200, {}), **named: Any) -> Iterator[Gateway]:
    """The server, until the block ends."""
    held = Gateway(answer, **named)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.seen.append(Seen(self.path, {name.title(): value for name, value in self.headers.items()}, body))
            if held.dies:  # a reset, as when the process is killed
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            status, content = held.answer(held.seen[-1]) if callable(held.answer) else held.answer
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **held.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # a connection that was reset on purpose

    server = Server(("127.0.0.1", 0), Handler)
    held.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
