"""The web server as it runs in production, while bad files arrive: the same processes, as large as before, answering."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories_kyc as make
from tests.kyc import pictures
from tests.kyc.corpus import BOMBS, CORPUS, TWO_FACED
from tests.wallet.processes import ROOT, database_url

START_SECONDS_MAX = 600
GROWTH_BYTES_MAX = 32 * 1024 * 1024
"""What a web process may have needed beyond what it needed before: the bodies of requests, no picture of any."""
CONFIGURATION = """
with open("deploy/gunicorn.py") as production:
    exec(production.read())

def post_worker_init(worker):
    import wallet.chains.derivation, wallet.chains.evm
"""
"""As in production; what a worker loads ten seconds after its start is there at once, and does not count as growth."""
CHOSEN = [*[name for name, one in BOMBS.items() if one.costly][:2], *list(TWO_FACED)[:4], "an SVG", "a truncated PDF"]
BUSY = (503, "kyc.imaging_busy")
"""What a file is told whose reader others leave no processor; on a machine that does other things that may happen."""
VIDEOS = ["an MP4 that is a JAR too", "a video that says to be 268 million pixels"]


@dataclass(frozen=True)
class Server:
    """A running gunicorn, and how to speak to it."""

    master: int
    client: httpx.Client

    def peaks(self) -> dict[int, int]:
        """By process, the most memory that it ever had, in bytes."""
        workers = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()
        return {pid: peak_bytes(pid) for pid in (self.master, *map(int, workers))}


def peak_bytes(pid: int) -> int:
    """The high-water mark of a process's memory."""
    (line,) = [row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


@pytest.fixture
def server(real_db: None, tmp_path: Path) -> Iterator[Server]:
    """The server of `make run` on the test's database, behind a socket of its own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        socket = f"{short}/web"
        configuration = tmp_path / "gunicorn.conf.py"
        configuration.write_text(CONFIGURATION)
        command = [sys.executable, "-m", "gunicorn", "--config", str(configuration), "--bind", f"unix:{socket}", "config.wsgi"]
        values = {**os.environ, "QUAESTOR_MODE": "test", "DATABASE_URL": database_url(), "QUAESTOR_VAR": str(tmp_path)}
        with (tmp_path / "web.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=values, stdout=log, stderr=log)
        transport = httpx.HTTPTransport(uds=socket, retries=0)
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=60, trust_env=False) as client:
            try:
                wait_until_ready(client, process, tmp_path / "web.log")
                yield Server(process.pid, client)
            finally:
                process.terminate()
                process.wait(60)


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers."""
    pause = threading.Event()
    for _ in range(START_SECONDS_MAX * 10):
        assert process.poll() is None, log.read_text()
        try:
            client.get("/readyz").raise_for_status()
        except httpx.TransportError:
            pause.wait(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def hand_in(client: httpx.Client, token: str, door: str, content: bytes) -> httpx.Response:
    """One file."""
    fields = {"kind": "id_front"} if door == "documents" else {}
    file = {"file": ("card.jpg", content, "image/jpeg")}
    return client.post(f"/api/v1/kyc/{door}", data=fields, files=file, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.slow
def test_bad_files_end_no_web_process_swell_none_and_keep_none_from_answering(server: Server) -> None:
    token = make.token_of(make.customer())
    picture = pictures.jpeg(2_000, 1_500)
    with ThreadPoolExecutor(3) as threads:  # each worker has met uploads before it is measured: one alone can't take them all
        told = [threads.submit(hand_in, server.client, token, "documents", picture) for _ in range(6)]
        assert {one.result().status_code for one in told} <= {201, BUSY[0]}
    before = server.peaks()
    assert len(before) >= 3, "a master and two workers"
    todo = [("documents", name, CORPUS[name].image) for name in CHOSEN]
    todo += [("videos", name, CORPUS[name].video) for name in VIDEOS]
    wrong: list[Any] = []
    done = threading.Event()

    def attack() -> None:
        for door, name, cause in todo:
            answer = hand_in(server.client, token, door, CORPUS[name].build())
            told = (answer.status_code, answer.json().get("cause", answer.json()["slug"]))
            if told not in {(422, cause), BUSY}:
                wrong.append((name, answer.text))
        done.set()

    attacker = threading.Thread(target=attack)
    attacker.start()
    answered = 0
    while not done.wait(0.05):
        server.client.get("/healthz").raise_for_status()
        server.client.get("/api/v1/kyc", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        answered += 1
    attacker.join()
    assert wrong == []
    assert answered > len(todo), "the others' requests waited for the files"
    after = server.peaks()
    assert after.keys() == before.keys(), "a process was replaced"
    assert {pid: after[pid] - before[pid] for pid in after if after[pid] - before[pid] > GROWTH_BYTES_MAX} == {}
