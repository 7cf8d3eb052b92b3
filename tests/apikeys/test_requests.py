"""Signed requests over HTTP: let in once, refused in order, stopped at once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as DjangoClient

from accounts.models import User
from accounts.models.users import Status
from apikeys.models import LAPSE_AFTER, ApiKey, Nonce, RefusedRequest, Scheme
from apikeys.services import admission, keys, prepared
from apikeys.services.schemes import native
from apikeys.services.schemes.common import Received, fits
from config.kit.clock import now
from messaging.models import Purpose
from tests.apikeys import people, urls
from tests.apikeys.independent import Client
from tests.apikeys.test_signing import every_changed_byte

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]
BODY = b'{"amount":"0.5"}'


@pytest.fixture
def ada():
    return people.customer()


@pytest.fixture
def issued(ada):
    return people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",))


@pytest.fixture
def client(issued):
    return people.signer(issued)


def slug(response):
    return response.json().get("slug", "") if response.content else ""


def test_a_signed_request_acts_for_the_owner_of_the_key(client, ada):
    response = people.send(client.sign("GET", "/api/v1/reading?b=2&a=%C3%A9"))
    assert response.status_code == 200
    assert response.json() == {"uid": str(ada.uid), "query": {"a": "é", "b": "2"}}


def test_a_signed_write_reads_the_body_that_was_signed(client, ada):
    assert people.send(client.sign("POST", "/api/v1/writing", BODY)).status_code == 200
    assert urls.writes == [(ada.uid, {"amount": "0.5"})]


def test_servers_that_hand_on_only_the_decoded_path_are_understood(client):
    signed = client.sign("GET", "/api/v1/reading?b=2&a=%C3%A9")
    response = DjangoClient().get("/api/v1/reading", QUERY_STRING="b=2&a=%C3%A9", headers=signed.headers)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_read_key_reaches_no_write(ada, method):
    client = people.signer(people.issue(ada))
    response = people.send(client.sign(method, "/api/v1/writing", BODY if method == "POST" else b""))
    assert (response.status_code, slug(response), response.json()["required"]) == (403, "api.scope_missing", "withdraw")
    assert urls.writes == []


@pytest.mark.parametrize("path", ["/api/v1/personal", "/api/v1/api-keys"])
def test_what_names_no_scope_is_reached_by_no_key(ada, path):
    client = people.signer(people.issue(ada, scopes=("read", "trade", "transfer")))
    assert slug(people.send(client.sign("GET", path))) == "api.scope_missing"


def test_no_changed_byte_of_a_signed_request_acts(client, monkeypatch):
    monkeypatch.setattr(admission, "REFUSALS_PER_MINUTE_MAX", 0)
    signed = client.sign("POST", "/api/v1/writing?a=1", BODY)
    tried = 0
    for changed in every_changed_byte(signed):
        tried += 1
        if tried % 10:  # each tenth here; all of them against the pure function
            continue
        assert people.send(changed).status_code in {400, 401, 404, 405, 415}, changed
    assert tried > 2_000
    assert urls.writes == []
    assert people.send(signed).status_code == 200  # none of them burnt its nonce


def test_a_changed_key_is_nobodys(client):
    signed = client.sign("GET", "/api/v1/reading")
    for place in range(len(client.key)):
        other = client.key[:place] + ("A" if client.key[place] != "A" else "B") + client.key[place + 1 :]
        assert slug(people.send(signed.with_header("X-Api-Key", other))) == "apikeys.key_refused"


@pytest.mark.parametrize("header", ["X-Api-Key", "X-Timestamp", "X-Nonce", "X-Signature"])
def test_a_missing_or_double_header_is_refused(client, header):
    signed = client.sign("GET", "/api/v1/reading")
    response = people.send(signed.without_header(header))
    assert (response.status_code, slug(response), response.json()["header"]) == (401, "apikeys.headers_invalid", header)
    doubled = signed.with_header(header, f"{signed.headers[header]},{signed.headers[header]}")
    assert slug(people.send(doubled)) == "apikeys.headers_invalid"


def test_a_session_beside_a_signature_is_refused(client, ada):
    signed = client.sign("GET", "/api/v1/reading").with_header("Authorization", f"Bearer {people.token(ada)}")
    assert slug(people.send(signed)) == "apikeys.headers_invalid"


def test_a_path_that_was_routed_otherwise_than_received_is_refused(client):
    signed = client.sign("GET", "/api/v1/reading")
    assert slug(people.send(signed, RAW_URI="/api/v1/writing")) == "apikeys.target_invalid"
    elsewhere = client.sign("GET", "/elsewhere/api/v1/reading")
    shifted = {"SCRIPT_NAME": "/elsewhere", "PATH_INFO": "/api/v1/reading"}
    assert slug(people.send(elsewhere, **shifted)) == "apikeys.target_invalid"
    assert slug(people.send(signed, RAW_URI="http://testserver/api/v1/reading")) == "apikeys.target_invalid"


def test_an_upload_is_not_taken_with_a_signature(client):
    signed = client.sign("POST", "/api/v1/writing", BODY)
    response = DjangoClient().generic(
        "POST", "/api/v1/writing", BODY, content_type="multipart/form-data; boundary=x", headers=signed.headers
    )
    assert response.status_code == 415
    assert urls.writes == []


@pytest.mark.parametrize(("seconds", "let_in"), [(-58, True), (58, True), (-62, False), (62, False), (-86_400, False)])
def test_only_timestamps_near_our_clock_are_let_in(client, seconds, let_in):
    stamp = str(int(time.time() * 1000) + seconds * 1000)
    response = people.send(client.sign("GET", "/api/v1/reading", timestamp=stamp))
    if let_in:
        assert response.status_code == 200
    else:
        assert (response.status_code, slug(response)) == (401, "apikeys.clock_outside_window")
        assert abs(response.json()["server_time"] - time.time() * 1000) < 10_000
        assert response.json()["window_seconds"] == 60


def test_a_bound_key_works_from_its_networks_only(ada):
    client = people.signer(people.issue(ada, networks=("192.0.2.0/24", "2001:db8::/48")))
    for ip, status in {"192.0.2.9": 200, "2001:db8::5": 200, "::ffff:192.0.2.9": 200, "192.0.3.1": 403}.items():
        assert people.send(client.sign("GET", "/api/v1/reading"), ip=ip).status_code == status
    refused = people.send(client.sign("GET", "/api/v1/reading"), ip="203.0.113.9")
    assert (slug(refused), refused.json()["ip"]) == ("apikeys.address_not_allowed", "203.0.113.9")


PROXY_HEADERS = (
    "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "X-Forwarded", "X-Cluster-Client-IP", "Client-IP",
    "True-Client-IP", "CF-Connecting-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "Via",
)  # fmt: skip
PROXY_VALUES = (
    "192.0.2.9", "for=192.0.2.9", "192.0.2.9, 203.0.113.9", "203.0.113.9, 192.0.2.9", "::ffff:192.0.2.9", "127.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("header", PROXY_HEADERS)
def test_no_header_of_the_sender_makes_its_address(ada, settings, header, proxies):
    settings.PROXY_COUNT = proxies
    client = people.signer(people.issue(ada, networks=("192.0.2.9",)))
    for value in PROXY_VALUES:
        signed = client.sign("GET", "/api/v1/reading")
        tail = ", 203.0.113.9" if proxies else ""  # what our own proxy appends: whom it saw
        headers = {header: value}
        if proxies:
            headers["X-Forwarded-For"] = (value if header == "X-Forwarded-For" else "192.0.2.9") + tail
        sent = signed
        for name, text in headers.items():
            sent = sent.with_header(name, text)
        assert slug(people.send(sent, ip="203.0.113.9")) == "apikeys.address_not_allowed", (header, value)


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.LOCKED, Status.DELETED])
def test_the_keys_of_a_barred_customer_are_refused(ada, client, status):
    User.objects.filter(pk=ada.pk).update(status=status)
    response = people.send(client.sign("GET", "/api/v1/reading"))
    assert (response.status_code, slug(response)) == (401, "apikeys.key_refused")


def test_a_deleted_key_is_refused_from_the_next_request_on(ada, issued, client):
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200
    keys.delete(customer=ada, public_id=str(issued.api_key.public_id), proof=people.proof(ada, Purpose.API_KEY_DELETE))
    assert slug(people.send(client.sign("GET", "/api/v1/reading"))) == "apikeys.key_refused"


def test_an_expired_key_is_refused(ada):
    client = people.signer(people.issue(ada, expires_at=now() + timedelta(hours=1)))
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        assert slug(people.send(client.sign("GET", "/api/v1/reading"))) == "apikeys.key_refused"


@pytest.mark.parametrize(("networks", "expected"), [((), "apikeys.key_refused"), (("127.0.0.1",), "")])
def test_a_key_bound_to_no_network_lapses_when_it_is_not_used(ada, networks, expected):
    client = people.signer(people.issue(ada, networks=networks))
    for days in (80, 160):  # each use begins the ninety days anew
        with time_machine.travel(now() + timedelta(days=days), tick=True):
            assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200
    with time_machine.travel(now() + timedelta(days=160) + LAPSE_AFTER, tick=True):
        assert slug(people.send(client.sign("GET", "/api/v1/reading"))) == expected


def test_withdrawing_counts_only_once_the_key_has_its_age(settings, ada):
    settings.API_KEY_WITHDRAW_AGE_SECONDS = 24 * 3600
    client = people.signer(people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",)))
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200
    assert slug(people.send(client.sign("POST", "/api/v1/writing", BODY))) == "api.scope_missing"
    with time_machine.travel(now() + timedelta(hours=24), tick=True):
        assert people.send(client.sign("POST", "/api/v1/writing", BODY)).status_code == 200


def test_the_checks_go_in_their_order(ada, issued):
    wrong = Client(issued.api_key.key, "0" * 64)
    far = {"timestamp": str(int(time.time() * 1000) - 3_600_000)}
    stranger = Client("Z" * 32, "0" * 64)
    assert slug(people.send(stranger.sign("GET", "/api/v1/reading", **far), ip="203.0.113.9")) == "apikeys.key_refused"
    assert slug(people.send(wrong.sign("GET", "/api/v1/reading", **far), ip="203.0.113.9")) == "apikeys.address_not_allowed"
    assert slug(people.send(wrong.sign("GET", "/api/v1/reading", **far))) == "apikeys.clock_outside_window"
    assert slug(people.send(wrong.sign("GET", "/api/v1/reading"))) == "apikeys.signature_wrong"
    assert not Nonce.objects.exists()


def test_every_refusal_costs_one_comparison_so_that_its_time_tells_nothing(ada, issued, client, monkeypatch):
    compared = []

    def counted(*given):
        compared.append(given)
        return fits(*given)

    monkeypatch.setattr(admission, "fits", counted)
    of_spot = keys.create(customer=ada, proof=people.proof(ada), label="x", scopes=["read"], scheme=Scheme.SPOT).api_key
    for signer, ip in (
        (Client("Z" * 32, "0" * 64), "127.0.0.1"),
        (Client(of_spot.key, "0" * 64), "127.0.0.1"),
        (Client(client.key, "0" * 64), "127.0.0.1"),
        (client, "203.0.113.9"),
    ):
        compared.clear()
        assert people.send(signer.sign("GET", "/api/v1/reading"), ip=ip).status_code in {401, 403}
        assert len(compared) == 1
    keys.disable(api_key=issued.api_key, officer=people.customer("officer@example.com"), reason="leaked")
    compared.clear()
    assert slug(people.send(client.sign("GET", "/api/v1/reading"))) == "apikeys.key_refused"
    assert len(compared) == 1


def test_a_refusal_is_kept_with_the_text_that_should_have_been_signed(issued, client):
    signed = client.sign("GET", "/api/v1/reading?b=2&a=1")
    people.send(signed.with_header("X-Signature", "0" * 64))
    kept = RefusedRequest.objects.get(api_key=issued.api_key)
    assert (kept.slug, kept.ip) == ("apikeys.signature_wrong", "127.0.0.1")
    assert kept.signed_text.split("\n")[:3] == ["GET", "/api/v1/reading", "a=1&b=2"]
    assert issued.secret not in kept.signed_text


def test_a_flood_of_refusals_is_not_kept_whole(issued, client):
    for _ in range(admission.REFUSALS_PER_MINUTE_MAX + 5):
        people.send(client.sign("GET", "/api/v1/reading").with_header("X-Signature", "0" * 64))
    assert RefusedRequest.objects.count() == admission.REFUSALS_PER_MINUTE_MAX


def test_a_read_notes_its_use_once_a_minute_and_else_asks_the_database_twice(
    issued, client, django_assert_num_queries, monkeypatch
):
    people.send(client.sign("GET", "/api/v1/reading"))
    first = ApiKey.objects.get(pk=issued.api_key.pk).last_used_at
    people.send(client.sign("GET", "/api/v1/reading"))
    assert first is not None
    assert ApiKey.objects.get(pk=issued.api_key.pk).last_used_at == first
    asked = []
    real = prepared.first

    def counted(*given):
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(prepared, "first", counted)
    with django_assert_num_queries(0):  # beside those of its own
        admission.admit(_read(client.sign("GET", "/api/v1/reading")), ip="127.0.0.1")
    assert len(asked) == 2


def _read(signed):

    return native.read(Received("GET", signed.target, "", b"", dict(signed.headers)))
