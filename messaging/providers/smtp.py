"""Email by SMTP (RFC 5321), multipart text and HTML (RFC 2046), one connection for each message."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from config.carriers import Carrier
from messaging.providers.base import (
    Outgoing,
    ProviderRefused,
    ProviderSilent,
    ProviderUnavailable,
    Receipt,
)

PERMANENT_FROM = 500
"""SMTP replies from here on say: never (RFC 5321, 4.2.1)."""


SMTPS_PORT = 465
SUBMISSION_PORT = 587
STEPS = 9
"""Replies that one mail waits for, from the greeting to the goodbye: each may take the time-out."""


class SmtpProvider:
    """A mail server that takes our mail."""

    def __init__(self, *, carrier: Carrier, timeout_seconds: float) -> None:
        self.name = carrier.name
        self.carrier = carrier
        self.sender = carrier.options.get("from") or f"no-reply@{carrier.host}"
        self.timeout_seconds = timeout_seconds
        self.longest_seconds = STEPS * timeout_seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the mail to the server.

        Raises ProviderRefused (a 5xx answer to the recipient or the contents), ProviderSilent (the server went away in the
        middle), ProviderUnavailable (all else). None is chained to smtplib's, which shows the address.
        """
        composed = compose(outgoing, sender=self.sender)
        connection: smtplib.SMTP | None = None
        try:
            connection = self._connection()
            connection.send_message(composed)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _verdict(min(codes, default=0)) from None
        except smtplib.SMTPAuthenticationError:
            raise ProviderUnavailable("the mail server refuses our credentials") from None
        except smtplib.SMTPResponseException as refused:
            raise _verdict(refused.smtp_code) from None
        except (OSError, smtplib.SMTPException) as trouble:
            kind = ProviderSilent if connection is not None else ProviderUnavailable
            raise kind(f"the mail server does not answer ({type(trouble).__name__})") from None
        finally:
            if connection is not None:
                _leave(connection)
        return Receipt(reference=str(composed["Message-ID"]))

    def _connection(self) -> smtplib.SMTP:
        carrier = self.carrier
        if carrier.kind == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                carrier.host,
                carrier.port or SMTPS_PORT,
                timeout=self.timeout_seconds,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(carrier.host, carrier.port or SUBMISSION_PORT, timeout=self.timeout_seconds)
        try:
            if carrier.kind == "smtp" and carrier.encrypted:
                connection.starttls(context=ssl.create_default_context())
            if carrier.user:
                connection.login(carrier.user, carrier.password)
        except BaseException:
            connection.close()
            raise
        return connection


def compose(outgoing: Outgoing, *, sender: str) -> EmailMessage:
    """The mail: text first, HTML as its alternative, the Message-ID from our row."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = sender
    message["To"] = outgoing.destination
    message["Subject"] = outgoing.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{outgoing.public_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(outgoing.text, cte="base64" if not outgoing.text.isascii() else None)
    message.add_alternative(
        outgoing.html,
        subtype="html",
        cte="base64" if not outgoing.html.isascii() else None,
    )
    message["Content-Language"] = outgoing.language  # last: setting the content clears what is said of it
    return message


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye. Whatever becomes of that, the server's word about the mail stands."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _verdict(code: int) -> ProviderRefused | ProviderUnavailable:
    """The server's own words may hold the address, so that only its number is kept."""
    if code >= PERMANENT_FROM:
        return ProviderRefused(f"the mail server answered {code}")
    return ProviderUnavailable(f"the mail server answered {code}")
