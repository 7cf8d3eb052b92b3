"""The development post office: a real SMTP server and an SMS gateway on loopback.

With them development runs the path of production. Whatever arrives is stored as a CaughtMessage. Production has neither
the servers nor the page.
"""

from __future__ import annotations

import asyncio
import json
import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from config.kit.clock import now
from config.kit.errors import DomainError
from messaging.models import CaughtMessage, Channel
from messaging.services.destinations import normalise

MAIL_BYTES_MAX = 1024 * 1024
SMS_BYTES_MAX = 16 * 1024
SMS_BYTES_DRAINED_MAX = 1024 * 1024
SMS_TIMEOUT_SECONDS = 10

_CODE_LINE = re.compile(r"^\s*([0-9]{6}|[0-9]{8})\s*$", re.MULTILINE)
_CODE_IN_SMS = re.compile(r"(?<![0-9])([0-9]{6}|[0-9]{8}) (?:is your code|是您的)")


def catch_mail(recipients: list[str], content: bytes) -> list[CaughtMessage]:
    """Store one mail for each of its recipients."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    text, html = _body(mail, "plain"), _body(mail, "html")
    return [
        CaughtMessage.objects.create(
            channel=Channel.EMAIL,
            destination=_normalised(Channel.EMAIL, recipient),
            sender=str(mail.get("From", ""))[:254],
            subject=str(mail.get("Subject", "")),
            text=text,
            html=html,
            code=_found(_CODE_LINE, text),
            message_reference=str(mail.get("Message-ID", ""))[:255],
            caught_at=now(),
        )
        for recipient in recipients
    ]


def catch_sms(reference: str, destination: str, text: str) -> CaughtMessage:
    """Store one SMS. A gateway that sees an id twice has the same message twice: it is stored once."""
    destination = _normalised(Channel.SMS, destination)
    caught = CaughtMessage.objects.filter(channel=Channel.SMS, destination=destination, message_reference=reference).first()
    return caught or CaughtMessage.objects.create(
        channel=Channel.SMS,
        destination=destination,
        text=text,
        code=_found(_CODE_IN_SMS, text),
        message_reference=reference,
        caught_at=now(),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""


def _normalised(channel: Channel, destination: str) -> str:
    try:
        return normalise(channel, destination)
    except DomainError:
        return destination[:254]


class MailCatcher:
    """The handler of the SMTP server."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd names its hooks so
        """Take any mail to anybody (RFC 5321, 4.1.1.4)."""
        content = envelope.original_content or b""
        await asyncio.to_thread(self._store, list(envelope.rcpt_tos), content)
        return "250 2.0.0 Caught"

    @staticmethod
    def _store(recipients: list[str], content: bytes) -> None:
        close_old_connections()
        try:
            catch_mail(recipients, content)
        finally:
            close_old_connections()


class SmsCatcher(BaseHTTPRequestHandler):
    """The handler of the SMS gateway: speaks what `messaging.providers.sms_http` documents."""

    timeout = SMS_TIMEOUT_SECONDS

    def do_POST(self) -> None:
        """Take any SMS to anybody."""
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            return self._answer(HTTPStatus.LENGTH_REQUIRED, {"error": "Content-Length is due"})
        if not 0 <= length <= SMS_BYTES_MAX:
            self.rfile.read(max(0, min(length, SMS_BYTES_DRAINED_MAX)))  # an unread body would cut our answer off
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"at most {SMS_BYTES_MAX} bytes"})
        try:
            asked = json.loads(self.rfile.read(length))
            reference, destination, text = (str(asked[name]) for name in ("id", "to", "text"))
        except (ValueError, KeyError, TypeError):
            return self._answer(HTTPStatus.BAD_REQUEST, {"error": "a JSON object with id, to and text is due"})
        close_old_connections()
        try:
            caught = catch_sms(reference[:255], destination, text)
        finally:
            close_old_connections()
        return self._answer(HTTPStatus.OK, {"reference": f"caught-{caught.pk}"})

    def _answer(self, status: HTTPStatus, body: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # the name is the base class's
        """Say nothing: the page shows what came."""


class MailServer(Controller):
    """A controller that knows which port it was given where it asked for any."""

    def _trigger_server(self) -> None:
        if self.port == 0 and isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd gives it no annotations


def mail_server(port: int) -> MailServer:
    """The SMTP server on 127.0.0.1, not yet started. Port 0 takes a free one."""
    return MailServer(MailCatcher(), hostname="127.0.0.1", port=port, data_size_limit=MAIL_BYTES_MAX, enable_SMTPUTF8=True)


def sms_server(port: int) -> ThreadingHTTPServer:
    """The SMS gateway on 127.0.0.1, not yet serving. Port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), SmsCatcher)
    server.daemon_threads = True
    return server
