"""EMAIL_URL and SMS_URL: the providers of a channel, best first, as URLs parted by spaces.

| URL | carrier |
|---|---|
| `smtp(s)://user:password@host:port?from=…&tls=1` | a mail server; `tls=1` is STARTTLS |
| `anymail+<service>://key@?from=…` | an email service of django-anymail, see `EMAIL_SERVICES` |
| `http(s)://user:password@host/path` | an SMS gateway that speaks our own few lines of JSON |
| `twilio://sid:token@?from=%2B1555…` or `?service=MG…` | Twilio's Messages API |
| `aliyun://key:secret@?sign=…&template=SMS_…` | Aliyun's SendSms |

A host and path in the URL of a service replace its own endpoint (`@api.eu.mailgun.net/v3?…`); `tls=0` speaks to it in
the clear, which production refuses. `name=` names a carrier in evidence and breaker; without it the kind does, the second
of a kind with a number behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

CARRIERS_MAX = 5
"""Carriers of one channel: a worker asks one after the other within one lease."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}", re.ASCII)
EMAIL_SERVICES: Final[dict[str, tuple[str, ...]]] = {
    "amazon_ses": ("access_key", "secret_key"),
    "brevo": ("api_key",),
    "mailersend": ("api_token",),
    "mailgun": ("api_key",),
    "mailjet": ("api_key", "secret_key"),
    "mailtrap": ("api_token",),
    "mandrill": ("api_key",),
    "postal": ("api_key",),
    "postmark": ("server_token",),
    "resend": ("api_key",),
    "scaleway": ("secret_key",),
    "sendgrid": ("api_key",),
    "sparkpost": ("api_key",),
    "unisender_go": ("api_key",),
}
"""The services of django-anymail, and what stands before and after the colon of their URL."""
SERVICE_OPTIONS: Final = frozenset({"message_stream", "sender_domain", "subaccount", "project_id", "region", "sandbox_id"})
SERVICE_NEEDS: Final[dict[str, tuple[str, ...]]] = {"scaleway": ("project_id",), "amazon_ses": ("region",)}
HOST_NEEDED: Final = frozenset({"postal", "unisender_go"})


@dataclass(frozen=True, repr=False)
class Carrier:
    """One provider as its URL tells it. Never shown in a `repr`: it holds credentials."""

    name: str
    kind: str
    encrypted: bool
    endpoint: str
    """The base address, without credentials; empty for a service's own."""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def email_carriers(text: str, *, variable: str = "EMAIL_URL") -> tuple[Carrier, ...]:
    """The providers of email. Raises ImproperlyConfigured, whose words show no credentials."""
    return _carriers(text, variable, _email)


def sms_carriers(text: str, *, variable: str = "SMS_URL") -> tuple[Carrier, ...]:
    """The providers of SMS. Raises ImproperlyConfigured, whose words show no credentials."""
    return _carriers(text, variable, _sms)


def _carriers(text: str, variable: str, check: Callable[[Carrier], str]) -> tuple[Carrier, ...]:
    urls = text.split()
    if not 1 <= len(urls) <= CARRIERS_MAX:
        raise ImproperlyConfigured(f"{variable} must hold between one and {CARRIERS_MAX} URLs, parted by spaces")
    found: list[Carrier] = []
    for number, url in enumerate(urls, start=1):
        try:
            carrier = _read(url)
            problem = check(carrier)
        except ValueError:
            raise ImproperlyConfigured(f"{variable}: the URL number {number} is none") from None
        if problem:
            raise ImproperlyConfigured(f"{variable}: the URL number {number} can't be used: {problem}")
        found.append(_named(carrier, [one.name for one in found], variable))
    return tuple(found)


def _read(url: str) -> Carrier:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    kind = parts.scheme.replace("-", "_")
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if parts.port:
        place = f"{place}:{parts.port}"
    if kind in {"http", "https"}:
        encrypted, endpoint = kind == "https", urlunsplit((kind, place, parts.path or "/", parts.query, ""))
        options = {}
    else:
        encrypted = options.get("tls", "0") == "1" if kind == "smtp" else kind == "smtps" or options.get("tls", "1") != "0"
        scheme = "https" if encrypted else "http"
        endpoint = urlunsplit((scheme, place, parts.path or "/", "", "")) if place else ""
    return Carrier(
        name=options.get("name", ""),
        kind=kind,
        encrypted=encrypted,
        endpoint=endpoint,
        host=host,
        port=parts.port or 0,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        options=options,
    )


def _email(carrier: Carrier) -> str:
    """What is wrong with it, or nothing."""
    if carrier.kind in {"smtp", "smtps"}:
        return "" if carrier.host else "smtp://… names no host"
    service = carrier.kind.removeprefix("anymail+")
    if service == carrier.kind or service not in EMAIL_SERVICES:
        known = ", ".join(sorted(EMAIL_SERVICES)).replace("_", "-")
        return f"smtp://…, smtps://… or anymail+<service>://… is due, where the services are {known}"
    credentials = EMAIL_SERVICES[service]
    if not carrier.user or (len(credentials) > 1 and not carrier.password):
        return f"anymail+{service} needs {' and '.join(credentials)} before the @"
    if missing := [need for need in ("from", *SERVICE_NEEDS.get(service, ())) if not carrier.options.get(need)]:
        return f"anymail+{service} needs {', '.join(missing)} behind the ?"
    if service in HOST_NEEDED and not carrier.host:
        return f"anymail+{service} has no endpoint of its own: the URL must name the host"
    return _unknown(carrier, {"from", "tls", "name", *SERVICE_OPTIONS})


def _sms(carrier: Carrier) -> str:
    """What is wrong with it, or nothing."""
    if carrier.kind in {"http", "https"}:
        return "" if carrier.host else "it names no host"
    if carrier.kind not in {"twilio", "aliyun"}:
        return "https://…, twilio://… or aliyun://… is due"
    if not (carrier.user and carrier.password):
        return f"{carrier.kind}:// needs its id and its secret before the @"
    if carrier.kind == "twilio":
        if bool(carrier.options.get("from")) == bool(carrier.options.get("service")):
            return "twilio:// needs either from= or service="
        return _unknown(carrier, {"from", "service", "tls", "name"})
    if not (carrier.options.get("sign") and carrier.options.get("template")):
        return "aliyun:// needs sign= and template="
    templates = {option for option in carrier.options if option.startswith("template.")}
    return _unknown(carrier, {"sign", "template", "notice", "region", "tls", "name"} | templates)


def _unknown(carrier: Carrier, known: set[str]) -> str:
    unknown = sorted(set(carrier.options) - known)
    return f"nobody knows the options {', '.join(unknown)}" if unknown else ""


KIND_NAMES: Final = {"smtps": "smtp", "http": "sms-http", "https": "sms-http"}


def _named(carrier: Carrier, taken: list[str], variable: str) -> Carrier:
    """The carrier with a name that no other of its channel has: breaker and evidence go by it."""
    given = carrier.name
    if given and (not NAME.fullmatch(given) or given in taken):
        raise ImproperlyConfigured(f"{variable}: name= must be unique, short and plain")
    plain = KIND_NAMES.get(carrier.kind, carrier.kind.removeprefix("anymail+"))
    name, number = given or plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    return Carrier(**{**vars(carrier), "name": name})
