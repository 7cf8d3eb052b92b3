"""A test mail and a test SMS by an operator's word, in the audit log without the addresses."""

from __future__ import annotations

from accounts.errors import DestinationMissing
from accounts.services.officers import Act
from messaging.models import Channel
from messaging.services import provider_trials
from messaging.services.provider_trials import Answer


def check(*, email: str, phone: str, act: Act, sends: bool = True) -> list[Answer]:
    """Ask every mail provider, where an email is given, and every SMS provider, where a phone is; what each answered.

    Raises ReasonDue, DestinationMissing (neither is given), InvalidEmail, InvalidPhone.
    """
    act.require()
    asked = [(channel.value, to) for channel, to in ((Channel.EMAIL, email), (Channel.SMS, phone)) if to]
    if not asked:
        raise DestinationMissing(channel="email")
    found = [one for channel, to in asked for one in provider_trials.ask_each(channel=channel, destination=to, sends=sends)]
    told = {f"{one.channel} {one.provider}": "ok" if one.is_well else one.said for one in found}
    act.record(act="messaging.providers_checked", subject="messaging.providers:all", facts=told)
    return found
