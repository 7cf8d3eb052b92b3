"""Clients of bitflex as tests drive them."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from tests import factories_accounts as make
from tests.factories_messaging import pass_time_for_resend

WEB = {"session_id": "s", "sig": "pass", "token": "t", "scene": "ic_message"}
APP = json.dumps({"device_id": "1", "app_version": "1.2.1", "os_version": "4.3.1", "client_type": "ANDRIOD"})
SALT = "DZO%0JW$JTJk"
_numbers = itertools.count(1)


def digest(password: str) -> str:
    return hashlib.md5((password + SALT).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Caller:
    """A client with its token."""

    token: str = ""
    lang: str = "en-US"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"lang": self.lang, **({"token": self.token} if self.token else {}), **headers}
        return self.client.post(path, json.dumps({} if body is None else body), content_type="application/json", headers=sent)


def mobile() -> str:
    return f"187{next(_numbers):08d}"


def signed_in(*, phone: str | None = None) -> tuple[Caller, User]:
    """A customer, by the phone or by an email, and a client with the token of a full session."""
    user = make.customer(phone=f"+86{phone}" if phone else None)
    pass_time_for_resend()
    return Caller(make.token_of(user)), user
