"""The scheme as a pure function: its published vector, its one form, and that no byte of it can change."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.models import Scheme
from apikeys.services.schemes import native
from apikeys.services.schemes.common import Received, SignedRequest, fits
from tests.apikeys.independent import Client, Signed

SECRET = "5f3c9d0b8e7a46218d90c1b2a3f4e5d65f3c9d0b8e7a46218d90c1b2a3f4e5d6"
CLIENT = Client("K" * 32, SECRET)
BODY = b'{"coin":"ETH","amount":"0.5"}'
PUBLISHED = "be8bacda99e63aa947c9daac2072d6227f2273106997b6cce7507a0b9bba977a"


def received(signed: Signed) -> SignedRequest:
    path, _, query = signed.target.partition("?")
    return native.read(Received(signed.method, path, query, signed.body, dict(signed.headers)))


def accepted(signed: Signed) -> bool:
    try:
        return fits(received(signed), Scheme.NATIVE_HMAC, SECRET.encode())
    except (HeadersInvalid, TargetInvalid):
        return False


def example(target: str = "/api/v1/withdrawals?b=2&a=1", body: bytes = BODY, method: str = "POST") -> Signed:
    return CLIENT.sign(method, target, body, timestamp="1744185294000", nonce="0123456789abcdef0123456789abcdef")


def test_the_published_vector_holds():
    assert example().headers["X-Signature"] == PUBLISHED
    assert accepted(example())


@pytest.mark.parametrize(
    "target",
    ["/api/v1/balances", "/api/v1/statement?cursor=&size=5", "/api/v1/x?b=%C3%A9&a=1+2&%62c=%2F%3F", "/a?z=1&a=2&M=3"],
)
def test_what_the_independent_client_signs_is_accepted(target):
    assert accepted(example(target, b"", "GET"))


def test_the_order_of_the_query_does_not_matter():
    original = example("/api/v1/x?a=1&b=2&c=3")
    for target in ("/api/v1/x?c=3&b=2&a=1", "/api/v1/x?b=2&a=1&c=3"):
        assert accepted(Signed(original.method, target, original.body, original.headers))


def every_changed_byte(signed: Signed):
    def others(text: str):
        for place, character in enumerate(text):
            code = ord(character)
            candidates = {*(code ^ (1 << bit) for bit in range(7)), *map(ord, "0aAzZ9+-&=%. \n\t,"), *b"?/#;:"}
            for other in sorted(candidates - {code}):
                yield text[:place] + chr(other) + text[place + 1 :]

    yield from (Signed(text, signed.target, signed.body, signed.headers) for text in others(signed.method))
    yield from (Signed(signed.method, text, signed.body, signed.headers) for text in others(signed.target))
    yield from (
        Signed(signed.method, signed.target, text.encode("latin-1"), signed.headers)
        for text in others(signed.body.decode("latin-1"))
    )
    for name, value in signed.headers.items():
        if name != "X-Api-Key":  # names another key, of which this secret is not
            yield from (signed.with_header(name, text) for text in others(value))


@pytest.mark.parametrize("signed", [example(), example("/api/v1/balances", b"", "GET")], ids=["post", "get"])
def test_no_changed_byte_is_accepted(signed):
    tried = list(every_changed_byte(signed))
    assert len(tried) > 2_000
    assert [m for m in tried if accepted(m)] == []


@pytest.mark.parametrize("signed", [example(), example("/api/v1/balances", b"", "GET")], ids=["post", "get"])
def test_no_added_or_dropped_byte_is_accepted(signed):
    parts = {"method": signed.method, "target": signed.target, "body": signed.body.decode(), **signed.headers}
    tried = 0
    for name, text in parts.items():
        shorter = [text[:place] + text[place + 1 :] for place in range(len(text))]
        longer = [text[:place] + extra + text[place:] for place in range(len(text) + 1) for extra in "0a \n\t&="]
        for changed in shorter + longer:
            made = {**parts, name: changed}
            path = {"method": made.pop("method"), "target": made.pop("target"), "body": made.pop("body").encode()}
            if name == "X-Api-Key":
                continue
            tried += 1
            assert not accepted(Signed(path["method"], path["target"], path["body"], made)), (name, changed)
    assert tried > 500


def test_bytes_that_move_from_one_part_to_another_are_refused():
    original = example("/api/v1/x?a=1")
    digest = "0" * 64
    for target, nonce in (("/api/v1/x", "a=1"), ("/api/v1/x?a=11", "744185294000"), ("/api/v1/x?a=1\n1744185294000", digest)):
        assert not accepted(Signed("POST", target, original.body, {**original.headers, "X-Nonce": nonce}))
    assert not accepted(Signed("POST", "/api/v1/x", b"a=1" + original.body, original.headers))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/api/v1/x?a=1&a=2", "twice"),
        ("/api/v1/x?ab=1&a%62=2", "twice"),
        ("/api/v1/x?a=1&&b=2", "pairs"),
        ("/api/v1/x?a=1&", "pairs"),
        ("/api/v1/x?a", "pairs"),
        ("/api/v1/x?=1", "pairs"),
        ("/api/v1/%2e%2e/x", "escapes"),
        ("/api//v1/x", "empty parts"),
        ("/api/v1/../x", "dots"),
        ("/api/v1/./x", "dots"),
        ("/api/v1/x;a=1", "escapes"),
        ("api/v1/x", "escapes"),
        ("http://host/api/v1/x", "escapes"),
        ("/api/v1/x?a=1#b", "percent-encoded"),
        ("/api/v1/x?a=é", "percent-encoded"),
        ("/api/v1/x?a=" + "1" * 5000, "4096"),
    ],
)
def test_an_address_with_two_readings_is_refused_even_when_signed(target, reason):
    with pytest.raises(TargetInvalid, match=reason):
        received(example(target))


@pytest.mark.parametrize("method", ["get", "Get", "GET ", "G=T", ""])
def test_a_method_that_is_not_in_capitals_is_refused(method):
    with pytest.raises(TargetInvalid):
        received(example(method=method))


@pytest.mark.parametrize("header", list(native.HEADERS))
def test_each_header_is_needed_once(header):
    with pytest.raises(HeadersInvalid, match=f"{header} is missing"):
        received(example().without_header(header))
    value = example().headers[header]
    with pytest.raises(HeadersInvalid, match=f"{header} stands twice"):
        received(example().with_header(header, f"{value},{value}"))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Nonce", "0"),
        ("X-Nonce", "-1"),
        ("X-Nonce", "1.5000000000000000"),
        ("X-Nonce", "a" * 65),
        ("X-Nonce", "é" * 20),
        ("X-Nonce", "0123456789abcdef "),
        ("X-Timestamp", "0"),
        ("X-Timestamp", "-1744185294000"),
        ("X-Timestamp", "1744185294000.0"),
        ("X-Timestamp", "1e12"),
        ("X-Timestamp", "0744185294000"),
        ("X-Timestamp", "1" + "0" * 30),
        ("X-Timestamp", "１７４４１８５２９４０００"),
        ("X-Signature", PUBLISHED.upper()),
        ("X-Signature", PUBLISHED[:-1]),
        ("X-Signature", "0x" + PUBLISHED[2:]),
        ("X-Signature", ""),
        ("X-Api-Key", "K" * 31),
        ("X-Api-Key", "K" * 65),
        ("X-Api-Key", "K" * 31 + "\x00"),
    ],
)
def test_a_header_of_another_form_is_refused(header, value):
    with pytest.raises(HeadersInvalid, match=header):
        received(example().with_header(header, value))


@settings(max_examples=300, deadline=None)
@given(
    query=st.dictionaries(st.text("abcXYZ_%+-.", min_size=1, max_size=6), st.text("abc019=%+/?-", max_size=8), max_size=5),
    body=st.binary(max_size=200),
)
def test_any_plain_request_of_the_independent_client_is_accepted(query, body):
    target = "/api/v1/x" + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
    if len({unquote_plus(name) for name in query}) < len(query):  # two spellings of one name
        assert not accepted(example(target, body))
    else:
        assert accepted(example(target, body))
