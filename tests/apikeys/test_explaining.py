"""Telling an integrator why a captured request is refused, without letting it in."""

from __future__ import annotations

import hashlib
import hmac
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apikeys.models import ApiKey, Nonce, Scheme, State
from apikeys.services import keys
from config.kit.clock import now
from tests.apikeys import people
from tests.apikeys.independent import Client, Signed

pytestmark = pytest.mark.django_db
BODY = b'{"b": 1}\n'


@pytest.fixture
def issued() -> keys.IssuedKey:
    return people.issue(people.customer(), networks=("192.0.2.1",))


@pytest.fixture
def client(issued: keys.IssuedKey) -> Client:
    return people.signer(issued)


def told(signed: Signed, tmp_path: Path, *options: str, code: int = 1) -> dict[str, Any]:
    body = tmp_path / "body"
    body.write_bytes(signed.body)
    headers = [part for name, value in signed.headers.items() for part in ("-H", f"{name}: {value}")]
    out = StringIO()
    try:
        call_command(
            "explain_signature", signed.method, signed.target, *headers, "--body", str(body), "--json", *options, stdout=out
        )
        ended = 0
    except SystemExit as ending:
        ended = int(ending.code or 0)
    assert ended == code, out.getvalue()
    report: dict[str, Any] = json.loads(out.getvalue())
    return {"words": {one["check"]: one["words"] for one in report["findings"] if not one["holds"]}, **report}


def test_a_request_in_order_is_said_to_be_and_is_not_let_in(client: Client, tmp_path: Path) -> None:
    report = told(client.sign("POST", "/api/v1/withdrawals?b=2&a=1", BODY), tmp_path, "--ip", "192.0.2.1", code=0)
    assert (report["ok"], report["family"], report["words"]) == (True, "native", {})
    assert report["signed_text"].split("\n")[:3] == ["POST", "/api/v1/withdrawals", "a=1&b=2"]
    assert not Nonce.objects.exists()


def test_each_check_says_what_is_wrong(client: Client, issued: keys.IssuedKey, tmp_path: Path) -> None:
    signed = client.sign("GET", "/api/v1/balances")
    assert "sent from 192.0.2.2" in told(signed, tmp_path, "--ip", "192.0.2.2")["words"]["network"]
    old = client.sign("GET", "/api/v1/balances", timestamp="1744185294000")
    assert "60 s are allowed" in told(old, tmp_path)["words"]["clock"]
    assert "no key" in told(signed.with_header("X-Api-Key", "Z" * 32), tmp_path)["words"]["key"]
    assert "X-Nonce is missing" in told(signed.without_header("X-Nonce"), tmp_path)["words"]["form"]
    Nonce.objects.create(api_key=issued.api_key, nonce=signed.headers["X-Nonce"], used_at=now())
    assert told(signed, tmp_path)["words"]["nonce"] == "was used before"
    ApiKey.objects.update(state=State.DISABLED, ended_at=now())
    assert told(signed, tmp_path)["words"]["in force"] == "the key is disabled"


def mistaken(client: Client, text: list[str]) -> Signed:
    signed = client.sign("POST", "/api/v1/withdrawals?b=2&a=1", BODY)
    lines = [*text[:3], signed.headers["X-Timestamp"], signed.headers["X-Nonce"], *text[3:]]
    wrong = hmac.new(client.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    return signed.with_header("X-Signature", wrong)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (["POST", "/api/v1/withdrawals", "b=2&a=1", hashlib.sha256(BODY).hexdigest()], "not sorted"),
        (["POST", "/api/v1/withdrawals", "a=1&b=2", hashlib.sha256(BODY.strip()).hexdigest()], "without the line feed"),
        (["POST", "/api/v1/withdrawals", "a=1&b=2", hashlib.sha256(b"").hexdigest()], "no body"),
        (["POST", "/api/v1/withdrawals", "", hashlib.sha256(BODY).hexdigest()], "query was not signed"),
        (["GET", "/api/v1/withdrawals", "a=1&b=2", hashlib.sha256(BODY).hexdigest()], "as GET"),
        (["POST", "/withdrawals", "a=1&b=2", hashlib.sha256(BODY).hexdigest()], "without /api/v1"),
        (["POST", "/api/v1/withdrawals", "a=1&b=2", BODY.decode()], "not its SHA-256"),
    ],
)
def test_a_likely_mistake_is_named(client: Client, tmp_path: Path, text: list[str], hint: str) -> None:
    assert hint in told(mistaken(client, text), tmp_path)["words"]["hint"]


def test_a_key_of_another_scheme_and_no_secret_are_shown(client: Client, issued: keys.IssuedKey, tmp_path: Path) -> None:
    report = told(client.sign("GET", "/api/v1/balances").with_header("X-Signature", "0" * 64), tmp_path)
    assert "is not the key's" in report["words"]["signature"]
    assert issued.secret not in json.dumps(report)
    ApiKey.objects.update(scheme=Scheme.BTSE)
    assert "HMAC-SHA384" in told(client.sign("GET", "/api/v1/balances"), tmp_path)["words"]["scheme"]


@pytest.mark.parametrize("wrong", [["-H", "no colon"], ["--body", "/nowhere/at/all"], ["--ip", "nonsense"]])
def test_what_can_not_be_read_is_said_so(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("explain_signature", "GET", "/api/v1/balances", *wrong)
