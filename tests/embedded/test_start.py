from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import environment, ports, totp
from config.embedded import places as places_module
from config.embedded.console import Failure
from config.embedded.installation import STAMP, ensure
from config.embedded.places import ROOT, Places


def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "QUAESTOR_MODE"}}
    return subprocess.run(
        [sys.executable, "-m", "config.embedded", *arguments],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.fixture
def inside(tmp_path: Path) -> dict[str, str]:
    """The second stage, in a `var/` of its own."""
    return {"QUAESTOR_VAR": str(tmp_path / "var"), "QUAESTOR_INSIDE": str(ROOT)}


def test_a_taken_port_is_named_with_a_way_out(inside: dict[str, str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = start("run", PORT=str(port), **inside)
    assert answer.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken by" in answer.stderr
    assert f"PORT={port + 1}" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("port", ["0", "70000", "http", "-1"])
def test_an_impossible_port_is_refused(inside: dict[str, str], port: str):
    answer = start("run", PORT=port, **inside)
    assert answer.returncode == 1
    assert answer.stderr.startswith("quaestor: PORT must be")


def test_a_database_that_does_not_answer_is_told_in_one_line(inside: dict[str, str]):
    (port,) = ports.free_ports(1)
    answer = start("run", PORT=str(ports.free_ports(1)[0]), DATABASE_URL=f"postgresql://nobody@127.0.0.1:{port}/x", **inside)
    assert answer.returncode == 1
    assert "the database of DATABASE_URL does not answer" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_an_unknown_command_shows_the_usage(inside: dict[str, str]):
    answer = start("walk", **inside)
    assert answer.returncode == 2
    assert answer.stderr.startswith("usage:")


def test_a_full_disk_is_told_before_anything_is_written(places: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places_module, "FREE_BYTES_MIN", 2**62)
    with pytest.raises(Failure, match="too full"):
        places.prepare()


def test_secrets_are_drawn_once_and_kept_private(places: Places):
    first = environment.drawn_secrets(places)
    assert environment.drawn_secrets(places) == first
    assert (places.secrets / "keys.json").stat().st_mode & 0o777 == 0o600
    assert len(set(first.values())) == 3


def test_what_the_person_set_stays(places: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUAESTOR_MODE", "development")
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example:25")
    values = environment.development(places, port=8000, database_url="postgresql://x", broker_url="pgmq://")
    assert values["EMAIL_URL"] == "smtp://mail.example:25"
    assert len({values["SMS_URL"], values["EVM_RPC_URL"]}) == 2


def test_production_is_not_run_by_the_development_command(places: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUAESTOR_MODE", "production")
    with pytest.raises(Failure, match="for development"):
        environment.development(places, port=8000, database_url="", broker_url="")


def test_the_command_line_joins_a_running_product(places: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUAESTOR_MODE", "development")
    monkeypatch.delenv("DATABASE_URL")
    assert environment.adopt(places) is False
    environment.publish(places, {"DATABASE_URL": "postgresql://running"})
    with monkeypatch.context() as scope:
        scope.setattr(os, "environ", dict(os.environ))
        assert environment.adopt(places) is True
        assert os.environ["DATABASE_URL"] == "postgresql://running"
    environment.withdraw(places)
    assert environment.adopt(places) is False


def test_the_signers_key_is_not_inherited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIGNER_KEY_FILE", "/somewhere")
    assert "SIGNER_KEY_FILE" not in environment.whole({})


def test_an_installed_environment_is_left_alone(tmp_path: Path):
    here = Places(tmp_path, tmp_path / "var")
    here.prepare()
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "development.lock"
    lock.write_text("nothing==1\n")
    here.python.parent.mkdir(parents=True)
    here.python.symlink_to(sys.executable)
    import hashlib

    (here.venv / STAMP).write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
    assert ensure(here) == here.python


def test_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [totp.code_now(secret, at) for at in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


@pytest.mark.parametrize("python", sorted(Path.home().glob(".pyenv/versions/[23].[0-9]*/bin/python")) or [None])
def test_an_old_python_is_told_so(python: Path | None):
    if python is None:
        pytest.skip("no other Python is here")
    code = "import sys; sys.stdout.write('%d %d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    if (int(version[0]), int(version[1])) >= (3, 11):
        pytest.skip("this one is new enough")
    answer = subprocess.run([python, "-m", "config.embedded", "run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "needs Python 3.11 or newer" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_state_files_are_whole(tmp_path: Path):
    from config.embedded.files import read_json, write_private

    write_private(tmp_path / "a.json", json.dumps({"a": 1}))
    assert read_json(tmp_path / "a.json") == {"a": 1}
    assert read_json(tmp_path / "absent.json") == {}


def test_a_set_up_is_done_again_only_for_other_code(tmp_path: Path):
    from config.embedded.setup import code_fingerprint

    here = Places(tmp_path, tmp_path / "var")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "development.lock").write_text("nothing==1\n")
    (tmp_path / "wallet").mkdir()
    (tmp_path / "wallet" / "models.py").write_text("a = 1\n")
    first = code_fingerprint(here)
    assert code_fingerprint(here) == first
    (tmp_path / "wallet" / "models.py").write_text("a = 2\n")
    assert code_fingerprint(here) != first
