"""Tries: the evidence of each provider that was asked, written before it is asked and ended once."""

from __future__ import annotations

from django.db import transaction

from config.kit.clock import now
from messaging.models import Message, MessageState, MessageTry, Outcome


def begin(message: Message, *, lease: int, provider: str) -> MessageTry | None:
    """Write down that the provider is about to be asked. None where the lease is no longer ours: then nobody is asked.

    The message's row is locked meanwhile, so that a lease can't pass to another worker between look and writing.
    """
    with transaction.atomic():
        held = Message.objects.select_for_update().filter(pk=message.pk, state=MessageState.HANDED_OVER, tries=lease)
        if not held.exists():
            return None
        return MessageTry.objects.create(message_id=message.pk, number=lease, provider=provider, started_at=now())


def end(trial: MessageTry, outcome: Outcome, *, reference: str = "", error: str = "") -> None:
    """Write down what became of it, unless somebody did."""
    MessageTry.objects.filter(pk=trial.pk, outcome=Outcome.STARTED).update(
        outcome=outcome, reference=reference[:120], error=error[:200], ended_at=now()
    )


def abandon(message: Message) -> None:
    """The worker that began these tries is dead, or too late: what became of them nobody knows."""
    MessageTry.objects.filter(message=message, outcome=Outcome.STARTED).update(outcome=Outcome.ABANDONED, ended_at=now())


def refused_by(message: Message) -> frozenset[str]:
    """The providers that will never take this message."""
    return frozenset(MessageTry.objects.filter(message=message, outcome=Outcome.REFUSED).values_list("provider", flat=True))


def was_asked_for(message: Message) -> bool:
    """Whether any provider was ever asked to carry it."""
    return MessageTry.objects.filter(message=message).exists()
