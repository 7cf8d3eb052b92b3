"""Credentials that are none: whatever stands in a passkey's place, nothing breaks and nothing is registered."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Passkey
from tests.accounts.test_passkeys import URL, begin
from tests.client import Api
from tests.factories_accounts import customer, token_of
from tests.factories_passkeys import ATTESTED, Device, decoded, encoded

pytestmark = pytest.mark.django_db


MANGLED: list[Any] = [
    None, 5, "text", [], {}, {"id": "x"},
    {"id": "AAAA", "type": "public-key"},
    {"id": "AAAA", "type": "password", "response": {}},
    {"id": "AAAA", "type": "public-key", "response": []},
    {"id": "AAAA", "rawId": "BBBB", "type": "public-key", "response": {}},
]  # fmt: skip


@pytest.mark.parametrize("mangled", MANGLED, ids=lambda value: str(value)[:40])
def test_what_is_no_credential_is_refused_by_its_form(api: Api, mangled: Any) -> None:
    token = token_of(customer())
    begin(api, token)
    answer = api.post(URL, {"name": "x", "passkey": mangled}, token=token)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["passkey"])
    signing_in = api.post("/api/v1/sessions/by-passkey", {"passkey": mangled})
    assert (signing_in.status_code, list(signing_in.json()["fields"])) == (400, ["passkey"])


@pytest.mark.parametrize("member", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize(
    "text",
    ["", "a b", "a+b/", "YQ===", "=", "ü", "A", "A" * 30_000, encoded(b"{"),
     encoded(b"[]"), encoded(b"[" * 1000), encoded(b"\xff\xfe")],
    ids=["empty", "space", "not url", "padding", "only padding", "unicode", "one", "long", "json", "list", "deep", "utf-8"],
)  # fmt: skip
def test_mangled_members_break_nothing(api: Api, member: str, text: str) -> None:
    token = token_of(customer())
    body = Device().create(begin(api, token))
    body["response"][member] = text
    answer = api.post(URL, {"name": "x", "passkey": body}, token=token)
    assert answer.status_code in {400, 422}
    assert not Passkey.objects.exists()


def test_bytes_in_the_place_of_an_attestation_break_nothing(api: Api) -> None:
    token = token_of(customer())
    device = Device()
    whole = device.create(begin(api, token))
    right = decoded(whole["response"]["attestationObject"])
    for wrong in (
        right[:50],
        right + b"\x00",
        right.replace(b"none", b"tpm\x00"),
        b"\x9f" * 500,
        b"\x5b" + b"\xff" * 8,
        bytes(ATTESTED),
    ):
        body = device.create(begin(api, token))
        body["response"]["attestationObject"] = encoded(wrong)
        assert api.post(URL, {"name": "x", "passkey": body}, token=token).status_code == 422
