"""`manage.py catch_messages`: the development post office."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from config.kit.commands import ConsoleCommand


class Command(ConsoleCommand):
    """Catches the mail and SMS of development. Production refuses it."""

    help = "Run a mail server and an SMS gateway on 127.0.0.1 that keep everything for /outbox/ (development only)."
    example = "catch_messages --smtp-port 2525 --sms-port 2526"
    requires_system_checks: list[str] = []  # serves no page: reading all URLs would only make its start late

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ports; without them those of EMAIL_URL and SMS_URL."""
        parser.add_argument("--smtp-port", type=int, default=None, help="port of the mail server (default: EMAIL_URL's)")
        parser.add_argument("--sms-port", type=int, default=None, help="port of the SMS gateway (default: SMS_URL's)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or SIGINT."""
        if settings.PRODUCTION:
            raise CommandError("The post office of development does not exist in production.")
        from messaging.outbox import catcher  # its SMTP server is installed for development only

        smtp_port = options["smtp_port"] if options["smtp_port"] is not None else settings.EMAIL_CARRIERS[0].port or 25
        sms_port = options["sms_port"] if options["sms_port"] is not None else settings.SMS_CARRIERS[0].port or 80
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        mail = catcher.mail_server(smtp_port)
        try:
            mail.start()
        except OSError as trouble:
            raise CommandError(f"The mail server can't listen on 127.0.0.1:{smtp_port}: {trouble}") from trouble
        try:
            sms = catcher.sms_server(sms_port)
        except OSError as trouble:
            mail.stop()
            raise CommandError(f"The SMS gateway can't listen on 127.0.0.1:{sms_port}: {trouble}") from trouble
        threading.Thread(target=sms.serve_forever, name="sms", daemon=True).start()
        self.stdout.write(f"Catching mail on 127.0.0.1:{mail.port} and SMS on 127.0.0.1:{sms.server_port}.")
        self.stdout.flush()
        stop.wait()
        sms.shutdown()
        sms.server_close()
        mail.stop()
