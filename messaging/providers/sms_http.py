"""SMS by HTTP.

`POST SMS_URL` with JSON `{"id": "<our row>", "to": "+886912345678", "text": "…", "language": "zh-TW"}` and the same id
as `Idempotency-Key`. The gateway answers 2xx with `{"reference": "…"}` (optional), 409 when it has that id already.
Credentials stand in the URL: `https://user:password@host/path` is sent as Basic, `https://bearer:token@host/path` as a
Bearer token; neither travels in the request line.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from messaging.providers.base import (
    Outgoing,
    ProviderRefused,
    ProviderUnavailable,
    Receipt,
)

ALREADY_TAKEN = 409
WORTH_ANOTHER_TRY = frozenset({401, 403, 407, 408, 425, 429})
"""4xx answers that speak of us or of the moment, not of the message."""
ANSWER_BYTES_MAX = 64 * 1024


class HttpSmsProvider:
    """A gateway that takes SMS by HTTP."""

    name = "sms-http"

    def __init__(self, *, url: str, timeout_seconds: float) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        place = f"[{host}]" if ":" in host else host
        if parts.port:
            place = f"{place}:{parts.port}"
        self.url = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        self.timeout_seconds = timeout_seconds
        self.headers: dict[str, str] = {}
        self.auth: httpx.Auth | None = None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if user == "bearer" and password:
            self.headers["Authorization"] = f"Bearer {password}"
        elif user:
            self.auth = httpx.BasicAuth(user, password)

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the SMS to the gateway.

        Raises ProviderRefused (it will never take this message), ProviderUnavailable (all else).
        """
        try:
            with httpx.Client(timeout=self.timeout_seconds, auth=self.auth, trust_env=False) as client:
                response = client.post(
                    self.url,
                    json={
                        "id": str(outgoing.public_id),
                        "to": outgoing.destination,
                        "text": outgoing.text,
                        "language": outgoing.language,
                    },
                    headers={
                        **self.headers,
                        "Idempotency-Key": str(outgoing.public_id),
                    },
                )
        except httpx.HTTPError as trouble:
            raise ProviderUnavailable(f"the SMS gateway does not answer ({type(trouble).__name__})") from None
        status = response.status_code
        if response.is_success or status == ALREADY_TAKEN:
            return Receipt(reference=_reference(response) or str(outgoing.public_id))
        if response.is_client_error and status not in WORTH_ANOTHER_TRY:
            raise ProviderRefused(f"the SMS gateway answered {status}")
        raise ProviderUnavailable(f"the SMS gateway answered {status}")


def _reference(response: httpx.Response) -> str:
    """The gateway's name for the message; it owes us none."""
    if len(response.content) > ANSWER_BYTES_MAX:
        return ""
    try:
        answer = response.json()
    except ValueError:
        return ""
    reference = answer.get("reference") if isinstance(answer, dict) else None
    return str(reference) if isinstance(reference, str | int) else ""
