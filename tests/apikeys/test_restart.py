"""Captured requests of every family against real servers that are killed and started again; a long form has more of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.db import connection

from apikeys.models import Nonce, Scheme
from tests.apikeys import people
from tests.apikeys.independent import Client, Signed
from tests.apikeys.test_foreign_requests import BtseClient, SpotClient, issue

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 60
REQUESTS_BEFORE_A_RATE = 9
"""Fewer than the least that the documents allow in a second."""
WITHDRAWAL = b'{"coin":"ETH","network":"ETHEREUM","address":"0x52908400098527886E0F7030069857D2E4169EE7","amount":"1"}'


class Server:
    """Gunicorn as it is deployed, on the test database."""

    def __init__(self, **settings: str) -> None:
        at = connection.settings_dict
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{at['USER']}:{at['PASSWORD']}@127.0.0.1:{at['PORT']}/{at['NAME']}?host={at['HOST']}",
            "TEST_DATABASE_NAME": "",
            "API_KEY_CACHE_MILLISECONDS": "800",
            "API_KEY_RATE_PER_KEY": "100000/s",
            "API_KEY_RATE_PER_CUSTOMER": "100000/s",
            **settings,
        }
        bind = self.url.removeprefix("http://")
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "--workers", "2", "--bind", bind]
        self.process = subprocess.Popen(
            [*gunicorn, "config.wsgi"], cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL
        )
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not self._is_ready():
            assert self.process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def send(self, signed: Signed) -> httpx.Response:
        headers = {**signed.headers, "Content-Type": "application/json"}
        return self.client.request(signed.method, signed.target, content=signed.body, headers=headers)

    def kill(self) -> None:
        """As a crash of the machine would, but for the database."""
        self.client.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def serve(real_db: None) -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(**settings: str) -> Server:
        for server in running:
            server.kill()
        running.append(Server(**settings))
        return running[-1]

    yield start
    for server in running:
        server.kill()


def capture(count: int) -> list[Signed]:
    """Reads of each family and writes of our own, none of them sent yet."""
    ada = people.customer()
    native = issue(ada, Scheme.NATIVE_HMAC)
    spot, btse = issue(ada, Scheme.SPOT), issue(ada, Scheme.BTSE)
    ours = Client(native.api_key.key, native.secret)
    now = int(time.time() * 1000)
    few = min(count, REQUESTS_BEFORE_A_RATE)
    captured = [ours.sign("GET", "/api/v1/balances") for _ in range(count)]
    captured += [ours.sign("POST", "/api/v1/withdrawals", WITHDRAWAL) for _ in range(count)]
    captured += [SpotClient(spot.api_key.key, spot.secret).sign("GET", "/api/spot/v1/user/account") for _ in range(few)]
    by_btse = BtseClient(btse.api_key.key, btse.secret)
    return captured + [by_btse.sign("GET", "/api/v3.2/user/wallet", moment=str(now + number)) for number in range(few)]


def outcome(answer: httpx.Response) -> str:
    """`let in`, or why not. A withdrawal is let in although it is refused later: the address is not trusted."""
    told: Any = answer.json()
    if isinstance(told, dict) and answer.status_code == 401:
        return str(told.get("slug") or told["code"])
    if isinstance(told, dict) and told.get("code") in {"100008", "110041"}:
        return str(told["code"])
    if isinstance(told, dict) and answer.status_code == 429:
        return "too fast"
    return "let in"


REFUSED = {"apikeys.nonce_used", "apikeys.clock_outside_window", "100008", "10002"}
THROTTLED = {"110041", "too fast"}


def test_no_captured_request_is_let_in_again_whatever_restarts_or_is_emptied(
    serve: Callable[..., Server], pytestconfig: pytest.Config
) -> None:
    captured = capture(int(pytestconfig.getoption("--captured-requests")) // 5 * 2)
    server = serve()
    assert {outcome(server.send(signed)) for signed in captured} == {"let in"}
    assert Nonce.objects.count() == len(captured)

    def replayed(server: Server) -> set[str]:
        return {outcome(server.send(signed)) for signed in captured}

    assert replayed(server) <= REFUSED | THROTTLED
    cache.clear()
    assert replayed(server) <= REFUSED | THROTTLED
    server = serve()
    assert replayed(server) <= REFUSED | THROTTLED
    cache.clear()
    server = serve(API_KEY_CLOCK_WINDOW_SECONDS="1")
    time.sleep(1.1)
    assert replayed(server) <= REFUSED | THROTTLED
    assert Nonce.objects.count() == len(captured)
