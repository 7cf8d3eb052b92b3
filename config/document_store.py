"""KYC_STORAGE_URL: where the sealed documents lie.

| URL | store |
|---|---|
| a path, or `file:///path` | a private directory of this machine; production refuses it |
| `s3://key:secret@host:port/bucket/prefix?region=…&tls=1` | a server that speaks S3; `tls=0` is for development |
| `s3:///bucket/prefix?region=…` | Amazon's own; also without credentials, as in the next line |

Without `key:secret@` the usual sources of credentials are asked: AWS_ACCESS_KEY_ID, profiles, the machine's role.
`acl=none` names no ACL with an object, for buckets that take none; otherwise each object is written as private.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from botocore.config import Config
from django.core.exceptions import ImproperlyConfigured

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 8
ATTEMPTS_MAX: Final = 2
"""Attempts of one call: a customer waits, and is told to come again."""
OPTIONS: Final = frozenset({"region", "tls", "acl"})


@dataclass(frozen=True, repr=False)
class DocumentStore:
    """A store as its URL tells it. Never shown in a `repr`: it holds credentials."""

    local: bool
    encrypted: bool
    """Whether it is spoken to over TLS."""
    backend: dict[str, Any] = field(default_factory=dict)
    """The entry of Django's STORAGES."""


def document_store(url: str, *, variable: str = "KYC_STORAGE_URL") -> DocumentStore:
    """The store of the documents. Raises ImproperlyConfigured, whose words show no credentials."""
    try:
        parts = urlsplit(url)
        problem = _problem(parts)
    except ValueError:
        raise ImproperlyConfigured(f"{variable} is no URL and no path") from None
    if problem:
        raise ImproperlyConfigured(f"{variable} can't be used: {problem}")
    if parts.scheme == "s3":
        return _s3(parts)
    return _directory(Path(unquote(parts.path) if parts.scheme == "file" else url))


def _problem(parts: SplitResult) -> str:
    """What is wrong with it, or nothing."""
    if not parts.scheme:
        return ""
    if parts.scheme == "file":
        return "" if parts.path.startswith("/") and not parts.netloc else "file:// needs an absolute path and no host"
    if parts.scheme != "s3":
        return "a path, file:///… or s3://… is due"
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - OPTIONS):
        return f"nobody knows the options {', '.join(unknown)}"
    if not parts.path.strip("/") or parts.path.startswith("//"):
        return "s3://… names no bucket"
    if bool(parts.username) != bool(parts.password):
        return "s3://… needs both the key and the secret before the @, or neither"
    if options.get("tls", "1") not in {"0", "1"}:
        return "tls= is 0 or 1"
    if options.get("acl", "private") not in {"private", "none"}:
        return "acl= is private or none: a document is never public"
    if parts.port == 0:
        return "its port is none"
    return "" if parts.hostname or options.get("region") else "without a host the region is needed"


def _directory(path: Path) -> DocumentStore:
    options = {
        "location": path,
        "base_url": None,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    return DocumentStore(local=True, encrypted=True, backend=backend)


def _s3(parts: SplitResult) -> DocumentStore:
    query = dict(parse_qsl(parts.query))
    encrypted = query.get("tls", "1") == "1"
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "location": prefix,
        "region_name": query.get("region", "us-east-1"),
        "use_ssl": encrypted,
        "default_acl": None if query.get("acl") == "none" else "private",
        "file_overwrite": True,  # names are random: asking first whether one is free would cost a call
        "client_config": Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if parts.hostname else "auto"},
        ),
    }
    if parts.hostname:
        place = parts.netloc.rpartition("@")[2]
        options["endpoint_url"] = f"{'https' if encrypted else 'http'}://{place}"
    if parts.username:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    return DocumentStore(
        local=False, encrypted=encrypted, backend={"BACKEND": "config.kit.objects.PrivateS3", "OPTIONS": options}
    )
