"""Reading the environment for `config.settings`: typed, with development defaults, all complaints at once."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict, make_conninfo

SECRET_LENGTH_MIN = 32
"""Characters of a production secret at the least."""


class Environment:
    """Typed reads of the environment. What production must give itself is remembered until `finish`."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.missing: list[str] = []
        self.weak: list[str] = []
        self.unreadable: list[str] = []

    def text(self, name: str, *, default: str, production_needs: bool = False) -> str:
        """The value, or `default`; `production_needs` makes its absence a complaint in production."""
        value = self.values.get(name, "").strip()
        if value:
            return value
        if production_needs:
            self.missing.append(name)
        return default

    def secret(self, name: str, *, development: str) -> str:
        """A secret. Production refuses its absence, the development value, and anything short."""
        value = self.text(name, default=development, production_needs=True)
        if value != development and len(value) < SECRET_LENGTH_MIN:
            self.weak.append(f"{name} is shorter than {SECRET_LENGTH_MIN} characters")
        if "development" in value.lower() or value == development:
            self.weak.append(f"{name} is a development value")
        return value

    def choice(self, name: str, options: tuple[str, ...], *, default: str) -> str:
        """One of the options; anything else is a complaint at once."""
        value = self.text(name, default=default)
        if value not in options:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {value!r}")
        return value

    def integer(self, name: str, *, default: int, production_needs: bool = False) -> int:
        """A whole number that is not negative."""
        text = self.text(name, default=str(default), production_needs=production_needs)
        if not (text.isascii() and text.isdigit()):
            self.unreadable.append(f"{name} must be a whole number")
            return default
        return int(text)

    def boolean(self, name: str, *, default: bool) -> bool:
        """`1/true/yes/on` or `0/false/no/off`."""
        text = self.text(name, default="1" if default else "0").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self.unreadable.append(f"{name} must be true or false")
        return False

    def list(self, name: str, *, default: list[str], production_needs: bool = False) -> list[str]:
        """Values parted by commas."""
        text = self.text(name, default=",".join(default), production_needs=production_needs)
        return [part.strip() for part in text.split(",") if part.strip()]

    def finish(self, *, production: bool) -> None:
        """Raise ImproperlyConfigured with everything that is wrong."""
        complaints = list(self.unreadable)
        if production:
            complaints += [f"{name} is not set" for name in self.missing]
            complaints += [weak for weak in self.weak if weak.split()[0] not in self.missing]
        if complaints:
            raise ImproperlyConfigured("The environment is not fit to start with: " + "; ".join(complaints) + ".")


def key_encryption_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64` as keys by id, in order. Raises ImproperlyConfigured."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != 32:
            raise ImproperlyConfigured("KEY_ENCRYPTION_KEYS must be id:base64 of 32 bytes, parted by commas")
        keys[key_id] = key
    return keys


def blind_index_keys(text: str, *, hash_key: bytes) -> dict[str, bytes]:
    """`1:base64,2:base64` as keys by their number, which is their column's; without a text the hash key alone is number 1.

    In the place of a key may stand `HASH_KEY`: what was indexed before there were other keys. Raises ImproperlyConfigured.
    """
    keys: dict[str, bytes] = {}
    for part in text.split(",") if text else ["1:HASH_KEY"]:
        number, _, encoded = part.strip().partition(":")
        try:
            key = hash_key if encoded == "HASH_KEY" else base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if number not in {"1", "2"} or number in keys or len(key) < 32:
            raise ImproperlyConfigured("BLIND_INDEX_KEYS must be 1: or 2: and HASH_KEY or base64 of 32 bytes, parted by commas")
        keys[number] = key
    return keys


def database(url: str, *, lock_timeout_ms: int, statement_timeout_ms: int, pgbouncer: bool, test_name: str) -> dict[str, Any]:
    """Django's settings of a PostgreSQL URL; `?host=/dir` names a socket. Behind PgBouncer nothing is prepared or pooled."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "options": f"-c lock_timeout={lock_timeout_ms} -c statement_timeout={statement_timeout_ms}",
        "connect_timeout": 5,
        "application_name": "quaestor",
    }
    host = query.pop("host", "") or unquote(parts.hostname or "")
    options.update(query)
    if not pgbouncer:
        options["prepare_threshold"] = 2
    else:
        del options["options"]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pgbouncer else 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pgbouncer,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
        "TEST": {"NAME": test_name or None},
    }


def pgmq_options(url: str, database_url: str) -> dict[str, Any]:
    """Options of the broker on PostgreSQL: `pgmq://…` names its database; `pgmq://` alone means `database_url`."""
    own = url.removeprefix("pgmq://").rstrip("/")  # the client reads libpq's key=value form, and sockets in no other
    return {
        "conn_string": make_conninfo("", **conninfo_to_dict(f"postgresql://{own}" if own else database_url)),
        "init_extension": False,  # plain SQL, installed by `manage.py install_broker`
        "use_notify": True,  # LISTEN wakes the worker within milliseconds; the poll finds what a lost wake-up left
        "polling_interval": 1.0,
        "wait_time_seconds": 0,  # a long poll would hold up the answers of the worker's children
        "visibility_timeout": 120,  # seconds until the messages of a killed worker come again
        "pool_size": 2,
        "pool_timeout": 5,
    }
