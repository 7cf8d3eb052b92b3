"""The schemes of the documented contracts and Ed25519, held against published vectors and an independent client."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.models import Scheme
from apikeys.services.schemes import btse, native, spot
from apikeys.services.schemes.common import Received, double_sha256, fits, hmac_sha384

BTSE_SECRET = b"848db84ac252b6726e5f6e7a711d9c96d9fd77d020151b45839a5b59c37203bx"
SPOT_KEY, SPOT_SECRET = "demo-key", b"demo-secret"
NONCE, MOMENT = "0123456789abcdef0123456789abcdef", "1744185294000"
KEY = "K" * 32
PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a customer's own key").digest())
PUBLIC = PRIVATE.public_key().public_bytes_raw()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_published_vector_of_btse_holds() -> None:
    text = b"/api/v3.2/user/wallet" + b"1624984297330"
    assert hmac_sha384(BTSE_SECRET, text) == (
        "14b986706a4368221e0af14a6725377161805e7a57d568220478cb3590ce532d4fad4ac68e6c02a14afced6a0619bfd3"
    )


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        ("", "", "de8daa942cf13a9baf83550be5ad72087d3e2cbadcfd56dc10628b6c119fc3af"),
        ("", '{"coin":"USDT","limit":10}', "e515930d1da7e74663e585f6a2648a0649276766a56aca83fe6198030973e965"),
        ("id1uid200", "", "eee84a3fac493037d1ef7005c40071bc48a6c1649ba2b650f960f870e7d0730a"),
    ],
)
def test_the_published_vectors_of_spot_hold(query: str, body: str, signature: str) -> None:
    assert double_sha256(SPOT_SECRET, f"{NONCE}{MOMENT}{SPOT_KEY}{query}{body}".encode()) == signature


@dataclass(frozen=True)
class Signed:
    """A request as an integrator makes it from the documents alone."""

    received: Received
    scheme: Scheme
    material: bytes

    def accepted(self) -> bool:
        read = {Scheme.BTSE: btse.read, Scheme.SPOT: spot.read}.get(self.scheme, native.read)
        try:
            request = read(self.received)
        except (HeadersInvalid, TargetInvalid):
            return False
        return self.scheme in request.schemes and fits(request, self.scheme, self.material)

    def with_headers(self, **changed: str | None) -> Signed:
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        return replace(self, received=replace(self.received, headers={**self.received.headers, **named}))


def by_btse(path: str, body: bytes = b"", *, family: str = "btse", method: str = "POST", query: str = "") -> Signed:
    signed = path.removeprefix("/spot").removeprefix("/bitgin")
    sign = hmac.new(BTSE_SECRET, signed.encode() + MOMENT.encode() + body, hashlib.sha384).hexdigest()
    headers = {f"{family}-api": KEY, f"{family}-nonce": MOMENT, f"{family}-sign": sign}
    return Signed(Received(method, path, query, body, headers), Scheme.BTSE, BTSE_SECRET)


def by_spot(query: str, spelled: str, body: bytes = b"", signed_body: bytes | None = None, nonce: str = NONCE) -> Signed:
    text = f"{nonce}{MOMENT}{KEY}{spelled}".encode() + (body if signed_body is None else signed_body)
    sign = sha256(hashlib.sha256(text).hexdigest() + SPOT_SECRET.decode())
    headers = {"api-key": KEY, "nonce": nonce, "timestamp": MOMENT, "sign": sign}
    method = "POST" if body else "GET"
    return Signed(Received(method, "/api/spot/v1/withdraw", query, body, headers), Scheme.SPOT, SPOT_SECRET)


def by_ed25519(query: str = "a=1&b=2", body: bytes = b'{"coin":"ETH"}') -> Signed:
    path = "/api/v1/withdrawals"
    text = "\n".join(("POST", path, query, MOMENT, NONCE, hashlib.sha256(body).hexdigest()))
    headers = {"X-Api-Key": KEY, "X-Timestamp": MOMENT, "X-Nonce": NONCE, "X-Signature": PRIVATE.sign(text.encode()).hex()}
    return Signed(Received("POST", path, query, body, headers), Scheme.NATIVE_ED25519, PUBLIC)


@pytest.mark.parametrize("family", ["btse", "request"])
@pytest.mark.parametrize("path", ["/v1/user", "/bitgin/v1/user", "/spot/api/v3.2/user/wallet", "/api/v3.2/user/wallet"])
def test_both_families_of_btse_sign_the_path_without_the_service_before_it(family: str, path: str) -> None:
    assert by_btse(path, b'{"a": 1}', family=family).accepted()
    assert by_btse(path, family=family, method="GET", query="currency=ETH").accepted()


def test_a_query_that_btse_does_not_sign_is_taken_on_reads_only() -> None:
    assert not by_btse("/v1/user", b"{}", query="amount=1").accepted()


def test_families_of_headers_do_not_mix() -> None:
    one, other = by_btse("/v1/user"), by_btse("/v1/user", family="request")
    mixed = Signed(replace(one.received, headers={**one.received.headers, **other.received.headers}), one.scheme, one.material)
    assert not mixed.accepted()
    halves = {"btse-api": KEY, "btse-nonce": MOMENT, "request-sign": other.received.headers["request-sign"]}
    assert not Signed(replace(one.received, headers=halves), one.scheme, one.material).accepted()


@pytest.mark.parametrize("spelled", ["id1uid200", "id=1uid=200"])
def test_both_spellings_of_the_query_are_taken_in_any_order(spelled: str) -> None:
    assert by_spot("uid=200&id=1", spelled).accepted()
    assert by_spot("id=1&uid=200", spelled).accepted()
    assert not by_spot("id=1&uid=201", spelled).accepted()


@pytest.mark.parametrize("spelled", ["memoa bä", "memoa+b%C3%A4"])
def test_values_are_signed_as_meant_or_as_sent(spelled: str) -> None:
    assert by_spot("memo=a+b%C3%A4", spelled).accepted()


def test_the_body_is_signed_raw_or_without_spaces() -> None:
    body = b'{ "coin" : "US DT",\n\t"note": "a \\" b",  "limit": 10 }'
    tight = b'{"coin":"US DT","note":"a \\" b","limit":10}'
    assert by_spot("", "", body).accepted()
    assert by_spot("", "", body, tight).accepted()
    assert not by_spot("", "", body, tight.replace(b"US DT", b"USDT")).accepted()


@pytest.mark.parametrize("nonce", ["x", "A" * 128, "3q2+7w/abcdefghijklmnopqrstuvwxyz0123456789A="])
def test_the_nonces_of_real_clients_are_taken(nonce: str) -> None:
    assert by_spot("", "", nonce=nonce).accepted()


@pytest.mark.parametrize("nonce", ["", "A" * 129, "a b", "a,b", "ä", "a\n"])
def test_other_nonces_are_not(nonce: str) -> None:
    assert not by_spot("", "", nonce=nonce).accepted()


@pytest.mark.parametrize(
    "moment", ["0", "-1", "1.5", "1" + "0" * 30, "174418529400", " 1744185294000", "1744185294000 ", "1e12"]
)
def test_a_moment_has_thirteen_digits_whoever_asks(moment: str) -> None:
    assert not by_btse("/v1/user").with_headers(btse_nonce=moment).accepted()
    assert not by_spot("", "").with_headers(timestamp=moment).accepted()
    assert not by_ed25519().with_headers(X_Timestamp=moment).accepted()


def test_an_ed25519_key_signs_the_native_text_and_no_other_key_of_its_owner_could_have() -> None:
    assert by_ed25519().accepted()
    assert not replace(by_ed25519(), material=Ed25519PrivateKey.generate().public_key().public_bytes_raw()).accepted()
    assert not replace(by_ed25519(), scheme=Scheme.NATIVE_HMAC).accepted()
    assert not replace(by_ed25519(), material=bytes(32)).accepted()


def changed_bytes(signed: Signed) -> Iterator[Signed]:
    """Every byte of every signed part, changed in eight ways."""
    received = signed.received
    for place in range(len(received.body)):
        for bit in range(8):
            body = bytearray(received.body)
            body[place] ^= 1 << bit
            yield replace(signed, received=replace(received, body=bytes(body)))
    for name, value in received.headers.items():
        if value is None or value == KEY:
            continue
        for place, character in enumerate(value):
            for other in sorted({*"0aAzZ9+-/=. \n", chr(ord(character) ^ 1), chr(ord(character) ^ 2)} - {character}):
                text = value[:place] + other + value[place + 1 :]
                yield replace(signed, received=replace(received, headers={**received.headers, name: text}))
    if signed.scheme != Scheme.SPOT:  # the contract signs no path: what a key may do there, its scopes decide
        for place, character in enumerate(received.path):
            for other in sorted({*"0aZ/.%-", chr(ord(character) ^ 1)} - {character}):
                yield replace(
                    signed, received=replace(received, path=received.path[:place] + other + received.path[place + 1 :])
                )


def test_more_than_two_thousand_changed_bytes_are_all_refused() -> None:
    tried = 0
    for signed in (
        by_btse("/v1/capital/wallet/operation", b'{"operation":"TRANSFER"}'),
        by_btse("/v1/user", family="request", method="GET"),
        by_spot("", "", b'{"coin":"USDT","amount":1}'),
        by_spot("id=1&uid=200", "id1uid200"),
        by_ed25519(),
    ):
        assert signed.accepted()
        for changed in changed_bytes(signed):
            tried += 1
            assert not changed.accepted(), changed.received
    assert tried >= 2_000
