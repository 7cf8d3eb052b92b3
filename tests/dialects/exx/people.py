"""Browsers of exx as tests drive them, and customers who got where they are through exx alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.core.cache import cache
from django.test import Client

from messaging.services import captchas
from tests.factories_messaging import pass_time_for_resend, read_code

PREFIX = "/api/web/v2_2/"
PASSWORD = "correct horse 9 battery"
SAFE = "safe horse 7 staple"
SEND = {"type": 1, "countryCode": "86", "mobileNumber": "rsa:18900000001"}
"""A code to register, as `filled` takes it."""
GONE = object()
"""A field that is left out."""
_count = 0


class Browser:
    """The web client: it keeps cookies, reads the key of its session, and sends forms that escape nothing."""

    def __init__(self, ip: str = "127.0.0.1", lang: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.ip, self.lang = ip, lang
        self.key: rsa.RSAPublicKey | None = None

    def post(self, name: str, fields: dict[str, Any] | None = None, **headers: str) -> Any:
        raw = "&".join(f"{name}={value}" for name, value in (fields or {}).items()).encode()
        return self._call("POST", name, raw, "application/x-www-form-urlencoded", headers)

    def json(self, name: str, body: Any) -> Any:
        return self.client.post(PREFIX + name, body, content_type="application/json", REMOTE_ADDR=self.ip)

    def get(self, name: str, **headers: str) -> Any:
        return self._call("GET", name, b"", "", headers)

    def _call(self, method: str, name: str, raw: bytes, content_type: str, headers: dict[str, str]) -> Any:
        sent = {"Accept-Language": self.lang, **headers}
        return self.client.generic(method, PREFIX + name, raw, content_type=content_type, headers=sent, REMOTE_ADDR=self.ip)

    def read_key(self) -> str:
        """Ask for the public key; its text."""
        cache.clear()
        answer = self.get("getPubTag")
        assert code(answer) == "1000", answer.content
        text = str(answer.json()["datas"]["pubTag"])
        key = load_der_public_key(base64.b64decode(text))
        assert isinstance(key, rsa.RSAPublicKey)
        self.key = key
        return text

    def rsa(self, text: str) -> str:
        """The text, encrypted under the key of this session."""
        if self.key is None:
            self.read_key()
        assert self.key is not None
        return base64.b64encode(self.key.encrypt(text.encode(), padding.PKCS1v15())).decode()

    def picture(self) -> str:
        """What a new picture shows."""
        cache.clear()
        answer = self.get("imgCode")
        assert answer.headers["Content-Type"] == "image/jpeg"
        return captchas.read_answer(answer.headers["X-Captcha-Id"])

    def cookie(self, name: str) -> str:
        """The value of one of exx's cookies; "" for none."""
        found = self.client.cookies.get(f"z{name}")
        return found.value if found is not None else ""


def code(answer: Any) -> str:
    """The number of an answer."""
    return str(answer.json()["resMsg"]["code"])


@dataclass
class Person:
    """Who signs up: by a phone of mainland China, or by email."""

    number: int
    browser: Browser = field(default_factory=Browser)

    @property
    def mobile(self) -> str:
        return f"189{self.number:08d}"

    @property
    def phone(self) -> str:
        return f"+86{self.mobile}"

    @property
    def email(self) -> str:
        return f"exx{self.number}@example.com"

    def login(self, password: str = PASSWORD) -> Any:
        """Log in by phone, in the browser of now."""
        fields = {"userType": 1, "countryCode": "86", "userName": self.mobile, "password": self.browser.rsa(password)}
        return self.browser.post("login", fields)


def somebody() -> Person:
    global _count  # noqa: PLW0603  # each person is another one
    _count += 1
    return Person(20_000 + _count)


def ask_code(person: Person, kind: int = 1, by: str = "phone") -> Any:
    """Ask for a code, whenever the last one was sent."""
    pass_time_for_resend()
    cache.clear()
    where = (
        {"countryCode": "86", "mobileNumber": person.browser.rsa(person.mobile)}
        if by == "phone"
        else {"email": person.browser.rsa(person.email)}
    )
    return person.browser.post("sendCode", {"type": kind, **where})


def register_fields(person: Person, by: str = "phone") -> dict[str, Any]:
    """What a registration sends, with a code that was really sent."""
    answer = ask_code(person, by=by)
    assert code(answer) == "1000", answer.content
    browser = person.browser
    name = {"userType": 1, "countryCode": "86", "userName": person.mobile} if by == "phone" else {
        "userType": 2, "userName": person.email
    }  # fmt: skip
    sent = read_code(person.phone if by == "phone" else person.email)
    return {
        **name,
        "verificationCode": browser.picture(),
        "dynamicCode": browser.rsa(sent),
        "loginPwd": browser.rsa(PASSWORD),
    }


def signed_up(by: str = "phone") -> Person:
    """A new customer, signed in, without a safe password."""
    person = somebody()
    answer = person.browser.post("register", register_fields(person, by))
    assert code(answer) == "1000", answer.content
    return person


def with_safe_password(by: str = "phone") -> Person:
    """The same with a safe password."""
    person = signed_up(by)
    answer = person.browser.post("setSafePwd", {"newSafePwd": person.browser.rsa(SAFE)})
    assert code(answer) == "1000", answer.content
    pass_time_for_resend()
    return person


def elsewhere(person: Person, ip: str = "127.0.0.1") -> Person:
    """The same customer in a browser that was never seen."""
    person.browser = Browser(ip=ip)
    return person


def filled(browser: Browser, fields: dict[str, Any]) -> dict[str, Any]:
    """Each `rsa:…` encrypted."""
    return {
        name: browser.rsa(value[4:]) if isinstance(value, str) and value.startswith("rsa:") else value
        for name, value in fields.items()
        if value is not GONE
    }
