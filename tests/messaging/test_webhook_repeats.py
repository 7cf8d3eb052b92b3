"""Webhooks: receivers that waste our time, what was given up sent again, and the receiver's code of the documentation."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.errors import NotAnOfficer, ReasonDue
from accounts.models import AuditRecord
from accounts.services import webhook_repeats
from accounts.services.officers import Act
from config.kit import clock
from config.webhooks import Endpoint, endpoints
from messaging.models import Webhook, WebhookState
from messaging.providers import webhook as wire
from messaging.services import webhooks
from tests.factories_accounts import officer
from tests.messaging.gateways import gateway
from tests.messaging.test_desk import signed_in
from tests.messaging.test_webhooks import FACTS, OLD, SECRETS, configure

PAGE = "/admin/messaging/webhook/"
STEP_SECONDS = 30
BYTES_OF_A_TRICKLE = 400
"""At twenty a second they take twenty seconds, if nobody hangs up."""
Answering = Callable[[socket.socket], None]


@contextmanager
def receiver(answer: Answering) -> Iterator[int]:
    """A server of one connection that answers in its own way; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            try:
                answer(connection)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    with server:
        yield server.getsockname()[1]


def trickle(connection: socket.socket) -> None:
    """A good answer whose header comes byte by byte."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(BYTES_OF_A_TRICKLE):
        connection.sendall(b"x")
        time.sleep(0.05)
    connection.sendall(b"\r\nContent-Length: 0\r\n\r\n")


def informed(connection: socket.socket) -> None:
    """A good answer after many that say to wait."""
    for _ in range(BYTES_OF_A_TRICKLE):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.05)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def silent(connection: socket.socket) -> None:
    """No answer until we hang up."""
    while connection.recv(65536):
        pass


def posted(port: int, *, step_seconds: float, total_seconds: float) -> int:
    endpoint = Endpoint(f"http://127.0.0.1:{port}/", (OLD,))
    return wire.post(endpoint, b"{}", {}, timeout_seconds=step_seconds, total_seconds=total_seconds, private_allowed=True)


@pytest.mark.parametrize("answer", [trickle, informed, silent])
def test_a_delivery_ends_at_its_deadline_however_the_receiver_spreads_its_bytes(
    answer: Callable[[socket.socket], None],
) -> None:
    with receiver(answer) as port, pytest.raises(wire.WebhookNotTaken, match="no whole answer in the time"):
        posted(port, step_seconds=STEP_SECONDS, total_seconds=0.5)


def test_a_receiver_that_hangs_costs_one_step_and_is_tried_again(db: None, settings: Any) -> None:
    with receiver(silent) as port:
        configure(settings, port)
        settings.WEBHOOK_TIMEOUT_SECONDS = 0.5
        webhooks.emit("kyc.case.approved", FACTS)
        assert webhooks.sweep() == 1
    row = Webhook.objects.get()
    assert (row.state, row.last_error, row.last_status) == (WebhookState.QUEUED, "no answer (ReadTimeout)", None)
    assert row.due_at > clock.now()


def test_the_deadline_of_a_delivery_ends_before_its_lease(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(settings, 9)
    given: dict[str, Any] = {}

    def post(*_: Any, **named: Any) -> int:
        given.update(named)
        return 204

    monkeypatch.setattr(wire, "post", post)
    webhooks.emit("kyc.case.approved", FACTS)
    with time_machine.travel(clock.now(), tick=False):
        claim = webhooks.claim_next()
        assert claim is not None
        webhooks.send(claim)
        assert 0 < given["total_seconds"] < (claim.webhook.due_at - clock.now()).total_seconds()


def test_a_name_that_nobody_looks_up_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def look(*_: Any, **__: Any) -> list[Any]:
        released.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look)
    try:
        with pytest.raises(wire.WebhookNotTaken, match="not looked up in time"):
            wire.resolve("hooks.example.com", 443, seconds=0.1, private_allowed=True)
    finally:
        released.set()


def documented() -> dict[str, Any]:
    """What the code of docs/webhooks.md defines."""
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    defined: dict[str, Any] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), defined)  # our own document
    return defined


def test_the_receivers_code_of_the_documentation_takes_what_we_send_and_nothing_else(db: None, settings: Any) -> None:
    is_genuine = documented()["is_genuine"]
    with gateway() as server:
        configure(settings, server.port)
        webhooks.emit("kyc.case.approved", FACTS)
        webhooks.sweep()
    (seen,) = server.seen
    headers = {name.lower(): value for name, value in seen.headers.items()}
    new, old = SECRETS.split()
    assert is_genuine(new, headers, seen.body)
    assert is_genuine(old, headers, seen.body)
    assert not is_genuine("whsec_" + base64.b64encode(b"e" * 32).decode(), headers, seen.body)
    assert not is_genuine(new, headers, seen.body + b" ")
    assert not is_genuine(new, {**headers, "webhook-id": "evt_1"}, seen.body)
    for stamp in ("", "-1", "²", str(int(headers["webhook-timestamp"]) + 1), str(int(headers["webhook-timestamp"]) - 301)):
        assert not is_genuine(new, {**headers, "webhook-timestamp": stamp}, seen.body)
    assert not is_genuine(new, {}, seen.body)
    with time_machine.travel(int(headers["webhook-timestamp"]) + 301):
        assert not is_genuine(new, headers, seen.body)


@pytest.fixture
def failed(db: None, settings: Any) -> Webhook:
    """One that was given up, of an endpoint that nobody listens at."""
    settings.WEBHOOK_ENDPOINTS = endpoints(["http://127.0.0.1:9/hook?token=planted"], [SECRETS])
    webhooks.emit("kyc.case.approved", FACTS)
    Webhook.objects.update(state=WebhookState.FAILED, ended_at=clock.now(), tries=12, last_error="answered 503")
    return Webhook.objects.get()


def test_an_officer_sends_again_what_was_given_up_and_the_log_says_why(failed: Webhook) -> None:
    desk = signed_in(officer("compliance")[0])
    assert "answered 503" in desk.get(PAGE).content.decode()
    assert f"/{failed.pk}/change/" in desk.get(PAGE, {"q": str(failed.event_id)}).content.decode()
    page = desk.get(f"{PAGE}{failed.pk}/change/").content.decode()
    assert "Send again" in page
    assert "planted" not in page
    assert "whsec_" not in page
    assert desk.post(f"{PAGE}{failed.pk}/change/", {"state": "accepted"}).status_code == 403
    again = f"{PAGE}{failed.pk}/again/"
    assert "reason" in desk.post(again, {"reason": " "}, follow=True).content.decode().lower()
    failed.refresh_from_db()
    assert failed.state == WebhookState.FAILED
    desk.post(again, {"reason": "their server is back"})
    former = failed.event_id
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.event_id) == (WebhookState.QUEUED, 0, former)
    record = AuditRecord.objects.get(act="messaging.webhook_sent_again")
    assert (record.reason, record.subject) == ("their server is back", f"messaging.webhook:{failed.public_id}")
    assert "can&#x27;t become" in desk.post(again, {"reason": "once more"}, follow=True).content.decode()
    assert AuditRecord.objects.filter(act="messaging.webhook_sent_again").count() == 1
    assert "Send again" not in desk.get(f"{PAGE}{failed.pk}/change/").content.decode()


def test_auditors_look_and_send_nothing_and_strangers_see_nothing(failed: Webhook) -> None:
    auditor, _ = officer("auditor")
    client, again = signed_in(auditor), f"{PAGE}{failed.pk}/again/"
    page = client.get(f"{PAGE}{failed.pk}/change/")
    assert (page.status_code, "Send again" in page.content.decode()) == (200, False)
    assert client.post(again, {"reason": "why not"}).status_code == 403
    assert Client().post(again, {"reason": "why not"}).status_code == 302
    with pytest.raises(NotAnOfficer):
        webhook_repeats.send_again(public_id=failed.public_id, act=Act(reason="why not", officer=auditor))
    with pytest.raises(ReasonDue):
        webhook_repeats.send_again(public_id=failed.public_id, act=Act(reason=" ", by="ops"))
    failed.refresh_from_db()
    assert failed.state == WebhookState.FAILED


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 40])
def test_a_webhook_that_is_none_is_not_there(db: None, number: str) -> None:
    desk = signed_in(officer("treasury")[0])
    assert desk.get(f"{PAGE}{number}/change/").status_code in {302, 404}
    assert desk.get(f"{PAGE}{number}/again/").status_code == 405
    assert desk.post(f"{PAGE}{number}/again/", {"reason": "x"}).status_code == 404


def run(*words: str) -> tuple[int, str]:
    """The command's exit code and what it printed."""
    out = StringIO()
    try:
        call_command("failed_webhooks", *words, stdout=out, stderr=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_lists_what_was_given_up_and_sends_it_again(failed: Webhook) -> None:
    who = ("--by", "ops", "--reason", "their server is back")
    code, text = run()
    assert code == 1
    assert f"{failed.public_id} kyc.case.approved" in text
    assert "planted" not in text
    code, text = run("--json")
    assert (code, json.loads(text)[0]["id"]) == (1, str(failed.public_id))
    for nobody in (("--send-all",), ("--send-all", "--by", "ops"), ("--send-all", "--reason", "x", "--by", " ")):
        with pytest.raises(CommandError):
            run(*nobody)
    code, text = run("--send-again", str(failed.public_id), "0", "no\x00number", *who)
    assert code == 1
    assert "queued again: 1" in text
    assert run("--send-again", str(failed.public_id), *who)[0] == 1
    assert run() == (0, "given up: 0\n")
    Webhook.objects.update(state=WebhookState.FAILED, ended_at=clock.now())
    assert run("--send-all", "--json", *who)[0] == 0
    assert Webhook.objects.get().state == WebhookState.QUEUED
    record = AuditRecord.objects.filter(act="messaging.webhook_sent_again").latest("id")
    assert (record.actor_kind, record.facts["by"], record.reason) == ("operator", "ops", "their server is back")
