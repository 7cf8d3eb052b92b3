"""Customers with keys, made through the services."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.test import Client as DjangoClient

from accounts.models import User
from accounts.models.sessions import Level
from accounts.services import clients, registration, second_factor, sessions
from accounts.services.second_factor import Proof
from apikeys.services import keys
from messaging.models import Channel, Purpose
from messaging.services import codes
from tests.apikeys.independent import Client, Signed
from tests.factories_messaging import pass_time_for_resend, read_code

PASSWORD = "correct horse battery staple"


def customer(email: str = "ada@example.com") -> User:
    """A customer by email, without an authenticator."""
    pass_time_for_resend()
    codes.send(purpose=Purpose.REGISTRATION, channel=Channel.EMAIL, destination=email, language="en", ip="127.0.0.1")
    return registration.register(
        email=email, password=PASSWORD, code=read_code(email), language="en", ip="127.0.0.1", user_agent="tests"
    )


def now_milliseconds() -> int:
    """The moment as signatures carry it."""
    return int(time.time() * 1000)


def key_code(user: User, purpose: Purpose = Purpose.API_KEY) -> str:
    """A fresh code for acts on API keys, as the customer reads it."""
    pass_time_for_resend()
    second_factor.send(user, second_factor.Method.EMAIL, purpose, language="en", ip="127.0.0.1")
    return read_code(user.email or "")


def proof(user: User, purpose: Purpose = Purpose.API_KEY) -> Proof:
    """The proof of an act on API keys."""
    return Proof(method="email", code=key_code(user, purpose))


def issue(
    user: User, *, scopes: tuple[str, ...] = ("read",), networks: tuple[str, ...] = (), expires_at: datetime | None = None
) -> keys.IssuedKey:
    """A new key of the customer."""
    return keys.create(
        customer=user,
        proof=proof(user),
        label="robot",
        scopes=scopes,
        networks=networks,
        expires_at=expires_at,
    )


def signer(issued: keys.IssuedKey) -> Client:
    """The independent client with this key."""
    return Client(issued.api_key.key, issued.secret)


def token(user: User) -> str:
    """The token of a full session."""
    opened = sessions.open_session(user=user, level=Level.FULL, client=clients.describe(ip="127.0.0.1", user_agent="tests"))
    return opened.token


def send(signed: Signed, *, ip: str = "127.0.0.1", **environ: Any) -> Any:
    """Send a signed request in process, as gunicorn would hand it over: with RAW_URI."""
    path, _, query = signed.target.partition("?")
    return DjangoClient(raise_request_exception=False).generic(
        signed.method,
        path,
        signed.body,
        content_type="application/json",
        headers=signed.headers,
        QUERY_STRING=query,
        REMOTE_ADDR=ip,
        **{"RAW_URI": signed.target, **environ},
    )
