"""Notices: what a customer is told without having asked for a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messaging.models import Channel, Message
from messaging.services import inbox
from messaging.services.catalogue import NOTICES, Template
from messaging.services.outbox import Contents, enqueue


def notify(
    *,
    user: Any,
    template: str,
    facts: dict[str, str] | None = None,
    channels: Sequence[str] = (),
    to_inbox: bool = True,
    also: Sequence[tuple[str, str]] = (),
) -> None:
    """Tell the customer, in the language and with the phrase that they chose, in the caller's transaction.

    Without `channels` an urgent notice goes to every bound channel and any other to the best one (email first).
    `also` names further destinations with their channels: the address that was the customer's until now.
    It also lands in the customer's inbox, without the link that it may carry; `to_inbox=False` is for the second telling of
    the same thing. Of a sub-account, which has no channels, its parent is told, and which of its accounts it is about.
    Facts are text and are listed in `catalogue.NOTICES`.
    Raises ValueError for an unknown template or a missing fact.
    """
    if template not in NOTICES:
        raise ValueError(f"there is no notice {template!r}")
    kind = NOTICES[template]
    if to_inbox:
        inbox.keep(user=user, template=kind, facts=facts or {})
    reader = getattr(user, "parent", None) or user
    about = {} if reader is user else {"account": f"{user.username} ({user.uid})"}
    for channel, destination in (*_ways(reader, kind, channels), *also):
        enqueue(
            template=kind,
            channel=channel,
            user=user,
            language=str(getattr(reader, "language", "") or "en"),
            contents=Contents(
                destination=destination,
                facts={**(facts or {}), **about},
                phrase=str(getattr(reader, "anti_phishing_phrase", "") or ""),
            ),
        )


def messages_of(user: Any) -> Sequence[Message]:
    """The evidence of the latest hundred messages to a customer, newest first."""
    return list(Message.objects.filter(user=user).order_by("-id")[:100])


def _ways(user: Any, template: Template, channels: Sequence[str]) -> list[tuple[str, str]]:
    bound = {
        Channel.EMAIL.value: str(getattr(user, "email", "") or ""),
        Channel.SMS.value: str(getattr(user, "phone", "") or ""),
    }
    ways = [(channel, destination) for channel, destination in bound.items() if destination]
    if channels:
        return [(channel, destination) for channel, destination in ways if channel in channels]
    return ways if template.urgent else ways[:1]
