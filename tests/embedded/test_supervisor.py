from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded import child as children
from config.embedded import supervisor as supervisors
from config.embedded.child import Service
from config.embedded.supervisor import Supervisor

POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("ready", flush=True)
while True: time.sleep(0.05)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""


def service(name: str, program: str, stage: int = 0) -> Service:
    return Service(name, (sys.executable, "-c", program), dict(os.environ), stage)


class Run:
    def __init__(self, directory: Path, *services: Service) -> None:
        self.told: list[str] = []
        self.state = directory / "processes.json"
        self.supervisor = Supervisor(services, directory=directory, logs=directory, state=self.state)
        self.supervisor.tell = lambda name, line: self.told.append(f"{name}: {line}")  # type: ignore[method-assign]  # heard here
        self.logs = directory

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        assert self.supervisor.wait_until(condition, seconds)

    def pid(self, name: str) -> int | None:
        found: dict[str, int | None] = json.loads(self.state.read_text())
        return found[name]

    def log(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "BACK_OFF_SECONDS", (0.05, 0.1))


def test_all_are_started_in_sessions_of_their_own_and_stopped_politely(tmp_path: Path):
    run = Run(tmp_path, service("one", POLITE), service("two", POLITE))
    run.supervisor.start()
    run.until(lambda: "ready" in run.log("one") and "ready" in run.log("two"))
    pids = [run.pid("one"), run.pid("two")]
    assert all(pid and os.getsid(pid) == pid for pid in pids)
    assert run.supervisor.stop() == []
    assert not any(pid and alive(pid) for pid in pids)
    assert not run.state.exists()


def test_a_killed_process_is_started_again_and_its_death_is_told(tmp_path: Path):
    run = Run(tmp_path, service("one", POLITE))
    run.supervisor.start()
    run.until(lambda: "ready" in run.log("one"))
    first = run.pid("one")
    assert first
    os.kill(first, signal.SIGKILL)
    run.until(lambda: run.log("one").count("ready") == 2)
    assert run.pid("one") != first
    assert any("SIGKILL" in line for line in run.told)
    run.supervisor.stop()


def test_a_process_that_keeps_dying_is_started_ever_more_slowly(tmp_path: Path):
    run = Run(tmp_path, service("one", "raise SystemExit('no such thing')"))
    run.supervisor.start()
    run.until(lambda: len(run.told) >= 3)
    assert "in 0.05 s" in run.told[0]
    assert "in 0.1 s" in run.told[1]
    assert "no such thing" in run.told[0]
    run.supervisor.stop()


def test_who_does_not_listen_is_killed_with_all_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisors, "STOP_SECONDS_MAX", 0.3)
    run = Run(tmp_path, service("deaf", STUBBORN), service("kind", POLITE))
    run.supervisor.start()
    run.until(lambda: "child" in run.log("deaf") and "ready" in run.log("kind"))
    grandchild = int(run.log("deaf").split()[1])
    assert run.supervisor.stop() == ["deaf"]
    deadline = time.monotonic() + 10
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild)


def test_the_second_stage_outlives_the_first(tmp_path: Path):
    note = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print(time.monotonic_ns(), flush=True), sys.exit(0)))\n"
    )
    slow = note.replace("print(", "time.sleep(0.3), print(") + "print('up', flush=True)\nwhile True: time.sleep(0.02)"
    quick = note + "print('up', flush=True)\nwhile True: time.sleep(0.02)"
    run = Run(tmp_path, service("served", slow), service("serving", quick, stage=1))
    run.supervisor.start()
    run.until(lambda: "up" in run.log("served") and "up" in run.log("serving"))
    assert run.supervisor.stop() == []
    assert int(run.log("served").split()[-1]) < int(run.log("serving").split()[-1])


def test_only_warnings_reach_the_terminal_and_everything_reaches_the_log(tmp_path: Path):
    program = (
        "import json\n"
        "print('chatter', flush=True)\n"
        "print(json.dumps({'level': 'info', 'message': 'fine'}), flush=True)\n"
        "print(json.dumps({'level': 'error', 'message': 'broken'}), flush=True)\n" + POLITE
    )
    run = Run(tmp_path, service("one", program))
    run.supervisor.ready = True
    run.supervisor.start()
    run.until(lambda: "ready" in run.log("one"))
    assert len(run.told) == 1
    assert "broken" in run.told[0]
    assert all(word in run.log("one") for word in ("chatter", "fine", "broken"))
    run.supervisor.stop()


def test_a_signal_ends_the_run(tmp_path: Path):
    run = Run(tmp_path, service("one", POLITE))
    run.supervisor.start()
    threading.Timer(0.2, run.supervisor._signalled, (signal.SIGINT, None)).start()
    run.supervisor.run()
    assert run.supervisor.stop() == []
