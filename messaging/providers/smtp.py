"""Email by SMTP (RFC 5321), multipart text and HTML (RFC 2046), one connection for each message."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TypedDict

from messaging.providers.base import (
    Outgoing,
    ProviderRefused,
    ProviderUnavailable,
    Receipt,
)

PERMANENT_FROM = 500
"""SMTP replies from here on say: never (RFC 5321, 4.2.1)."""


class MailSettings(TypedDict):
    """What EMAIL_URL says."""

    HOST: str
    PORT: int
    USER: str
    PASSWORD: str
    SSL: bool
    STARTTLS: bool
    FROM: str


class SmtpProvider:
    """A mail server that takes our mail."""

    name = "smtp"

    def __init__(self, *, mail: MailSettings, timeout_seconds: float) -> None:
        self.mail = mail
        self.timeout_seconds = timeout_seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the mail to the server.

        Raises ProviderRefused (a 5xx answer to the recipient or the contents), ProviderUnavailable (all else). Neither is
        chained to smtplib's, which shows the address.
        """
        composed = compose(outgoing, sender=self.mail["FROM"])
        try:
            with self._connection() as connection:
                connection.send_message(composed)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _verdict(min(codes, default=0)) from None
        except smtplib.SMTPAuthenticationError:
            raise ProviderUnavailable("the mail server refuses our credentials") from None
        except smtplib.SMTPResponseException as refused:
            raise _verdict(refused.smtp_code) from None
        except (OSError, smtplib.SMTPException) as trouble:
            raise ProviderUnavailable(f"the mail server does not answer ({type(trouble).__name__})") from None
        return Receipt(reference=str(composed["Message-ID"]))

    def _connection(self) -> smtplib.SMTP:
        mail = self.mail
        if mail["SSL"]:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                mail["HOST"],
                mail["PORT"],
                timeout=self.timeout_seconds,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(mail["HOST"], mail["PORT"], timeout=self.timeout_seconds)
        try:
            if mail["STARTTLS"]:
                connection.starttls(context=ssl.create_default_context())
            if mail["USER"]:
                connection.login(mail["USER"], mail["PASSWORD"])
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


def _verdict(code: int) -> ProviderRefused | ProviderUnavailable:
    """The server's own words may hold the address, so that only its number is kept."""
    if code >= PERMANENT_FROM:
        return ProviderRefused(f"the mail server answered {code}")
    return ProviderUnavailable(f"the mail server answered {code}")
