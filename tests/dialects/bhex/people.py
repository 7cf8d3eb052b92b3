"""Clients of bhex as tests drive them, and customers who got where they are through bhex alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.test import Client

from tests.factories_messaging import pass_time_for_resend, read_code

PASSWORD = "correct horse 9 battery"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


DIGEST = md5(PASSWORD)


class Browser:
    """The web client: it keeps cookies and sends forms without escaping them."""

    def __init__(self, ip: str = "127.0.0.1", lang: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.ip, self.lang = ip, lang

    def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Any:
        raw = "&".join(f"{name}={value}" for name, value in (fields or {}).items()).encode()
        return self.call("POST", path, raw, "application/x-www-form-urlencoded", **headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, b"", "", **headers)

    def call(self, method: str, path: str, raw: bytes, content_type: str, **headers: str) -> Any:
        sent = {"Accept-Language": self.lang, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.generic(method, path, raw, content_type=content_type, headers=sent, REMOTE_ADDR=self.ip)

    def upload(self, path: str, fields: dict[str, Any]) -> Any:
        return self.client.post(path, fields, REMOTE_ADDR=self.ip)


@dataclass
class Person:
    """Who signs up: by a phone of mainland China, or by email."""

    number: int
    browser: Browser

    @property
    def mobile(self) -> str:
        return f"186{self.number:08d}"

    @property
    def phone(self) -> str:
        return f"+86{self.mobile}"

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"


_count = 0


def somebody() -> Person:
    global _count  # noqa: PLW0603  # each person is another one
    _count += 1
    return Person(10_000 + _count, Browser())


def order(browser: Browser, path: str, fields: dict[str, Any]) -> str:
    """Ask for a code, whenever the last one was sent, and answer its order."""
    pass_time_for_resend()
    cache.clear()
    answer = browser.post(path, fields)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["orderId"])


def sms_code(person: Person, kind: int) -> dict[str, str]:
    """Order and code of a public SMS of this type."""
    fields = {"national_code": "86", "mobile": person.mobile, "type": kind}
    return {
        "order_id": order(person.browser, "/api/common/send_sms_verify_code", fields),
        "verify_code": read_code(person.phone),
    }


def email_code(person: Person, kind: int) -> dict[str, str]:
    """Order and code of a public mail of this type."""
    fields = {"email": person.email, "type": kind}
    made = order(person.browser, "/api/common/send_email_verify_code", fields)
    return {"order_id": made, "verify_code": read_code(person.email)}


def own_code(person: Person, kind: int, receiver: int = 1) -> dict[str, str]:
    """Order and code that a signed-in customer asked for: 1 by SMS, 2 by email."""
    made = order(person.browser, "/api/user/send_verify_code", {"receiver_type": receiver, "type": kind})
    return {"order_id": made, "verify_code": read_code(person.phone if receiver == 1 else person.email)}


def signed_up(by: str = "mobile") -> Person:
    """A new customer, signed in."""
    person = somebody()
    both = {"password1": DIGEST, "password2": DIGEST}
    if by == "mobile":
        fields = {"national_code": "86", "mobile": person.mobile, **both, **sms_code(person, 1)}
    else:
        fields = {"email": person.email, **both, **email_code(person, 1)}
    answer = person.browser.post(f"/api/user/{by}_sign_up", fields)
    assert answer.status_code == 200, answer.content
    return person


def waiting(person: Person) -> dict[str, Any]:
    """The answer to the first step of a log-in in a new browser, which waits for the second."""
    person.browser = Browser()
    fields = {"national_code": "86", "mobile": person.mobile, "password": DIGEST}
    answer = person.browser.post("/api/user/mobile_authorize", fields)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def login_code(person: Person, request_id: str, receiver: int = 1) -> dict[str, Any]:
    """What the second step of a log-in takes."""
    path = "/api/user/send_verify_code/authorize_advance"
    made = order(person.browser, path, {"receiver_type": receiver, "request_id": request_id})
    code = read_code(person.phone if receiver == 1 else person.email)
    return {"request_id": request_id, "auth_type": receiver, "order_id": made, "verify_code": code}
