"""Real servers of several processes: captured requests of every scheme stay refused whatever is killed, started again or
emptied (a long form has a thousand of them), and a key that was stopped elsewhere stops in all of them within a second.
"""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from apikeys.models import ApiKey, Nonce, Scheme
from apikeys.services import keys
from messaging.models import Purpose
from tests.apikeys import people
from tests.apikeys.independent import BtseClient, Client, Ed25519Client, Signed, SpotClient
from tests.apikeys.test_foreign_requests import issue
from tests.factories_around import sub_account
from tests.factories_wallet import fund
from wallet.models import Coin
from wallet.services import balances

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 60
REQUESTS_BEFORE_A_RATE = 9
"""Fewer than the least that the documents allow in a second."""
STOPPED_WITHIN_SECONDS = 1.0
MOVEMENT = b'{"target":"123456789","coin":"ETH","amount":"1"}'
LOOKS = 20
"""Requests on connections of their own: more than enough to meet each of two processes."""


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


@dataclass(frozen=True)
class Captured:
    """Signed requests, none of them sent yet, and the account to which the writes move 0.001 ETH each."""

    requests: list[Signed]
    writes: int
    target: User

    def moved(self) -> int:
        """How many of the writes have acted."""
        return int(balances.of_coin(self.target, Coin.objects.get(code="ETH")).available / Decimal("0.001"))


def capture(count: int) -> Captured:
    """As many requests of each scheme; those of our own HMAC are reads and writes."""
    ada = people.customer()
    fund(ada, "10")
    child = sub_account(ada)
    native = issue(ada, Scheme.NATIVE_HMAC, ("read", "transfer"))
    ours = Client(native.api_key.key, native.secret)
    own = Ed25519PrivateKey.generate()
    public = base64.b64encode(own.public_key().public_bytes_raw()).decode()
    made = keys.create(
        customer=ada, proof=people.proof(ada), label="own", scopes=["read"], scheme=Scheme.NATIVE_ED25519, public_key=public
    )
    theirs = Ed25519Client(made.api_key.key, own.private_bytes_raw().hex())
    spot, btse = issue(ada, Scheme.SPOT), issue(ada, Scheme.BTSE)
    by_spot, by_btse = SpotClient(spot.api_key.key, spot.secret), BtseClient(btse.api_key.key, btse.secret)
    movement = f'{{"target":"{child.uid}","coin":"ETH","amount":"0.001"}}'.encode()
    now = people.now_milliseconds()
    captured = [ours.sign("GET", "/api/v1/balances") for _ in range(count)]
    captured += [ours.sign("POST", "/api/v1/sub-accounts/transfers", movement) for _ in range(count)]
    captured += [theirs.sign("GET", "/api/v1/balances") for _ in range(count)]
    captured += [by_spot.sign("GET", "/api/spot/v1/user/account") for _ in range(count)]
    captured += [by_btse.sign("GET", "/api/v3.2/user/wallet", moment=str(now + number)) for number in range(count)]
    return Captured(captured, count, child)


def outcome(answer: httpx.Response) -> str:
    """`let in`, or why not."""
    told: Any = answer.json()
    if answer.status_code == 200 and isinstance(told, dict) and told.get("code", "0") != "0":
        return str(told["code"])
    return "let in" if answer.status_code in {200, 201} else str(told.get("slug") or told["code"])


REFUSED = {"apikeys.nonce_used", "apikeys.clock_outside_window", "100008", "10002"}


def test_no_captured_request_is_let_in_again_whatever_restarts_or_is_emptied(
    serve: Callable[..., Server], pytestconfig: pytest.Config
) -> None:
    captured = capture(int(pytestconfig.getoption("--captured-requests")) // 5 * 2)
    server = serve()
    for number, signed in enumerate(captured.requests):
        if number % REQUESTS_BEFORE_A_RATE == 0:
            cache.clear()
        assert outcome(server.send(signed)) == "let in"
    assert (Nonce.objects.count(), captured.moved()) == (len(captured.requests), captured.writes)

    def replayed(server: Server) -> set[str]:
        return {outcome(server.send(signed)) for signed in captured.requests}

    assert replayed(server) <= REFUSED
    cache.clear()
    assert replayed(server) <= REFUSED
    server = serve()
    assert replayed(server) <= REFUSED
    cache.clear()
    server = serve(API_KEY_CLOCK_WINDOW_SECONDS="1")
    time.sleep(1.1)
    assert replayed(server) <= REFUSED
    assert (Nonce.objects.count(), captured.moved()) == (len(captured.requests), captured.writes)


def look(server: Server, client: Client) -> set[int]:
    """What reads with the key are answered by the server's processes, each on a connection of its own."""
    found = set()
    for _ in range(LOOKS):
        signed = client.sign("GET", "/api/v1/balances")
        found.add(httpx.get(server.url + signed.target, headers=signed.headers, trust_env=False, timeout=30).status_code)
    return found


def stop_by_owner(ada: User, key: ApiKey) -> None:
    keys.change(customer=ada, public_id=key.public_id, proof=people.proof(ada, Purpose.API_KEY_CHANGE), enabled=False)


def stop_by_officer(ada: User, key: ApiKey) -> None:
    keys.disable(api_key=key, officer=people.customer("officer@example.com"), reason="a stolen device")


def stop_for_good(ada: User, key: ApiKey) -> None:
    keys.delete(customer=ada, public_id=key.public_id, proof=people.proof(ada, Purpose.API_KEY_DELETE))


def test_a_key_that_was_stopped_elsewhere_stops_in_every_process_within_a_second(serve: Callable[..., Server]) -> None:
    ada = people.customer()
    server = serve()
    for stop in (stop_by_owner, stop_by_officer, stop_for_good):
        issued = people.issue(ada, scopes=("read", "transfer"))
        client = people.signer(issued)
        assert look(server, client) == {200}  # each process knows the key now
        stop(ada, issued.api_key)
        stopped = time.monotonic()
        assert server.send(client.sign("POST", "/api/v1/sub-accounts/transfers", MOVEMENT)).status_code == 401
        time.sleep(max(0.0, stopped + STOPPED_WITHIN_SECONDS - time.monotonic()))
        assert look(server, client) == {401}
