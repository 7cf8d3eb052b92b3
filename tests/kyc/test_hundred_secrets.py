"""A hundred secrets are planted through the product's doors and looked for in a whole dump, the logs, the broker, the disk."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import secrets
import string
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from config.embedded import binaries
from config.kit.logs import JsonLines
from config.webhooks import endpoints
from kyc.models import Case
from kyc.services import decisions, hint_work
from messaging.models import Allowance
from tests import factories_kyc as make
from tests.client import Api
from tests.factories_accounts import App
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.kyc import pictures
from tests.messaging.test_webhooks import SECRETS

CUSTOMERS = 4
SECRETS_MIN = 100
DUMP_SECONDS_MAX = 60
ANSWERS = {"q3": {"value": "over_3"}, "q4": {"value": "less_than_50"}}
PERSONAL = {"first name", "last name", "birthday", "address", "id number", "account number", "answer"} | {
    f"refused {what}" for what in ("name", "number", "answer", "holder")
}
"""What is planted of a person at least; what is refused leaves no trace either."""
DAMPED = ("birthday", "code")
"""Kinds that are too short to be looked for in other forms than their own: half of all numbers contain one."""


def word(length: int = 14) -> str:
    """Letters that nothing else in the product is called."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(length)).title()


def birthday() -> str:
    """A day on which somebody was born who is of age."""
    return f"19{50 + secrets.randbelow(40)}-{1 + secrets.randbelow(12):02d}-{1 + secrets.randbelow(28):02d}"


@dataclass
class Garden:
    """What was planted: the kind of each secret, and the secret."""

    planted: list[tuple[str, str]] = field(default_factory=list)

    def plant(self, kind: str, text: str) -> str:
        """Remember it and give it back."""
        self.planted.append((kind, text))
        return text


@dataclass
class Customer:
    """One customer's way through the doors."""

    garden: Garden
    api: Api
    email: str
    phone: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request that goes well."""
        answer = self.api.call(method, f"/api/v1/{path}", body)
        assert answer.status_code < 300, (path, answer.content)
        return answer.json() if answer.content else None

    def code(self, purpose: str, destination: str, **named: str) -> str:
        """A code that was asked for and read."""
        pass_time_for_resend()
        Allowance.objects.all().delete()
        self.call("POST", "codes", {"purpose": purpose, **named})
        return self.garden.plant("code", read_code(destination))

    def sign_up(self) -> None:
        """Registration, a session, another password, a phrase, a key."""
        plant = self.garden.plant
        password, later = plant("password", f"{word()} {word()}"), plant("password", f"{word()} {word()}")
        code = self.code("registration", self.email, email=self.email)
        self.call("POST", "registration", {"email": self.email, "password": password, "code": code})
        self.api.token = plant("token", self.call("POST", "sessions", {"login": self.email, "password": password})["token"])
        change = {"old_password": password, "password": later, "code": self.code("password_change", self.email)}
        self.call("PUT", "me/password", change)
        phrase = {"phrase": plant("phrase", f"{word(8)} {word(8)}"), "code": self.code("anti_phishing", self.email)}
        self.call("PUT", "me/anti-phishing-phrase", phrase)
        key = {"label": "robot", "scopes": ["read"], "code": self.code("api_key", self.email)}
        plant("api secret", self.call("POST", "api-keys", key)["secret"])

    def refuse(self, method: str, path: str, body: Any) -> None:
        """A request that is refused for what stands in it."""
        answer = self.api.call(method, f"/api/v1/{path}", body)
        assert answer.status_code in {400, 409, 422}, (path, answer.content)

    def basic(self) -> dict[str, str]:
        """Who the customer is, all of it planted."""
        plant = self.garden.plant
        return {
            "first_name": plant("first name", word()),
            "last_name": plant("last name", word()),
            "birthday": plant("birthday", birthday()),
            "nationality": "TW",
            "residence": "TW",
            "address": plant("address", f"{word()} Road, {word()}"),
            "id_type": "national_id",
            "id_number": plant("id number", make.id_number()),
        }

    def show_identity(self) -> None:
        """Levels 1 to 3: an officer sends the second back once and approves it."""
        plant = self.garden.plant
        basic = self.basic()
        self.refuse("POST", "kyc/basic", self.basic() | {"id_number": plant("refused number", "Z" + word()[:9])})
        self.refuse("POST", "kyc/basic", {"first_name": plant("refused name", word()) + "<", "id_number": 5})
        self.call("POST", "kyc/basic", basic)
        self.call("POST", "kyc/phone", {"phone": self.phone, "code": self.code("kyc_phone", self.phone, phone=self.phone)})
        for kind in ("id_front", "id_back", "selfie"):
            self.upload(kind)
        told = {"value": plant("refused answer", word())}
        self.refuse("POST", "kyc/applications", {"level": 2, "questionnaire": {"q1": told, **ANSWERS}})
        said = [{"value": value, "other_value": plant("answer", f"{word()} {word()}")} for value in ("other", "yes")]
        self.call("POST", "kyc/applications", {"level": 2, "questionnaire": {"q1": said[0], "q2": said[1], **ANSWERS}})
        case = Case.objects.get(user__email=self.email, level=2)
        make.decide(decisions.send_back, case, refused=[], parts={"address": "address_not_proven"}, reason="address_not_proven")
        self.refuse("POST", "kyc/corrections", {"last_name": plant("refused name", word())})
        self.call("POST", "kyc/corrections", {"address": plant("address", f"{word()} Lane, {word()}")})
        self.call("POST", "kyc/applications", {"level": 2})
        make.decide(decisions.approve, case)
        self.name_accounts(f"{basic['first_name']} {basic['last_name']}")
        self.call("GET", "kyc")

    def name_accounts(self, holder: str) -> None:
        """An account with level 3, a further one, and some that are refused."""
        plant = self.garden.plant
        self.upload("bank_book")
        numbers = [plant("account number", "".join(secrets.choice("0123456789") for _ in range(14))) for _ in range(4)]
        banks = [{"country": "TW", "bank_code": "812", "account_number": number} for number in numbers]
        self.refuse("POST", "kyc/applications", {"level": 3, "bank_account": banks[3] | {"country": "DE"}})
        self.call("POST", "kyc/applications", {"level": 3, "bank_account": banks[0]})
        make.decide(decisions.approve, Case.objects.get(user__email=self.email, level=3))
        stranger = {"holder": plant("refused holder", f"{word()} {word()}")}
        self.refuse("POST", "bank-accounts", banks[1] | stranger)
        assert self.api.post("/api/v1/bank-accounts", banks[2] | {"holder": holder}).status_code == 403  # sends a code
        code = {"method": "email", "code": plant("code", read_code(self.email))}
        self.call("POST", "bank-accounts", banks[2] | {"holder": holder} | code)
        self.call("GET", "bank-accounts")

    def upload(self, kind: str) -> None:
        """A picture with a remark in its metadata, under a name that tells something."""
        remark = self.garden.plant("remark", f"{word()}{word()}")
        picture = pictures.encoded(pictures.plain(), "JPEG", comment=remark.encode())
        name = self.garden.plant("file name", word())
        file = SimpleUploadedFile(f"{name}.jpg", picture)
        assert self.api.upload("/api/v1/kyc/documents", {"kind": kind, "file": file}).status_code == 201

    def bind_authenticator(self) -> None:
        """The seed that is shown once."""
        seed = self.garden.plant("seed", self.call("POST", "me/totp", {})["secret"])
        self.call("PUT", "me/totp", {"code": App.of_secret(seed).code()})


def forms(kind: str, text: str) -> Iterator[bytes]:
    """The secret as it could stand somewhere: as it is, in other cases, backwards, in hex, in base64 at any offset, hashed."""
    if kind in DAMPED:
        return
    raw = text.encode()
    yield from {raw, raw.lower(), raw.upper(), raw[::-1], raw.hex().encode(), raw.hex().upper().encode()}
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + raw)
        yield whole[offset + 1 : len(whole) - 4]  # the characters that no neighbour has a part in
    yield json.dumps(text).encode()[1:-1]
    if kind == "seed":
        yield base64.b32decode(text).hex().encode()
    if kind != "token":  # of a token of 256 bits the SHA-256 is what is kept
        for algorithm in ("md5", "sha1", "sha256"):
            yield hashlib.new(algorithm, raw).hexdigest().encode()


def alone(kind: str, text: str) -> bytes:
    """A short number that stands by itself, not within something sealed; a birthday in any order, with any mark or none."""
    if kind != "birthday":
        return rb"(?<![0-9A-Za-z.+/])" + text.encode() + rb"(?![0-9A-Za-z+/])"
    year, month, day = text.split("-")
    mark = r"[-/. ]?"
    orders = ((year, month, day), (day, month, year), (month, day, year))
    return f"(?<![0-9.])(?:{'|'.join(mark.join(order) for order in orders)})(?![0-9])".encode()


def found_in(haystack: bytes, planted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that stand there in any form. Short numbers count where they stand alone."""
    damped = [(kind, text) for kind, text in planted if kind in DAMPED]
    found = [pair for pair in damped if re.search(alone(*pair), haystack)]
    return found + [(kind, text) for kind, text in planted if any(form in haystack for form in forms(kind, text))]


def dumped() -> bytes:
    """The whole database, as pg_dump writes it: rows, definitions, everything."""
    connection.ensure_connection()
    place = connection.connection.info
    program = binaries.find().directory / "pg_dump"
    where = [f"--host={place.host}", f"--port={place.port}", f"--username={place.user}", place.dbname]
    secret = {"PGPASSWORD": place.password} if place.password else {}
    command = [str(program), "--no-password", *where]
    done = subprocess.run(command, capture_output=True, check=True, timeout=DUMP_SECONDS_MAX, env=secret)
    return done.stdout


@pytest.fixture
def payloads() -> Iterator[list[bytes]]:
    """Everything that is handed to the broker while the test runs."""
    seen: list[bytes] = []

    def note(sender: Any = None, body: Any = None, headers: Any = None, **_rest: Any) -> None:
        seen.append(repr((sender, body, headers)).encode())

    before_task_publish.connect(note, weak=False)
    yield seen
    before_task_publish.disconnect(note)


@pytest.mark.usefixtures("real_db")
def test_a_hundred_planted_secrets_are_found_nowhere(
    storage_root: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    payloads: list[bytes],
    settings: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.WEBHOOK_ENDPOINTS = endpoints(["https://hooks.example.com/"], [SECRETS])
    garden = Garden()
    for number in range(CUSTOMERS):
        api = Api(ip=make.loopback())
        customer = Customer(garden, api, f"garden{number}@example.com", make.phone_number())
        customer.sign_up()
        customer.show_identity()
        customer.bind_authenticator()
    assert hint_work.sweep() > 0
    assert len(garden.planted) == len(set(garden.planted)) >= SECRETS_MIN
    assert {kind for kind, _ in garden.planted} >= PERSONAL
    dump = dumped()
    lines = JsonLines()
    logs = "\n".join([*(lines.format(record) for record in caplog.records), *capfd.readouterr()]).encode()
    disk = b"".join(path.read_bytes() for path in storage_root.rglob("*") if path.is_file())
    places = {"dump": dump, "logs": logs, "broker": b"\n".join(payloads), "disk": disk}
    for name, content in places.items():
        assert found_in(content, garden.planted) == [], name
    assert b"garden0@example.com" in dump, "the dump is not whole"
    assert b"kyc.bank_account.verified" in dump, "no webhook waits"
    assert payloads, "nothing reached the broker"
    assert disk, "nothing is on the disk"


def test_the_search_itself_finds_every_form() -> None:
    planted = [
        ("first name", "Xanthippequag"),
        ("code", "48151623"),
        ("seed", base64.b32encode(b"12345678901234567890").decode()),
    ]
    for haystack in (
        b"..Xanthippequag..",
        b"..xanthippequag..",
        b"Xanthippequag".hex().encode(),
        b"gauqeppihtnaX",
        base64.b64encode(b"{'name': 'Xanthippequag', 'more': 1}"),
        base64.b64encode(b".{'name': 'Xanthippequag', 'more': 1}"),
        base64.b64encode(b"..{'name': 'Xanthippequag', 'more': 1}"),
        hashlib.sha256(b"Xanthippequag").hexdigest().encode(),
    ):
        assert found_in(haystack, planted) == planted[:1]
    assert found_in(b"code 48151623.", planted) == planted[1:2]
    assert found_in(b"1481516239 05:41:12.48151623", planted) == []
    born = [("birthday", "1987-03-09")]
    for written in (b"1987-03-09", b"19870309", b"09.03.1987", b"03/09/1987", b'"1987-03-09T00:00'):
        assert found_in(written, born) == born
    assert found_in(b"119870309 1987-03-091", born) == []
    assert found_in(b"12345678901234567890".hex().encode(), planted) == planted[2:]
