"""Clients of bitgin as tests drive them, and customers who got where they are through bitgin alone."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from messaging.services import captchas
from tests import factories_accounts as make
from tests.factories_messaging import pass_time_for_resend, read_code

PASSWORD = "correct horse 9 battery"
_numbers = itertools.count(1)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DIGEST = sha256(PASSWORD)


@dataclass
class Caller:
    """An app: it keeps the token of the header `token`, and cookies only where it is told to."""

    token: str = ""
    keeps_cookies: bool = False
    prefix: str = "/v1"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, raw: bytes = b"", content_type: str = "application/json", **headers: str) -> Any:
        sent = {
            **({"token": self.token} if self.token else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        answer = self.client.generic(method, f"{self.prefix}/{path}", raw, content_type=content_type, headers=sent)
        if not self.keeps_cookies:
            self.client.cookies.clear()
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, json.dumps({} if body is None else body).encode(), **headers)

    def captcha(self) -> dict[str, str]:
        """A fresh captcha, solved."""
        drawn = self.get("captcha/image").json()["data"]
        return {"captchaId": drawn["captchaId"], "captchaNumber": captchas.read_answer(drawn["captchaId"])}


@dataclass
class Person:
    """Who signs up."""

    number: int
    caller: Caller = field(default_factory=Caller)

    @property
    def username(self) -> str:
        return f"person{self.number}"

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"

    @property
    def phone(self) -> str:
        return f"+8869{self.number:08d}"

    @property
    def user(self) -> User:
        return User.objects.get(email=self.email)

    def register(self, **changes: Any) -> Any:
        """Ask for an account, whenever the last code was sent."""
        pass_time_for_resend()
        said = {"username": self.username, "email": self.email, "password": DIGEST, **self.caller.captcha(), **changes}
        return self.caller.post("register", said)

    def verify(self, **changes: Any) -> Any:
        """Show the code that was mailed."""
        said = {"loginName": self.username, **({} if "code" in changes else {"code": read_code(self.email)}), **changes}
        return self.caller.post("verify", said)

    def log_in(self, **changes: Any) -> Any:
        """Log in, and keep the token."""
        answer = self.caller.post("login", {"loginName": self.username, "password": DIGEST, **changes})
        self.caller.token = answer.headers.get("token", self.caller.token)
        return answer


def somebody() -> Person:
    return Person(next(_numbers))


def registered() -> Person:
    """A customer who waits for the mailed code."""
    person = somebody()
    answer = person.register()
    assert answer.status_code == 200, answer.content
    return person


def activated() -> Person:
    """A new customer, signed out."""
    person = registered()
    answer = person.verify()
    assert answer.status_code == 200, answer.content
    pass_time_for_resend()
    return person


def signed_in() -> Person:
    """A new customer, signed in."""
    person = activated()
    answer = person.log_in()
    assert answer.status_code == 200, answer.content
    return person


def bind_totp(person: Person) -> make.App:
    """Give the customer an authenticator, by the service."""
    return make.bind_totp(person.user, password=PASSWORD)


def refused(answer: Any, status: int, code: int, data: Any = None) -> None:
    """The answer is this refusal, whole."""
    body = answer.json()
    assert set(body) == {"code", "msg", "time", "data", "success"}
    assert (answer.status_code, body["code"], body["success"], body["data"]) == (status, code, False, data), body
