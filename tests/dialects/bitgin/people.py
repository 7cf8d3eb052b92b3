"""Clients of bitgin as tests drive them, and customers who got where they are through bitgin alone."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from kyc.models import Case, Document
from kyc.services import decisions
from messaging.services import captchas
from tests import factories_accounts as make
from tests import factories_kyc as kyc
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.kyc import pictures

PASSWORD = "correct horse 9 battery"
_numbers = itertools.count(1)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DIGEST = sha256(PASSWORD)
ANOTHER = sha256("another horse 9 battery")


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

    def upload(self, path: str, fields: dict[str, Any]) -> Any:
        answer = self.client.post(f"{self.prefix}/{path}", fields, headers={"token": self.token} if self.token else {})
        self.client.cookies.clear()
        return answer

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


def bind(person: Person) -> make.App:
    """Bind an authenticator as bitgin's clients do."""
    key = person.caller.get("user/apply_google_device_authenticator").json()["data"]["totpKey"]
    app = make.App.of_secret(key)
    answer = person.caller.post("user/bind_google_device_authenticator", {"totpCode": app.code(), "totpKey": key})
    assert answer.json()["data"] == "绑定成功", answer.content
    return app


def recovery_code(person: Person, phone: str | None = None) -> str:
    """The code of a forgotten password, by mail or to the phone."""
    pass_time_for_resend()
    said = {"loginName": person.username, **({"mobilePhone": phone} if phone else {})}
    answer = Caller().post("apply_verification_code", said)
    assert answer.status_code == 200, answer.content
    return read_code(phone or person.email)


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("any name.bin", content)


FILES: dict[Any, Callable[[], bytes]] = {
    "(jpeg)": pictures.jpeg,
    "(png)": pictures.png,
    "(pdf)": pictures.pdf,
    "(junk)": lambda: b"not a picture",
}


def files_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form, a file for each word in parentheses."""
    return {name: file(FILES[value]()) if value in FILES else value for name, value in fields.items()}


def told_data(person: Person, number: str | None = None) -> str:
    """Give the basic data; answers the number."""
    number = number or kyc.id_number()
    said = {"name": "林小得", "gender": 1, "birthday": "1990/02/28", "identityNumber": number}
    answer = person.caller.post("kyc/basic_data", said)
    assert answer.json()["data"] == {"statusLevel3": 1, "statusLevel2": 1}, answer.content
    return number


def phone_code(person: Person) -> str:
    """The code by which the phone is verified."""
    pass_time_for_resend()
    said = {"loginName": person.username, "mobilePhone": person.phone}
    assert person.caller.post("apply_verification_code", said).status_code == 200
    return read_code(person.phone)


def level_one() -> Person:
    """A customer of level 1, signed in."""
    person = signed_in()
    told_data(person)
    said = {"mobilePhone": person.phone, "code": phone_code(person)}
    assert person.caller.post("kyc/verify_basic_data", said).status_code == 200
    return person


ANSWERS = {
    "q1": {"value": "other", "otherValue": "gifts"},
    "q2": {"value": "no"},
    "q3": {"value": "over_3"},
    "q4": {"value": "over_100"},
}
BANK = {"code": "005", "branch": "0050", "account": "60090100005777", "file": "(jpeg)"}


def upload_images(person: Person, *types: int) -> None:
    for kind in types or (1, 2, 3, 4, 5):
        answer = person.caller.upload("kyc/image", files_of({"file": "(jpeg)", "type": kind}))
        assert answer.status_code == 200, answer.content


def applied_two() -> Person:
    """A customer whose level 2 is under review."""
    person = level_one()
    upload_images(person)
    answer = person.caller.post("kyc/apply_level_2", ANSWERS)
    assert answer.status_code == 200, answer.content
    return person


def case_of(person: Person, level: int) -> Case:
    return Case.objects.filter(user=person.user, level=level).latest("id")


def send_back(person: Person, *kinds: str) -> None:
    """An officer refuses these documents of level 2, by the service."""
    case = case_of(person, 2)
    refused = [one.public_id for one in Document.objects.filter(case=case, kind__in=kinds).exclude(state="replaced")]
    kyc.decide(decisions.send_back, case, refused=refused, reason="image_unclear")


def level_two() -> Person:
    """A customer of level 2; an officer approved it by the service."""
    person = applied_two()
    kyc.decide(decisions.approve, case_of(person, 2))
    return person


def level_three() -> Person:
    """A customer of level 3."""
    person = level_two()
    answer = person.caller.upload("kyc/apply_level_3", files_of(BANK))
    assert answer.status_code == 200, answer.content
    kyc.decide(decisions.approve, case_of(person, 3))
    return person


def refused(answer: Any, status: int, code: int, data: Any = None) -> None:
    """The answer is this refusal, whole."""
    body = answer.json()
    assert set(body) == {"code", "msg", "time", "data", "success"}
    assert (answer.status_code, body["code"], body["success"], body["data"]) == (status, code, False, data), body
