"""SMS by HTTP.

`POST https://…` with JSON `{"id": "<our row>", "to": "+886912345678", "text": "…", "language": "zh-TW"}` and the same id
as `Idempotency-Key`. The gateway answers 2xx with `{"reference": "…"}` (optional), 409 when it has that id already.
Credentials stand in the URL: `https://user:password@host/path` is sent as Basic, `https://bearer:token@host/path` as a
Bearer token; neither travels in the request line.
"""

from __future__ import annotations

from messaging.providers import http
from messaging.providers.base import Outgoing, Receipt, verdict

ALREADY_TAKEN = 409


class HttpSmsProvider:
    """A gateway that takes SMS by HTTP."""

    def __init__(self, *, url: str, user: str = "", password: str = "", timeout_seconds: float, name: str = "sms-http") -> None:
        self.name = name
        self.url = url
        self.timeout_seconds = timeout_seconds
        self.longest_seconds = http.STEPS * timeout_seconds
        self.bearer = password if user == "bearer" else ""
        self.basic = (user, password) if user and not self.bearer else None

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the SMS to the gateway.

        Raises ProviderRefused (it will never take this message), ProviderUnavailable, ProviderSilent.
        """
        our_id = str(outgoing.public_id)
        request = http.HttpRequest(
            url=self.url,
            json={"id": our_id, "to": outgoing.destination, "text": outgoing.text, "language": outgoing.language},
            headers={"Idempotency-Key": our_id} | ({"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}),
            basic=self.basic,
        )
        response = http.post(request, who="the SMS gateway", timeout_seconds=self.timeout_seconds)
        if response.is_success or response.status_code == ALREADY_TAKEN:
            return Receipt(reference=http.word(http.answer_of(response), "reference") or our_id)
        raise verdict(response.status_code, "the SMS gateway")
