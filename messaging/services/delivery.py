"""Delivery: claim a row, hand it to a provider, write down what became of it.

The table is the queue. A claim is a lease that a dead worker loses by itself; the number of tries is its fencing token,
so that a worker that comes back late changes nothing. A message may reach a provider twice when a worker dies between
the provider's answer and ours to the table: the row's id travels with it, so that the provider can tell.
Design: docs/architecture.md#the-outbox
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.kit.clock import now
from messaging.models import MESSAGE_FLOW, Message, MessageState
from messaging.models.messages import OPEN_STATES
from messaging.providers.base import ProviderRefused, ProviderUnavailable, Receipt
from messaging.providers.registry import providers
from messaging.services import rendering
from messaging.services.outbox import open_contents

LEASE_SECONDS = 120
"""How long a worker may hold a message: longer than a provider's time-outs together."""
TRIES_MAX = 8
BACKOFF_FIRST_SECONDS = 2.0
BACKOFF_MAX_SECONDS = 600.0
SWEEP_MESSAGES_MAX = 200
"""Messages that one sweep delivers before it lets the next one go on."""
TROUBLES_IN_A_ROW_MAX = 3
"""Messages that a sweep fails to hand over before it leaves the rest to the next one."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A message that is ours until the lease ends. `tries` fences off whoever held it before."""

    message: Message
    tries: int


def deliver(message_id: int) -> None:
    """Deliver one message, if it is due and nobody else holds it. Safe to call twice and for unknown ids."""
    claim = claim_next(message_id=message_id)
    if claim is not None:
        hand_over(claim)


def sweep(*, messages_max: int = SWEEP_MESSAGES_MAX) -> int:
    """Deliver what is due: missed bells, tries again, and the messages of dead workers. Says how many it claimed.

    It lets go after a few troubles in a row: a provider that hangs must not keep the worker from other work.
    """
    claimed = troubles = 0
    while claimed < messages_max and troubles < TROUBLES_IN_A_ROW_MAX and (claim := claim_next()) is not None:
        troubles = 0 if hand_over(claim) else troubles + 1
        claimed += 1
    return claimed


def claim_next(*, message_id: int | None = None) -> Claim | None:
    """Lease the next due message (or that one), passing over what others hold; what has expired is dropped on the way."""
    while True:
        with transaction.atomic():
            moment = now()
            due = Message.objects.filter(state__in=OPEN_STATES, due_at__lte=moment)
            if message_id is not None:
                due = due.filter(pk=message_id)
            message = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
            if message is None:
                return None
            if message.state == MessageState.HANDED_OVER:
                _move(message, MessageState.QUEUED)  # the lease ran out
            if message.expires_at is not None and message.expires_at <= moment:
                _end(message, MessageState.EXPIRED, moment)
            elif message.tries >= TRIES_MAX:
                _end(message, MessageState.FAILED, moment)
            else:
                return _lease(message, moment)


def _lease(message: Message, moment: datetime) -> Claim:
    _move(message, MessageState.HANDED_OVER)
    message.tries += 1
    message.handed_over_at = moment
    message.due_at = moment + timedelta(seconds=LEASE_SECONDS)
    message.save(update_fields=["state", "tries", "handed_over_at", "due_at"])
    return Claim(message, message.tries)


def hand_over(claim: Claim) -> bool:
    """Send the claimed message, write down what became of it, and say whether the provider spoke its word.

    A refusal of the provider ends the message; without its word it is tried again later.
    """
    message = claim.message
    provider = providers(message.channel)[0]
    message.provider = provider.name
    try:
        outgoing = rendering.render(message, open_contents(message))
        message.template_version = outgoing.version
        receipt = provider.send(outgoing)
    except ProviderRefused as refused:
        _finish(claim, MessageState.FAILED, error=str(refused))
    except ProviderUnavailable as trouble:
        _log_trouble(message, trouble)
        _try_again(claim, f"{type(trouble).__name__}: {trouble}")
        return False
    except Exception as trouble:  # noqa: BLE001  # whatever it was, the row must not stay behind as handed over
        _log_trouble(message, trouble)
        _try_again(claim, type(trouble).__name__)
        return False
    else:
        _finish(claim, MessageState.ACCEPTED, receipt=receipt)
    return True


def _log_trouble(message: Message, trouble: Exception) -> None:
    """The kind alone: the words of others' exceptions, and the values in a traceback, may hold the customer's address."""
    logger.warning("Message %s was not handed over: %s", message.public_id, type(trouble).__name__)


def _try_again(claim: Claim, error: str) -> None:
    if claim.tries >= TRIES_MAX:
        _finish(claim, MessageState.FAILED, error=error)
        return
    _write(
        claim,
        MessageState.QUEUED,
        error=error,
        due_at=now() + timedelta(seconds=backoff_seconds(claim.tries)),
    )


def backoff_seconds(tries: int) -> float:
    """Doubling pauses, each between half and one and a half of its length, so that a crowd does not come back at once."""
    pause = min(BACKOFF_MAX_SECONDS, BACKOFF_FIRST_SECONDS * 2.0 ** (tries - 1))
    return pause * (0.5 + secrets.randbelow(1001) / 1000)


def _finish(
    claim: Claim,
    state: MessageState,
    *,
    error: str = "",
    receipt: Receipt | None = None,
) -> None:
    reference = receipt.reference if receipt is not None else ""
    _write(
        claim,
        state,
        error=error,
        provider_reference=reference[:120],
        sealed=None,
        ended_at=now(),
    )


def _write(claim: Claim, state: MessageState, *, error: str, **changes: object) -> None:
    """Change the row if the lease is still ours; a late worker changes nothing."""
    message = claim.message
    MESSAGE_FLOW.check(message.state, state)
    held = Message.objects.filter(pk=message.pk, state=MessageState.HANDED_OVER, tries=claim.tries)
    written = held.update(
        state=state,
        last_error=error[:200],
        provider=message.provider,
        template_version=message.template_version,
        **changes,
    )
    if not written:
        logger.warning("Message %s was taken over by another worker.", message.public_id)


def _move(message: Message, state: MessageState) -> None:
    MESSAGE_FLOW.check(message.state, state)
    message.state = state


def _end(message: Message, state: MessageState, moment: datetime) -> None:
    _move(message, state)
    message.sealed = None
    message.ended_at = moment
    message.save(update_fields=["state", "sealed", "ended_at"])
