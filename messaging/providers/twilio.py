"""SMS by Twilio: `POST /2010-04-01/Accounts/{sid}/Messages.json`, form-urlencoded, with Basic authentication.

Twilio knows no idempotency key for messages; its sid is kept as evidence. A message whose outcome is unknown is
therefore carried by the next provider rather than by Twilio again, where there is one.
"""

from __future__ import annotations

from typing import Final

from messaging.providers import http
from messaging.providers.base import Outgoing, ProviderUnavailable, Receipt, verdict

ENDPOINT = "https://api.twilio.com/"
OUR_OWN_FAULT: Final = frozenset({"20003", "20429", "21212", "21408", "21603", "21606", "21611", "21659", "21701", "21703"})
"""Twilio's error numbers that speak of our account, our sender or the moment: another message would fare no better."""


class TwilioProvider:
    """Twilio's Messages API."""

    def __init__(
        self, *, endpoint: str, sid: str, token: str, sender: str, service: str, timeout_seconds: float, name: str = "twilio"
    ) -> None:
        self.name = name
        self.url = f"{(endpoint or ENDPOINT).rstrip('/')}/2010-04-01/Accounts/{sid}/Messages.json"
        self.basic = (sid, token)
        self.sender = {"MessagingServiceSid": service} if service else {"From": sender}
        self.timeout_seconds = timeout_seconds
        self.longest_seconds = http.STEPS * timeout_seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the SMS to Twilio. Raises ProviderRefused, ProviderUnavailable, ProviderSilent."""
        request = http.HttpRequest(
            url=self.url,
            form={"To": outgoing.destination, "Body": outgoing.text, **self.sender},
            basic=self.basic,
        )
        response = http.post(request, who="Twilio", timeout_seconds=self.timeout_seconds)
        answer = http.answer_of(response)
        if response.is_success:
            return Receipt(reference=http.word(answer, "sid"))
        number = http.word(answer, "code")
        if number in OUR_OWN_FAULT:
            raise ProviderUnavailable(f"Twilio answered {response.status_code} with its error {number}")
        raise verdict(response.status_code, f"Twilio (error {number})" if number.isdigit() else "Twilio")
