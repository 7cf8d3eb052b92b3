"""The processes of the product, as development runs them. Production runs the same commands (see deploy/)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from config.embedded.child import Service
from config.embedded.environment import whole
from config.embedded.places import Places
from config.embedded.ports import LOOPBACK

WORKER_PROCESSES = 2
WORKER_OPTIONS = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")
BEHIND = 5
"""Niceness of what nobody waits for at the start: on two processors the web is ready in half the time."""


def services(places: Places, values: Mapping[str, str], *, port: int, signer_key: Path) -> list[Service]:
    """Web first: it takes longest to be ready, and everybody waits for it."""
    python = str(places.python)
    manage = (python, "manage.py")
    celery = (python, "-m", "celery", "-A", "config.celery")
    environment = whole(values)
    signing = {**environment, "SIGNER_KEY_FILE": str(signer_key)}
    chain_port = str(urlsplit(values["EVM_RPC_URL"]).port)
    return [
        Service(
            "web",
            (python, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "--bind", f"{LOOPBACK}:{port}", "config.wsgi"),
            environment,
        ),
        Service("chain", (*manage, "run_chain", "--port", chain_port), environment, stage=1),
        Service("post", (*manage, "catch_messages"), environment, stage=1),
        Service(
            "worker",
            (*celery, "worker", "--concurrency", str(WORKER_PROCESSES), *WORKER_OPTIONS),
            environment,
            niceness=BEHIND,
        ),
        Service(
            "beat",
            (*celery, "beat", "--loglevel", "WARNING", "--schedule", str(places.run / "beat-schedule"), "--pidfile", ""),
            environment,
            niceness=BEHIND,
        ),
        Service("signer", (*manage, "run_signer"), signing, niceness=BEHIND),
        Service("watcher", (*manage, "run_watcher"), environment, niceness=BEHIND),
    ]
