"""Providers: real conversations with a mail server and a gateway that misbehave in every known way."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from config.carriers import email_carriers, sms_carriers
from messaging.outbox.catcher import MailServer
from messaging.providers.base import Outgoing, Provider, ProviderRefused, ProviderUnavailable
from messaging.providers.registry import provider
from messaging.providers.sms_http import HttpSmsProvider
from messaging.providers.smtp import SmtpProvider

TIMEOUT_SECONDS = 0.5


def outgoing(**changes: Any) -> Outgoing:
    values: dict[str, Any] = {
        "public_id": 1234567890123456, "channel": "email", "destination": "ada@example.com", "language": "zh-TW",
        "version": "abc", "subject": "您的登入驗證碼", "text": "482913\n…\n", "html": "<p>482913 您</p>",
    }  # fmt: skip
    return Outgoing(**values | changes)


class Server:
    """An SMTP handler that keeps what it took and answers as told."""

    def __init__(self, rcpt: str = "250 OK", content: str = "250 OK") -> None:
        self.rcpt, self.content, self.taken = rcpt, content, []  # type: ignore[var-annotated]  # a list of whatever was sent

    async def handle_RCPT(  # noqa: N802  # aiosmtpd names its hooks so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802  # aiosmtpd names its hooks so
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.taken.append(envelope)
        return self.content


@contextmanager
def mail_server(handler: Server) -> Iterator[SmtpProvider]:
    controller: Controller = MailServer(handler, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield smtp_to(controller.port)
    finally:
        controller.stop()


def smtp_to(port: int, *, scheme: str = "smtp", credentials: str = "", tls: int = 0) -> SmtpProvider:
    url = f"{scheme}://{credentials}127.0.0.1:{port}?from=Quaestor%20<no-reply@quaestor.example>&tls={tls}"
    return SmtpProvider(carrier=email_carriers(url)[0], timeout_seconds=TIMEOUT_SECONDS)


def test_a_mail_travels_as_text_and_html_with_our_id() -> None:
    server = Server()
    with mail_server(server) as carrier:
        receipt = carrier.send(outgoing())
    mail = message_from_bytes(server.taken[0].original_content, policy=policy.default)
    assert server.taken[0].rcpt_tos == ["ada@example.com"]
    assert server.taken[0].mail_from == "no-reply@quaestor.example"
    assert mail["Message-ID"] == receipt.reference == "<1234567890123456@quaestor.example>"
    assert mail["Subject"] == "您的登入驗證碼"
    assert mail["Content-Language"] == "zh-TW"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content() == "482913\n…\n"
    assert all(len(line) <= 998 for line in server.taken[0].original_content.splitlines())


@pytest.mark.parametrize(
    ("server", "refusal"),
    [
        (Server(rcpt="550 no such mailbox ada@example.com"), ProviderRefused),
        (Server(rcpt="451 try later"), ProviderUnavailable),
        (Server(content="554 spam"), ProviderRefused),
        (Server(content="452 disk full"), ProviderUnavailable),
    ],
    ids=["550 recipient", "451 recipient", "554 contents", "452 contents"],
)
def test_the_servers_number_decides_whether_to_try_again_and_its_words_are_not_kept(
    server: Server, refusal: type[Exception]
) -> None:
    with mail_server(server) as carrier, pytest.raises(refusal) as raised:
        carrier.send(outgoing())
    assert "ada@example.com" not in str(raised.value)


def test_a_server_that_is_not_there_or_asks_for_what_we_lack_is_tried_again() -> None:
    with pytest.raises(ProviderUnavailable):
        smtp_to(closed_port()).send(outgoing())
    with mail_server(Server()) as carrier:
        port = carrier.carrier.port
        with pytest.raises(ProviderUnavailable):
            smtp_to(port, tls=1).send(outgoing())  # never in the clear where TLS is asked for
        with pytest.raises(ProviderUnavailable):
            smtp_to(port, credentials="u:p@").send(outgoing())
        with pytest.raises(ProviderUnavailable):
            smtp_to(port, scheme="smtps").send(outgoing())


def test_a_server_that_never_answers_does_not_hold_the_worker() -> None:
    with silent_port() as port:
        started = time.monotonic()
        with pytest.raises(ProviderUnavailable):
            smtp_to(port).send(outgoing())
        with pytest.raises(ProviderUnavailable):
            HttpSmsProvider(url=f"http://127.0.0.1:{port}/", timeout_seconds=TIMEOUT_SECONDS).send(outgoing())
    assert time.monotonic() - started < 30


SMS = {"channel": "sms", "destination": "+886912345678", "subject": "", "html": "", "text": "482913 …"}


@contextmanager
def gateway(status: int, body: bytes = b"{}") -> Iterator[tuple[int, list[tuple[str, dict[str, str], Any]]]]:
    seen: list[tuple[str, dict[str, str], Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, dict(self.headers.items()), json.loads(content)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        server.server_close()


def sms_to(port: int, credentials: str = "") -> Provider:
    [carrier] = sms_carriers(f"http://{credentials}127.0.0.1:{port}/v2/send?route=a")
    return provider(carrier, timeout_seconds=TIMEOUT_SECONDS * 10)


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        ("", None),
        ("bearer:to%2Fken@", "Bearer to/ken"),
        ("user:pass%40word@", "Basic " + base64.b64encode(b"user:pass@word").decode()),
    ],
)
def test_the_gateway_is_told_what_is_documented(credentials: str, header: str | None) -> None:
    with gateway(200, b'{"reference": "g-77"}') as (port, seen):
        receipt = sms_to(port, credentials).send(outgoing(**SMS))
    path, headers, body = seen[0]
    assert receipt.reference == "g-77"
    assert path == "/v2/send?route=a"
    assert headers.get("Authorization") == header
    assert headers["Idempotency-Key"] == "1234567890123456"
    assert body == {"id": "1234567890123456", "to": "+886912345678", "text": "482913 …", "language": "zh-TW"}


@pytest.mark.parametrize("body", [b"", b"OK", b"[]", b'{"reference": null}', b'{"reference": {}}', b"{" * 100_000])
def test_a_gateway_owes_us_no_reference(body: bytes) -> None:
    with gateway(202, body) as (port, _):
        assert sms_to(port).send(outgoing(**SMS)).reference == "1234567890123456"


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(400, ProviderRefused), (404, ProviderRefused), (422, ProviderRefused), (302, ProviderUnavailable)]
    + [(status, ProviderUnavailable) for status in (401, 403, 408, 425, 429, 500, 502, 503)],
)
def test_the_status_decides_whether_to_try_again(status: int, refusal: type[Exception]) -> None:
    with gateway(status, b'{"error": "+886912345678"}') as (port, _), pytest.raises(refusal) as raised:
        sms_to(port, "user:secret@").send(outgoing(**SMS))
    assert "secret" not in str(raised.value)
    assert "+886" not in str(raised.value)


def test_a_gateway_that_has_our_id_already_has_taken_the_message() -> None:
    with gateway(409) as (port, _):
        assert sms_to(port).send(outgoing(**SMS)).reference == "1234567890123456"


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("rcpt", ["450 ada@example.com is busy", "550 no ada@example.com here"])
def test_a_refusal_says_nothing_of_the_address_in_its_words_its_chain_or_a_log(
    rcpt: str, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(Server(rcpt=rcpt)) as carrier:
        try:
            carrier.send(outgoing())
        except (ProviderRefused, ProviderUnavailable):
            logging.getLogger("tests").exception("It went wrong.")
    assert "the mail server answered" in caplog.text
    assert "ada" not in caplog.text
