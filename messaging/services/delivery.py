"""Delivery: claim a row, hand it to a provider, write down what became of it.

The table is the queue. A claim is a lease that a dead worker loses by itself; the number of tries is its fencing token,
so that a worker that comes back late changes nothing and asks nobody. A message may reach a provider twice when a worker
dies between the provider's answer and ours to the table: the row's id travels with it, so that the provider can tell.

The providers of a channel are asked one after the other in the same hand-over, those with an open breaker excepted. A
provider's refusal is its own: another one may take the message, which fails only when each of them has refused it.
Design: docs/architecture.md#the-outbox
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.kit.clock import now
from messaging.models import MESSAGE_FLOW, Channel, Message, MessageState, MessageTry, Outcome
from messaging.models.messages import OPEN_STATES
from messaging.providers.base import Outgoing, Provider, ProviderRefused, ProviderSilent, ProviderUnavailable, Receipt
from messaging.providers.registry import providers
from messaging.services import breakers, rendering, trials
from messaging.services.limits import Exhausted
from messaging.services.outbox import open_contents
from messaging.services.sending_limits import take_notice

LEASE_SECONDS = 120
"""How long a worker may hold a message at the least, see `lease_seconds`."""
LEASE_MARGIN_SECONDS = 30
TRIES_MAX = 8
GIVE_UP_AFTER = timedelta(hours=24)
"""A message that nobody could be asked to carry for so long is given up."""
PASS_SPREAD_SECONDS = 5.0
"""Messages that wait for the same provider come back within this time, not all at once."""
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
    until: datetime


def lease_seconds(channel: str) -> float:
    """How long a worker may hold a message: longer than the worst time of all its providers together."""
    longest = sum(provider.longest_seconds for provider in providers(channel))
    return max(LEASE_SECONDS, longest + LEASE_MARGIN_SECONDS)


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
                trials.abandon(message)
            if message.expires_at is not None and message.expires_at <= moment:
                _end(message, MessageState.EXPIRED, moment)
            elif message.tries - message.passes >= TRIES_MAX or moment - message.created_at >= GIVE_UP_AFTER:
                _end(message, MessageState.FAILED, moment)
            else:
                return _lease(message, moment)


def _lease(message: Message, moment: datetime) -> Claim:
    _move(message, MessageState.HANDED_OVER)
    message.tries += 1
    message.handed_over_at = moment
    message.due_at = moment + timedelta(seconds=lease_seconds(message.channel))
    message.save(update_fields=["state", "tries", "handed_over_at", "due_at"])
    return Claim(message, message.tries, message.due_at)


def hand_over(claim: Claim) -> bool:
    """Have the claimed message carried, write down what became of it, and say whether nobody kept us waiting in vain.

    The first provider that takes it ends it, and so does the last one's refusal; without a word it is tried again later.
    """
    message = claim.message
    try:
        outgoing = rendering.render(message, open_contents(message))
    except Exception as trouble:  # noqa: BLE001  # whatever it was, the row must not stay behind as handed over
        _log_trouble(message, trouble)
        _try_again(claim, type(trouble).__name__)
        return False
    message.template_version = outgoing.version
    return _carry(claim, outgoing)


def _carry(claim: Claim, outgoing: Outgoing) -> bool:
    """Ask one provider after the other, until one takes the message."""
    message = claim.message
    refused = trials.refused_by(message)
    willing = [provider for provider in providers(message.channel) if provider.name not in refused]
    error, was_asked = message.last_error, False
    unpaid = message.channel == Channel.SMS and message.expires_at is None and not trials.was_asked_for(message)
    for provider in list(willing):
        moment = now()
        if moment + timedelta(seconds=provider.longest_seconds) > claim.until:
            break  # the next lease is long enough for it
        if message.expires_at is not None and message.expires_at <= moment:
            break  # a code is never sent late: the next look drops it
        if not breakers.admits(channel=message.channel, name=provider.name, probe_seconds=provider.longest_seconds):
            continue
        if unpaid and not _pay(claim, outgoing):
            return True
        unpaid = False
        trial = trials.begin(message, lease=claim.tries, provider=provider.name)
        if trial is None:
            logger.warning("Message %s was taken over by another worker.", message.public_id)
            return True
        was_asked, message.provider = True, provider.name
        try:
            receipt = _ask(provider, outgoing, trial)
        except ProviderRefused as refusal:
            error = str(refusal)
            willing.remove(provider)
        except Exception as trouble:  # noqa: BLE001  # whatever it was, the next provider may carry the message
            _log_trouble(message, trouble)
            error = (
                f"{type(trouble).__name__}: {trouble}" if isinstance(trouble, ProviderUnavailable) else type(trouble).__name__
            )
        else:
            _finish(claim, MessageState.ACCEPTED, receipt=receipt)
            return True
    return _nobody_took_it(claim, error=error, willing=willing, was_asked=was_asked)


def _pay(claim: Claim, outgoing: Outgoing) -> bool:
    """Take a notice's SMS from its budgets, once, when somebody is about to be asked; without budget it waits.

    An outage in which nobody is asked must not spend what the notices need when it is over.
    """
    try:
        take_notice(phone=outgoing.destination, at=now())
    except Exhausted as exhausted:
        _pass(claim, "the budget of SMS notices is spent", due_at=now() + timedelta(seconds=exhausted.retry_after))
        return False
    return True


def _ask(provider: Provider, outgoing: Outgoing, trial: MessageTry) -> Receipt:
    """Ask the provider; its breaker and the evidence of the try learn what it said. Raises whatever the provider does."""
    names = {"channel": outgoing.channel, "name": provider.name}
    try:
        receipt = provider.send(outgoing)
    except ProviderRefused as refusal:
        trials.end(trial, Outcome.REFUSED, error=str(refusal))
        breakers.note_answer(**names)
        raise
    except Exception as trouble:
        silent = isinstance(trouble, ProviderSilent) or not isinstance(trouble, ProviderUnavailable)
        words = str(trouble) if isinstance(trouble, ProviderUnavailable) else type(trouble).__name__
        trials.end(trial, Outcome.UNKNOWN if silent else Outcome.UNAVAILABLE, error=words)
        breakers.note_failure(**names)
        raise
    trials.end(trial, Outcome.ACCEPTED, reference=receipt.reference)
    breakers.note_answer(**names)
    return receipt


def _nobody_took_it(claim: Claim, *, error: str, willing: list[Provider], was_asked: bool) -> bool:
    if not willing:
        _finish(claim, MessageState.FAILED, error=error)
        return True
    opens_at = breakers.next_admission(channel=claim.message.channel, names=[provider.name for provider in willing])
    if was_asked and opens_at is None:
        _try_again(claim, error)
        return False
    spread = timedelta(seconds=PASS_SPREAD_SECONDS * secrets.randbelow(1001) / 1000)
    _pass(claim, error or "every provider is passed over", due_at=(opens_at or now()) + spread)
    return not was_asked


def _pass(claim: Claim, error: str, *, due_at: datetime) -> None:
    """Nobody can be asked, or all are away: the message waits, and that is not held against it."""
    _write(claim, MessageState.QUEUED, error=error, due_at=due_at, passes=claim.message.passes + 1)


def _log_trouble(message: Message, trouble: Exception) -> None:
    """The kind alone: the words of others' exceptions, and the values in a traceback, may hold the customer's address."""
    logger.warning("Message %s was not handed over: %s", message.public_id, type(trouble).__name__)


def _try_again(claim: Claim, error: str) -> None:
    if claim.tries - claim.message.passes >= TRIES_MAX:
        _finish(claim, MessageState.FAILED, error=error)
        return
    _write(
        claim,
        MessageState.QUEUED,
        error=error,
        due_at=now() + timedelta(seconds=backoff_seconds(claim.tries - claim.message.passes)),
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
