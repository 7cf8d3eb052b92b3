"""What `make run` starts, and what it hands to whom."""

from __future__ import annotations

from pathlib import Path

from django.core.management import get_commands

from config.embedded.places import ROOT, Places
from config.embedded.services import services

VALUES = {"EVM_RPC_URL": "http://127.0.0.1:9999", "DATABASE_URL": "postgresql://somewhere"}


def made() -> dict[str, tuple[tuple[str, ...], dict[str, str], int]]:
    here = Places(ROOT, ROOT / "var")
    return {
        service.name: (service.command, dict(service.environment), service.stage)
        for service in services(here, VALUES, port=8000, signer_key=Path("/secret/signer.key"))
    }


def test_every_process_has_its_command():
    known = get_commands()
    for command, _, _ in made().values():
        if command[1] == "manage.py":
            assert command[2] in known


def test_only_the_signer_knows_where_the_key_is():
    holders = [name for name, (_, environment, _) in made().items() if "SIGNER_KEY_FILE" in environment]
    assert holders == ["signer"]


def test_what_others_need_is_stopped_last():
    assert {name for name, (_, _, stage) in made().items() if stage == 1} == {"chain", "post"}


def test_the_worker_and_the_beat_are_processes_of_their_own():
    processes = made()
    assert "worker" in processes["worker"][0]
    assert "beat" in processes["beat"][0]
    assert not any("-B" in command for command, _, _ in processes.values())
