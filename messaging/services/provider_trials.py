"""Each provider is asked to carry one message, so that an operator knows whether it would."""

from __future__ import annotations

from dataclasses import dataclass

from messaging.providers.base import ProviderRefused, ProviderUnavailable
from messaging.providers.registry import providers
from messaging.services import previews
from messaging.services.destinations import normalise


@dataclass(frozen=True)
class Answer:
    """What one provider said; its words are ours."""

    channel: str
    provider: str
    is_well: bool
    said: str


def ask_each(*, channel: str, destination: str, sends: bool = True) -> list[Answer]:
    """Hand a made-up code to every provider of the channel, in their order. Where `sends` is False none is asked.

    Breakers and budgets are not touched. Raises InvalidEmail, InvalidPhone.
    """
    outgoing = previews.trial(channel=channel, destination=normalise(channel, destination))
    found = []
    for provider in providers(channel):
        is_well, said = True, "would be asked"
        if sends:
            try:
                said = f"took it as {provider.send(outgoing).reference or 'nothing'}"
            except (ProviderRefused, ProviderUnavailable) as trouble:
                is_well, said = False, str(trouble)
            except Exception as trouble:  # noqa: BLE001  # whatever a client raises, the others are asked too
                is_well, said = False, type(trouble).__name__
        found.append(Answer(channel, provider.name, is_well, said))
    return found or [Answer(channel, "none", is_well=False, said="no provider is set")]
