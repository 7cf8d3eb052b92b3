"""`make run`: from whatever is there to a running product, and back to nothing on Ctrl-C."""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.embedded import environment, ports
from config.embedded.console import Failure, Steps, complain, say
from config.embedded.files import read_json
from config.embedded.places import Places
from config.embedded.services import services
from config.embedded.setup import Database, hot_wallet, open_database, set_up
from config.embedded.supervisor import Supervisor
from config.embedded.totp import code_now

PORT_DEFAULT = 8000
READY_SECONDS_MAX = 90


def run(places: Places) -> int:
    """Run the product until Ctrl-C. Exit code 0 where all ended by itself. Raises Failure."""
    steps = Steps()
    port = _port()
    with (places.run / "run.lock").open("a") as lock:
        _claim(places, lock.fileno())
        ports.require_free(port)
        database = open_database(places)
        try:
            steps.done("PostgreSQL" + (f" in {database.cluster.isolation.data}" if database.cluster else " of DATABASE_URL"))
            return _run(places, database, port, steps)
        finally:
            environment.withdraw(places)
            if database.stop():
                say("PostgreSQL has shut down")


def _run(places: Places, database: Database, port: int, steps: Steps) -> int:
    values = environment.development(places, port=port, database_url=database.application_url, broker_url=database.broker_url)
    key, address = hot_wallet(places, values)
    values.setdefault("EVM_HOT_WALLET_ADDRESS", os.environ.get("EVM_HOT_WALLET_ADDRESS") or address)
    shown = set_up(places, database, values)
    steps.done("schema and reference data")
    environment.publish(places, values)
    supervisor = Supervisor(
        services(places, values, port=port, signer_key=key),
        directory=places.root,
        logs=places.logs,
        state=places.run / "processes.json",
        verbose=bool(os.environ.get("VERBOSE")),
    )
    supervisor.install_signals()
    try:
        supervisor.start()
        if supervisor.wait_until(lambda: _ready(port, values), READY_SECONDS_MAX):
            steps.done(f"{len(supervisor.children)} processes")
            _welcome(places, values, shown, steps.seconds)
        elif not supervisor.ending.is_set():
            raise Failure(f"the product was not ready within {READY_SECONDS_MAX} s; see {places.logs}")
        supervisor.run()
    finally:
        say("\nStopping …")
        killed = supervisor.stop()
    if killed:
        complain(f"had to be killed: {', '.join(killed)}")
    return 1 if killed else 0


def _port() -> int:
    text = os.environ.get("PORT", "").strip() or str(PORT_DEFAULT)
    if not (text.isascii() and text.isdigit()):
        raise Failure(f"PORT must be a number, not {text!r}")
    return int(text)


def _claim(places: Places, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        where = read_json(places.run / "environment.json").get("PUBLIC_URL", "it is starting")
        raise Failure(f"the product of this directory runs already: {where}") from None


def _ready(port: int, values: Mapping[str, str]) -> bool:
    doors = [urlsplit(values[name].split()[0]) for name in ("EMAIL_URL", "SMS_URL", "EVM_RPC_URL")]
    return _answers_ready(port) and all(_listens(door.hostname or ports.LOOPBACK, door.port or 80) for door in doors)


def _answers_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _welcome(places: Places, values: Mapping[str, str], shown: Mapping[str, Any], seconds: float) -> None:
    url = values["PUBLIC_URL"]
    say(f"\nQuaestor is ready after {seconds:.1f} s\n")
    say(f"  API and its documentation   {url}/api/v1/docs/")
    say(f"  Staff desk                  {url}/admin/")
    say(f"  Caught mail and SMS         {url}/outbox/")
    say(f"  Logs, one for each process  {_short(places.logs)}\n")
    for officer in shown.get("officers", []):
        say(f"  Officer {officer['email']} ({', '.join(officer['roles'])})")
        say(f"    password {officer['password']}   authenticator {officer['totp_secret']}")
        say(f"    code now {code_now(officer['totp_secret'])}")
    say("\n  In a second terminal: make demo    (N=20 for more customers)")
    say("  Ctrl-C stops everything\n")


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
