"""Email by a service's API, through django-anymail.

Our row's id travels as `Message-ID` where the service lets us name it, and as metadata (as a tag where there is none) that
comes back in the service's events.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, Final

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.utils.module_loading import import_string

from config.carriers import EMAIL_SERVICES, SERVICE_OPTIONS, Carrier
from messaging.providers.base import (
    Outgoing,
    ProviderRefused,
    ProviderSilent,
    ProviderUnavailable,
    Receipt,
    verdict,
)

STEPS = 3
"""Connecting, writing, and waiting for the answer: each may take the time-out."""
NEVER_STATUSES: Final = frozenset({"rejected", "invalid", "failed"})
OURS_TO_NAME: Final = frozenset({"amazon_ses", "mailgun", "mandrill", "postal", "scaleway"})
"""Services that take a Message-ID of ours; the others draw their own and answer with it."""
WITHOUT_METADATA: Final = frozenset({"mailersend", "postal"})
SES_NEVER_HAD_IT: Final = frozenset({"EndpointConnectionError", "ConnectTimeoutError"})
SES_FAULTS_OF_THE_MESSAGE: Final = frozenset({"MessageRejected", "BadRequestException"})


class AnymailProvider:
    """One of django-anymail's services."""

    def __init__(self, *, carrier: Carrier, timeout_seconds: float) -> None:
        self.name = carrier.name
        self.service = carrier.kind.removeprefix("anymail+")
        self.sender = carrier.options["from"]
        self.timeout_seconds = timeout_seconds
        self.longest_seconds = STEPS * timeout_seconds
        self.settings = self._settings(carrier)

    def _settings(self, carrier: Carrier) -> dict[str, Any]:
        credentials = dict(zip(EMAIL_SERVICES[self.service], (carrier.user, carrier.password), strict=False))
        if self.service == "amazon_ses":
            client: dict[str, Any] = {
                "aws_access_key_id": credentials["access_key"],
                "aws_secret_access_key": credentials["secret_key"],
                "region_name": carrier.options["region"],
                "config": {
                    "connect_timeout": self.timeout_seconds,
                    "read_timeout": self.timeout_seconds,
                    "retries": {"total_max_attempts": 1},
                },
            }
            return {"client_params": client | ({"endpoint_url": carrier.endpoint} if carrier.endpoint else {})}
        own = {name: carrier.options[name] for name in SERVICE_OPTIONS if name in carrier.options}
        place = {"api_url": carrier.endpoint} if carrier.endpoint else {}
        return {**credentials, **own, **place, "timeout": self.timeout_seconds, "ignore_unsupported_features": True}

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the mail to the service.

        Raises ProviderRefused, ProviderUnavailable, ProviderSilent; none is chained to anymail's, which show the address.
        """
        message = self._compose(outgoing)
        try:
            backend = import_string(f"anymail.backends.{self.service}.EmailBackend")(fail_silently=False, **self.settings)
            with backend:
                backend.send_messages([message])
        except AnymailRecipientsRefused:
            raise ProviderRefused(f"{self.name} refuses the recipient") from None
        except AnymailAPIError as trouble:
            raise self._reason(trouble) from None
        except AnymailError as trouble:
            raise ProviderRefused(f"{self.name} can't be given this message ({type(trouble).__name__})") from None
        status = message.anymail_status
        if set(status.status or ()) & NEVER_STATUSES:
            raise ProviderRefused(f"{self.name} refuses the recipient")
        if not status.message_id and status.status == {"unknown"}:
            raise ProviderSilent(f"{self.name} does not say what became of it")
        reference = status.message_id if isinstance(status.message_id, str | int) else ""
        return Receipt(reference=str(reference or outgoing.public_id))

    def _compose(self, outgoing: Outgoing) -> AnymailMessage:
        message = AnymailMessage(
            subject=outgoing.subject,
            body=outgoing.text,
            from_email=self.sender,
            to=[outgoing.destination],
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )
        if self.service in WITHOUT_METADATA:
            message.tags = [str(outgoing.public_id)]
        else:
            message.metadata = {"message_id": str(outgoing.public_id)}
        if self.service in OURS_TO_NAME:
            domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
            message.extra_headers["Message-ID"] = f"<{outgoing.public_id}@{domain}>"
        message.attach_alternative(outgoing.html, "text/html")
        return message

    def _reason(self, trouble: AnymailAPIError) -> ProviderRefused | ProviderUnavailable:
        """The words of the service may hold the address: only its number is kept."""
        cause = trouble.__cause__
        if isinstance(cause, requests.ConnectionError) and not isinstance(cause, requests.ReadTimeout):
            reached = "Max retries exceeded" not in str(cause)
            kind = ProviderSilent if reached else ProviderUnavailable
            return kind(f"{self.name} does not answer ({type(cause).__name__})")
        if isinstance(cause, requests.RequestException):
            return ProviderSilent(f"{self.name} gave no answer ({type(cause).__name__})")
        if isinstance(trouble.response, dict):  # Amazon's: botocore's own form of an answer
            word = str(trouble.response.get("Error", {}).get("Code", ""))
            known = SES_FAULTS_OF_THE_MESSAGE & {word}
            return (ProviderRefused if known else ProviderUnavailable)(f"{self.name} did not take it {''.join(known)}".strip())
        if type(cause).__name__ in SES_NEVER_HAD_IT:
            return ProviderUnavailable(f"{self.name} does not answer ({type(cause).__name__})")
        if trouble.status_code is None:
            return ProviderSilent(f"{self.name} gave no answer ({type(cause).__name__})")
        if 200 <= trouble.status_code < 300:
            return ProviderSilent(f"{self.name} answered {trouble.status_code} with something unreadable")
        return verdict(int(trouble.status_code), self.name)
