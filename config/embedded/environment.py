"""The environment of development: drawn once, kept in `var/secrets`, handed to the processes and to nobody else."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from urllib.parse import quote

from config.embedded.console import Failure
from config.embedded.files import read_json, write_private
from config.embedded.places import Places
from config.embedded.ports import LOOPBACK, free_ports

INHERITED_NOT = {
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
    "SIGNER_KEY_FILE",
    "SIGNER_BITCOIN_KEY_FILE",
}
NAMES_OF_SECRETS = ("SECRET_KEY", "HASH_KEY", "KEY_ENCRYPTION_KEYS")


def development(places: Places, *, port: int, database_url: str, broker_url: str) -> dict[str, str]:
    """What every process of a run gets. Whatever the person has set already stays as it is."""
    smtp, sms, chain = free_ports(3)
    sender = quote("Quaestor <no-reply@quaestor.local>")
    values = {
        "QUAESTOR_MODE": "development",
        "QUAESTOR_VAR": str(places.var),
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": broker_url,
        "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "EMAIL_URL": f"smtp://{LOOPBACK}:{smtp}?from={sender}",
        "SMS_URL": f"http://{LOOPBACK}:{sms}/sms",
        "EVM_RPC_URL": f"http://{LOOPBACK}:{chain}",
        "PYTHONUNBUFFERED": "1",
        **drawn_secrets(places),
    }
    given = {name: value for name, value in os.environ.items() if name in values and value and name != "QUAESTOR_MODE"}
    if os.environ.get("QUAESTOR_MODE", "development") != "development":
        raise Failure("`make run` is for development; for production see README.md")
    return {**values, **given}


def drawn_secrets(places: Places) -> dict[str, str]:
    """Keys of this installation, drawn at the first start. Without them the data in `var/` can't be opened."""
    path = places.secrets / "keys.json"
    known = read_json(path)
    if not known:
        known = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "HASH_KEY": secrets.token_urlsafe(48),
            "KEY_ENCRYPTION_KEYS": "first:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        write_private(path, json.dumps(known, indent=1))
    return {name: str(known[name]) for name in NAMES_OF_SECRETS}


def whole(values: Mapping[str, str]) -> dict[str, str]:
    """The values on top of what was inherited, less what would mislead another Python."""
    return {**{name: value for name, value in os.environ.items() if name not in INHERITED_NOT}, **values}


def publish(places: Places, values: Mapping[str, str]) -> None:
    """Let `manage.py` find the running product."""
    write_private(places.run / "environment.json", json.dumps(dict(values), indent=1))


def withdraw(places: Places) -> None:
    """The product has stopped."""
    (places.run / "environment.json").unlink(missing_ok=True)


def adopt(places: Places) -> bool:
    """Take over the environment of the running product, for `manage.py` with nothing set. Whether there is one."""
    if "DATABASE_URL" in os.environ or os.environ.get("QUAESTOR_MODE", "development") != "development":
        return False
    published = read_json(places.run / "environment.json")
    for name, value in published.items():
        os.environ.setdefault(name, str(value))
    return bool(published)
