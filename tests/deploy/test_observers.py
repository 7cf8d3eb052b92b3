"""Sentry and a collector of traces learn where and what kind, and nothing that a customer gave or that opens anything."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_django import Settings

from accounts.services import registration
from config import observers
from config.celery import app
from tests.client import Api

pytestmark = pytest.mark.django_db

EMAIL, PHONE, PASSWORD, CODE, KEY = (
    "planted.ada@example.com",
    "+8613800138000",
    "pl4nted-passw0rd!",
    "847261",
    "QkPlantedApiKey00",
)
PLANTED = (EMAIL, PHONE, PASSWORD, CODE, KEY, "planted")
SPAN_ATTRIBUTES = {
    "http.request.method", "http.route", "http.response.status_code", "quaestor.request_id", "quaestor.dialect",
    "quaestor.statements", "quaestor.statements_ms", "db.system.name", "error.type",
}  # fmt: skip


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent, unpacked."""

    taken: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding", "")
        self.taken.append((self.path, gzip.decompress(body) if packed == "gzip" else zlib.decompress(body) if packed else body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def received() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server on this machine: its address, and what was sent to it."""

    class Own(Receiver):
        taken: list[tuple[str, bytes]] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", Own.taken
    server.shutdown()
    server.server_close()


@contextmanager
def observed() -> Iterator[None]:
    """The observers that the settings name, until all is told."""
    observers.start()
    try:
        yield
    finally:
        observers.stop()


def crashed(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> str:
    """A request with everything that must not leave, which ends as a defect; its id."""

    def broken(**given: Any) -> None:
        password, address = PASSWORD, EMAIL
        logging.getLogger("accounts.services").error("could not write to %s by %s", address, password)
        raise failure

    monkeypatch.setattr(registration, "register", broken)
    body = {"email": EMAIL, "password": PASSWORD, "code": CODE, "nickname": f"planted {PHONE}"}
    headers = {"x-api-key": KEY, "authorization": f"Bearer {KEY}", "cookie": f"sid={KEY}", "user-agent": f"planted {EMAIL}"}
    answer = Client(raise_request_exception=False).post(
        f"/api/v1/registration?email={EMAIL}", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 500, answer.content
    return str(answer.headers["X-Request-Id"])


def events(taken: list[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """The events in what Sentry was sent."""
    lines = [line for path, body in taken if path.endswith("/envelope/") for line in body.splitlines() if line[:1] == b"{"]
    return [read for line in lines if "level" in (read := json.loads(line))]


def spans(taken: list[tuple[str, bytes]]) -> list[Any]:
    """The spans in what the collector was sent."""
    read = [ExportTraceServiceRequest.FromString(body) for path, body in taken if path == "/v1/traces"]
    return [span for one in read for resource in one.resource_spans for scope in resource.scope_spans for span in scope.spans]


def assert_nothing_planted(taken: list[tuple[str, bytes]]) -> None:
    for _, body in taken:
        for secret in PLANTED:
            for form in (secret.encode(), base64.b64encode(secret.encode()), secret.replace("@", "%40").encode()):
                assert form not in body, secret


def test_a_defect_is_told_by_its_place_and_request_and_by_nothing_that_was_given(
    received: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, taken = received
    settings.SENTRY_DSN = f"http://public@{address}/1"
    with observed():
        request_id = crashed(monkeypatch, ValueError(f"{EMAIL} has no {PASSWORD}"))
    told = events(taken)
    assert {event["tags"]["request_id"] for event in told} == {request_id}
    defect = next(event for event in told if "exception" in event)
    last = defect["exception"]["values"][-1]
    assert (last["type"], last["value"]) == ("ValueError", "")
    assert last["stacktrace"]["frames"][-1]["function"] == "broken"
    assert "could not write to %s by %s" in {event.get("logentry", {}).get("message") for event in told}
    assert all(set(event) <= {*observers.TOLD_OF_AN_EVENT, "tags", "exception", "logentry"} for event in told)
    assert_nothing_planted(taken)


def test_the_row_that_the_database_quotes_stays_here(
    received: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, taken = received
    settings.SENTRY_DSN = f"http://public@{address}/1"
    quoting = IntegrityError(f"duplicate key\nDETAIL:  Key (email)=({EMAIL}) already exists.")
    quoting.__cause__ = RuntimeError(f"planted {PHONE}")
    with observed():
        crashed(monkeypatch, quoting)
    assert [one["type"] for event in events(taken) for one in event.get("exception", {}).get("values", [])]
    assert_nothing_planted(taken)


def test_a_librarys_own_words_are_not_told(received: Any, settings: Settings) -> None:
    address, taken = received
    settings.SENTRY_DSN = f"http://public@{address}/1"
    with observed():
        logging.getLogger("urllib3").error("planted " + EMAIL)  # noqa: G003  # as a library would
    (told,) = events(taken)
    assert "logentry" not in told
    assert_nothing_planted(taken)


def test_a_request_is_traced_by_route_status_and_verbs_alone(
    received: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, taken = received
    settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.TRACES_PERCENT = f"http://{address}", 100
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.observers.Traces"]
    with observed():
        request_id = crashed(monkeypatch, ValueError(f"{EMAIL} {PASSWORD}"))
        Api().post("/api/v1/sessions", {"name": EMAIL, "password": PASSWORD})
        Client().get("/api/v1/coins")
        Client().generic("planted", f"/api/v1/planted/{EMAIL}", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    traced = spans(taken)
    names = {span.name for span in traced}
    assert {"POST /api/v1/registration", "POST /api/v1/sessions", "GET /api/v1/coins", "SELECT"} <= names, names
    crash = next(span for span in traced if span.name == "POST /api/v1/registration")
    values = {pair.key: pair.value.string_value or pair.value.int_value for pair in crash.attributes}
    assert (values["quaestor.request_id"], values["http.response.status_code"], values["quaestor.dialect"]) == (
        request_id, 500, "native",
    )  # fmt: skip
    assert {pair.key for span in traced for pair in span.attributes} <= SPAN_ATTRIBUTES
    assert not [event for span in traced for event in span.events]
    statement = next(span for span in traced if span.name == "SELECT")
    assert statement.trace_id in {span.trace_id for span in traced if span.name == "GET /api/v1/coins"}
    assert_nothing_planted(taken)


def test_a_task_bears_the_id_of_the_request_that_asked_for_it(received: Any, settings: Settings) -> None:
    address, taken = received
    settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.TRACES_PERCENT = f"http://{address}", 100
    from config import celery as ours
    from config.kit.context import current_request_id, set_request_id

    seen: list[str] = []

    @app.task(name="tests.planted_task")
    def task() -> None:
        seen.append(current_request_id())

    headers: dict[str, Any] = {}
    set_request_id("0123456789abcdef")
    ours.name_the_request(headers=headers)
    with observed():
        set_request_id("")
        task.apply(task_id="own-id", headers=headers)
        task.apply(task_id="own-id-2")
    assert seen == ["0123456789abcdef", "own-id-2"]
    assert [span.name for span in spans(taken)] == ["tests.planted_task"] * 2


def test_work_that_fails_is_traced_with_its_kind_and_not_its_words(received: Any, settings: Settings) -> None:
    address, taken = received
    settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.TRACES_PERCENT = f"http://{address}", 100
    with observed(), pytest.raises(ValueError, match="planted"), observers.span("work", {}):
        raise ValueError(f"planted {EMAIL}")
    (failed,) = spans(taken)
    assert [(pair.key, pair.value.string_value) for pair in failed.attributes] == [("error.type", "ValueError")]
    assert not failed.events
    assert_nothing_planted(taken)


def test_they_are_off_unless_named_and_a_missing_library_is_said_at_the_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with observed(), observers.span("x", {}) as traced:
        assert traced is None
    assert "config.observers.Traces" not in settings.MIDDLEWARE
    settings.SENTRY_DSN = "http://public@127.0.0.1:9/1"
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)
    with pytest.raises(ImproperlyConfigured, match=r"observation\.lock"):
        observers.start()


def test_an_observer_that_is_away_disturbs_nobody(settings: Settings) -> None:
    settings.SENTRY_DSN, settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://public@127.0.0.1:9/1", "http://127.0.0.1:9"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.observers.Traces"]
    with observed():
        assert Client().get("/api/v1/coins").status_code == 200
    assert connection.is_usable()
