"""Requests of the documented contracts over HTTP, by clients that are written from the contracts and import nothing of ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import User
from apikeys.models import Nonce, Scheme
from apikeys.services import keys
from apikeys.services.schemes import spot
from config.dialects.bitgin.dialect import BITGIN
from config.dialects.spot.dialect import SPOT
from config.kit.dialect import KeyRates
from tests.apikeys import people, urls
from tests.apikeys.independent import BtseClient, Signed, SpotClient, milliseconds
from tests.apikeys.wording import slug_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rates"), pytest.mark.urls("tests.apikeys.urls_foreign")]
BODY = b'{"amount": "0.5", "note": "a b"}'


Made = Callable[..., Any]
CLIENTS: dict[str, tuple[Scheme, Made]] = {"btse": (Scheme.BTSE, BtseClient), "spot": (Scheme.SPOT, SpotClient)}


@pytest.fixture
def ada() -> User:
    return people.customer()


def issue(user: User, scheme: Scheme, scopes: tuple[str, ...] = ("read", "withdraw")) -> keys.IssuedKey:
    bound = ("127.0.0.1",)
    return keys.create(
        customer=user, proof=people.proof(user), label="robot", scopes=scopes, networks=bound, scheme=scheme.value
    )


@pytest.fixture(params=sorted(CLIENTS))
def client(request: pytest.FixtureRequest, ada: User) -> Any:
    scheme, made = CLIENTS[request.param]
    issued = issue(ada, scheme)
    return made(issued.api_key.key, issued.secret)


def refused(signed: Signed, slug: str = "") -> str:
    """The slug with which the request is refused; it has done nothing."""
    answer = people.send(signed)
    assert urls.writes == []
    told = slug_of(answer)
    assert not slug or told == slug
    return told


def test_a_read_and_a_write_act_for_the_owner_of_the_key(client: Any, ada: User) -> None:
    read = people.send(client.sign("GET", f"{client.road}?uid=200&id=1"))
    told = read.json()
    assert (read.status_code, told["data"]) == (200, {"uid": str(ada.uid), "query": {"uid": "200", "id": "1"}})
    assert (told["code"], told["success"]) == (1 if isinstance(client, BtseClient) else "0", True)
    assert people.send(client.sign("POST", body=BODY)).status_code == 200
    assert urls.writes == [(ada.uid, {"amount": "0.5"})]


def test_the_later_names_of_btse_and_a_service_before_the_path_are_understood(ada: User) -> None:
    issued = issue(ada, Scheme.BTSE)
    later = BtseClient(issued.api_key.key, issued.secret, family="request")
    assert people.send(later.sign("POST", body=BODY)).status_code == 200
    time.sleep(0.002)  # the nonce is the millisecond
    assert people.send(later.sign("GET", "/spot/bitgin/v1/things")).status_code == 200


def test_the_published_spelling_of_spots_query_is_understood(ada: User) -> None:
    issued = issue(ada, Scheme.SPOT)
    client = SpotClient(issued.api_key.key, issued.secret, mark="=")
    assert people.send(client.sign("GET", f"{client.road}?uid=200&id=1")).status_code == 200


def test_without_a_signature_nobody_is_signed_in(client: Any) -> None:
    refused(Signed("POST", client.road, BODY), "api.not_signed_in")


def test_each_header_is_needed_once_and_no_other_credential_beside_it(client: Any) -> None:
    for name, value in client.sign("POST", body=BODY).headers.items():
        assert refused(client.sign("POST", body=BODY).without_header(name)) == "apikeys.headers_invalid"
        twice = client.sign("POST", body=BODY).with_header(name, f"{value},{value}")
        assert refused(twice) == "apikeys.headers_invalid"
    refused(client.sign("POST", body=BODY).with_header("Authorization", "Bearer x"), "apikeys.headers_invalid")


def test_headers_of_another_family_sign_nobody_in(client: Any) -> None:
    value = client.sign("POST", body=BODY).headers
    key, moment, sign = client.key, milliseconds(), next(reversed(value.values()))
    native = {"X-Api-Key": key, "X-Timestamp": moment, "X-Nonce": "n" * 32, "X-Signature": sign}
    refused(Signed("POST", client.road, BODY, native), "api.not_signed_in")
    other = BtseClient if isinstance(client, SpotClient) else SpotClient
    foreign = other(client.key, client.secret).sign("POST", client.road, BODY)
    assert refused(foreign) in {"api.not_signed_in", "apikeys.headers_invalid"}


def test_both_families_of_btse_at_once_are_refused(ada: User) -> None:
    issued = issue(ada, Scheme.BTSE)
    one = BtseClient(issued.api_key.key, issued.secret).sign("POST", body=BODY)
    two = BtseClient(issued.api_key.key, issued.secret, family="request").sign("POST", body=BODY)
    refused(replace(one, headers={**one.headers, **two.headers}), "apikeys.headers_invalid")


@pytest.mark.parametrize("moment", ["0", "-1", "1.5", "1" + "0" * 30, "1e12", "174418529400", "\u0661" * 13])
def test_a_moment_of_another_form_is_refused_although_it_is_signed(client: Any, moment: str) -> None:
    signed = client.sign("POST", body=BODY, moment=moment)
    if not moment.isascii():  # as bytes of UTF-8, read by the server as Latin-1
        signed = signed.with_header(
            next(n for n in signed.headers if client.moment_header in n), moment.encode().decode("latin-1")
        )
    refused(signed, "apikeys.headers_invalid")


@pytest.mark.parametrize("seconds", [-3600, -61.5, 61.5, 3600])
def test_an_old_or_future_moment_is_refused(client: Any, seconds: float) -> None:
    moment = str(int(time.time() * 1000 + seconds * 1000))
    refused(client.sign("POST", body=BODY, moment=moment), "apikeys.clock_outside_window")


@pytest.mark.parametrize("nonce", ["", "n" * 129, "a b", "a,b"])
def test_a_nonce_of_spot_that_no_column_holds_is_refused(ada: User, nonce: str) -> None:
    issued = issue(ada, Scheme.SPOT)
    signed = SpotClient(issued.api_key.key, issued.secret).sign("POST", body=BODY)
    refused(signed.with_header("nonce", nonce), "apikeys.headers_invalid")


def test_one_signature_acts_once_whatever_the_method_it_is_sent_with(client: Any) -> None:
    signed = client.sign("POST", body=BODY)
    assert people.send(signed).status_code == 200
    urls.writes.clear()
    for method in ("POST", "GET"):
        refused(replace(signed, method=method), "apikeys.nonce_used")
    assert Nonce.objects.count() == 1


def moved(signed: Signed, client: Any) -> Iterator[Signed]:
    """The same text, its bytes spread otherwise over path, nonce (or query) and body."""
    if isinstance(client, BtseClient):
        nonce = signed.headers["btse-nonce"]
        for count in (1, 2, 12, 13):
            text = nonce.encode() + signed.body
            back = replace(signed, target=signed.target + text[:count].decode(), body=text[count + 13 :])
            yield back.with_header("btse-nonce", text[count : count + 13].decode("latin-1"))
            tail = signed.target[-count:] + nonce
            ahead = replace(signed, target=signed.target[:-count], body=tail[13:].encode() + signed.body)
            yield ahead.with_header("btse-nonce", tail[:13])
    else:
        nonce, moment = signed.headers["nonce"], signed.headers["timestamp"]
        yield signed.with_header("nonce", nonce + moment[0]).with_header("timestamp", moment[1:])
        yield signed.with_header("nonce", nonce[:-1]).with_header("timestamp", nonce[-1] + moment)
        yield signed.with_header("nonce", nonce[:-1]).with_header("timestamp", nonce[-1] + moment[:-1])
        yield signed.with_header("timestamp", moment + client.key[0]).with_header("api-key", client.key[1:])
        yield replace(signed, target=f"{signed.target}?{signed.body[:1].decode()}=", body=signed.body[1:])


def test_no_byte_moves_from_one_signed_part_to_another(client: Any) -> None:
    target = client.road + "7" * 14 if isinstance(client, BtseClient) else client.road
    signed = client.sign("POST", target, body=BODY)
    for other in moved(signed, client):
        refused(other)
    assert people.send(signed).status_code == 200


def test_a_moment_at_the_end_of_a_path_of_btse_does_not_become_the_nonce(ada: User) -> None:
    issued = issue(ada, Scheme.BTSE)
    now = milliseconds()
    for tail in ("", "/orders"):
        signed = BtseClient(issued.api_key.key, issued.secret).sign("GET", f"/bitgin/v1/things/{now}{tail}")
        body = (tail + signed.headers["btse-nonce"]).encode()
        other = replace(signed, target="/bitgin/v1/things/", body=body).with_header("btse-nonce", now)
        refused(other, "apikeys.target_invalid")


@pytest.mark.parametrize("extra", ["?a=1&a=2", "?a=1&%61=2", "?a=1&&b=2", "?a", "/%2e%2e/x", "/../x", "//x", "/./x", "/%78"])
def test_an_address_that_can_be_read_in_two_ways_is_refused_although_it_is_signed(client: Any, extra: str) -> None:
    target = client.road + extra
    try:
        signed = client.sign("GET", target)
    except ValueError:  # the client can't even say what it would sign
        signed = replace(client.sign("GET"), target=target)
    refused(signed, "apikeys.target_invalid")


def test_a_query_that_btse_does_not_sign_never_comes_with_a_write(ada: User) -> None:
    issued = issue(ada, Scheme.BTSE)
    client = BtseClient(issued.api_key.key, issued.secret)
    refused(client.sign("POST", f"{client.road}?amount=9", BODY), "apikeys.target_invalid")


@pytest.mark.parametrize(
    "body", [BODY.replace(b": ", b":  "), BODY + b"\n", BODY.replace(b"0.5", b"5.0"), BODY.replace(b"a b", b"a  b"), b""]
)
def test_another_body_or_another_white_space_is_refused(client: Any, body: bytes) -> None:
    refused(replace(client.sign("POST", body=BODY), body=body), "apikeys.signature_wrong")


def test_a_key_that_reads_reaches_no_write_and_another_schemes_key_nothing(client: Any, ada: User) -> None:
    scheme = Scheme.BTSE if isinstance(client, BtseClient) else Scheme.SPOT
    reads = issue(ada, scheme, ("read",))
    refused(replace(client, key=reads.api_key.key, secret=reads.secret).sign("POST", body=BODY), "api.scope_missing")
    native = issue(ada, Scheme.NATIVE_HMAC)
    refused(replace(client, key=native.api_key.key, secret=native.secret).sign("POST", body=BODY), "apikeys.signature_wrong")
    refused(replace(client, key="K" * 32).sign("POST", body=BODY), "apikeys.key_refused")


def test_a_body_of_open_quotes_is_read_once_whoever_sends_it() -> None:
    text = b"{" + b'\\"' * 500_000
    assert spot.compact(text) == text  # a second look at each quote would take hours
    assert spot.compact(b'{ "a\\" b" : 1 , "c\\\n ') == b'{"a\\" b":1,"c\\\n '


@pytest.mark.urls("tests.apikeys.urls")
@pytest.mark.usefixtures("empty_cache")
def test_a_key_of_a_foreign_scheme_looks_at_itself_with_its_own_headers(client: Any) -> None:
    """Under the rates of its own dialect, which `no_rates` took away meanwhile for all of them."""
    (dialect, rates) = (BITGIN, ("15/s", "30/s", None)) if isinstance(client, BtseClient) else (SPOT, (None, None, "10/s"))
    object.__setattr__(dialect, "key_rates", KeyRates(*rates))
    told = people.send(client.sign("GET", "/api/v1/api-keys/self")).json()
    assert (told["key"], told["scopes_now"]) == (client.key, ["read", "withdraw"])
    assert tuple(told[f"requests_per_{of}"] for of in ("key", "customer", "address")) == rates
    wrong = people.send(replace(client, secret="0" * 64).sign("GET", "/api/v1/api-keys/self"))
    assert (wrong.status_code, wrong.json()["slug"]) == (401, "apikeys.signature_wrong")
    elsewhere = people.send(client.sign("GET", "/api/v1/reading"))
    assert (elsewhere.status_code, elsewhere.json()["slug"]) == (401, "api.not_signed_in")
