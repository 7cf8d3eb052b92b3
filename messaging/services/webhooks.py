"""Webhooks: an event is a row for each endpoint in the caller's transaction; workers carry it until it is taken or given up.

The table is the queue, as with messages: a claim is a lease with a fencing token, and an event may arrive twice, under
one id, where a worker dies between the receiver's answer and ours to the table.
Design: docs/webhooks.md
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import random_id
from config.webhooks import Endpoint
from messaging.models import Webhook, WebhookState
from messaging.models.webhooks import OPEN_WEBHOOKS, WEBHOOK_FLOW
from messaging.providers import webhook as wire
from messaging.services import breakers
from messaging.services.outbox import SILENCE_AFTER_FAILURE_SECONDS, bell

CHANNEL = "webhook"
"""The breakers' word for endpoints."""
TRIES_MAX = 12
"""Tries until a delivery is given up: about two days."""
BACKOFF_FIRST_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 8 * 3600.0
BACKOFF_FACTOR = 3.0
LEASE_MARGIN_SECONDS = 30
SWEEP_MAX = 100
TROUBLES_IN_A_ROW_MAX = 3
"""Deliveries that a sweep fails to make before it leaves the rest to the next one."""
PERSONAL = frozenset({"name", "email", "phone", "birthday", "address", "id_number", "account_number", "holder"})
"""Members that no body may have."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours until the lease ends."""

    webhook: Webhook
    lease: int


def emit(event: str, facts: Mapping[str, str | int | None]) -> int:
    """Tell every endpoint of the event, in the caller's transaction; answers how many there are.

    The body holds what a receiver needs to ask us more, and nothing personal. Raises ValueError for a personal member.
    """
    if forbidden := PERSONAL & set(facts):
        raise ValueError(f"a webhook carries no {', '.join(sorted(forbidden))}")
    moment, event_id = now(), random_id()
    stamp = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = json.dumps({"type": event, "timestamp": stamp, "data": dict(facts)}, separators=(",", ":"))
    for endpoint in settings.WEBHOOK_ENDPOINTS:
        row = Webhook.objects.create(
            event_id=event_id, event=event, endpoint=endpoint.name, body=body, due_at=moment, created_at=moment
        )
        transaction.on_commit(partial(ring, row.pk), robust=True)
    return len(settings.WEBHOOK_ENDPOINTS)


def message_id(webhook: Webhook) -> str:
    """The id under which a receiver knows the event, however often it comes."""
    return f"evt_{webhook.event_id}"


def ring(webhook_id: int) -> None:
    """Tell the workers of a row. A broker that does not answer is not the caller's trouble."""
    if time.monotonic() < bell.silent_until:
        return
    try:
        current_app.send_task("messaging.deliver_webhook", (webhook_id,), retry=False, ignore_result=True)
    except Exception:
        bell.silent_until = time.monotonic() + SILENCE_AFTER_FAILURE_SECONDS
        logger.warning("The broker can't be told of webhook %s; the sweeper will find it.", webhook_id, exc_info=True)


def deliver(webhook_id: int) -> None:
    """Deliver one, if it is due and nobody else holds it. Safe to call twice and for unknown ids."""
    claim = claim_next(webhook_id=webhook_id)
    if claim is not None:
        send(claim)


def sweep(*, webhooks_max: int = SWEEP_MAX) -> int:
    """Deliver what is due: missed bells, tries again, and what dead workers held. Says how many it claimed."""
    claimed = troubles = 0
    while claimed < webhooks_max and troubles < TROUBLES_IN_A_ROW_MAX and (claim := claim_next()) is not None:
        troubles = 0 if send(claim) else troubles + 1
        claimed += 1
    return claimed


def claim_next(*, webhook_id: int | None = None) -> Claim | None:
    """Lease the next due delivery (or that one), passing over what others hold; what has failed too often is given up."""
    while True:
        with transaction.atomic():
            moment = now()
            due = Webhook.objects.filter(state__in=OPEN_WEBHOOKS, due_at__lte=moment)
            if webhook_id is not None:
                due = due.filter(pk=webhook_id)
            webhook = due.select_for_update(skip_locked=True).order_by("due_at").first()
            if webhook is None:
                return None
            if webhook.state == WebhookState.SENDING:
                _move(webhook, WebhookState.QUEUED)  # the lease ran out: its worker is dead
            if webhook.tries >= TRIES_MAX:
                _move(webhook, WebhookState.FAILED)
                webhook.ended_at = moment
                webhook.save(update_fields=["state", "ended_at"])
                continue
            _move(webhook, WebhookState.SENDING)
            webhook.tries, webhook.leases = webhook.tries + 1, webhook.leases + 1
            webhook.due_at = moment + timedelta(seconds=longest_seconds() + LEASE_MARGIN_SECONDS)
            webhook.save(update_fields=["state", "tries", "leases", "due_at"])
            return Claim(webhook, webhook.leases)


def longest_seconds() -> float:
    """How long one try may take at the worst: the deadline of a delivery, which ends before its lease does."""
    return wire.STEPS * float(settings.WEBHOOK_TIMEOUT_SECONDS)


def send(claim: Claim) -> bool:
    """Hand the claimed delivery over, write down what became of it, and say whether nobody kept us waiting in vain."""
    webhook = claim.webhook
    endpoint = next((known for known in settings.WEBHOOK_ENDPOINTS if known.name == webhook.endpoint), None)
    if endpoint is None:
        _write(claim, WebhookState.FAILED, error="the endpoint is not configured any more", ended_at=now())
        return True
    if not breakers.admits(channel=CHANNEL, name=endpoint.name, probe_seconds=longest_seconds()):
        opens_at = breakers.next_admission(channel=CHANNEL, names=[endpoint.name]) or now()
        spread = timedelta(seconds=secrets.randbelow(5_000) / 1000)
        _write(claim, WebhookState.QUEUED, error="passed over", due_at=opens_at + spread, tries=webhook.tries - 1)
        return True
    try:
        status = _ask(endpoint, webhook)
    except Exception as trouble:  # noqa: BLE001  # whatever it was, the row must not stay behind as being sent
        breakers.note_failure(channel=CHANNEL, name=endpoint.name)
        known = isinstance(trouble, wire.WebhookNotTaken)
        _try_again(claim, str(trouble) if known else type(trouble).__name__, getattr(trouble, "status", None))
        return False
    breakers.note_answer(channel=CHANNEL, name=endpoint.name)
    _write(claim, WebhookState.ACCEPTED, error="", ended_at=now(), last_status=status)
    return True


def send_again(*, public_id: int) -> Webhook:
    """Queue a delivery that was given up, under its old id. Raises Absent, IllegalMove."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(public_id=public_id).first()
        if webhook is None:
            raise Absent(thing="webhook")
        _move(webhook, WebhookState.QUEUED)
        webhook.tries, webhook.due_at, webhook.ended_at = 0, now(), None
        webhook.save(update_fields=["state", "tries", "due_at", "ended_at"])
        transaction.on_commit(partial(ring, webhook.pk), robust=True)
        return webhook


def given_up(*, limit: int) -> list[Webhook]:
    """Deliveries that were given up, oldest first."""
    return list(Webhook.objects.filter(state=WebhookState.FAILED).order_by("id")[:limit])


def backoff_seconds(tries: int) -> float:
    """Pauses that triple up to a third of a day, each between half and one and a half of its length."""
    pause = min(BACKOFF_MAX_SECONDS, BACKOFF_FIRST_SECONDS * BACKOFF_FACTOR ** (tries - 1))
    return pause * (0.5 + secrets.randbelow(1001) / 1000)


def _ask(endpoint: Endpoint, webhook: Webhook) -> int:
    body, stamp, name = webhook.body.encode(), int(now().timestamp()), message_id(webhook)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Quaestor-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": wire.signatures(endpoint.secrets, message_id=name, timestamp=stamp, body=body),
    }
    return wire.post(
        endpoint,
        body,
        headers,
        timeout_seconds=settings.WEBHOOK_TIMEOUT_SECONDS,
        total_seconds=longest_seconds(),
        private_allowed=settings.WEBHOOK_PRIVATE_ADDRESSES_ALLOWED,
    )


def _try_again(claim: Claim, error: str, status: int | None) -> None:
    if claim.webhook.tries >= TRIES_MAX:
        _write(claim, WebhookState.FAILED, error=error, ended_at=now(), last_status=status)
        logger.error("Webhook %s was given up after %s tries.", claim.webhook.public_id, TRIES_MAX)
        return
    due_at = now() + timedelta(seconds=backoff_seconds(claim.webhook.tries))
    _write(claim, WebhookState.QUEUED, error=error, due_at=due_at, last_status=status)


def _write(claim: Claim, state: WebhookState, *, error: str, **changes: object) -> None:
    """Change the row if the lease is still ours; a late worker changes nothing."""
    WEBHOOK_FLOW.check(claim.webhook.state, state)
    held = Webhook.objects.filter(pk=claim.webhook.pk, state=WebhookState.SENDING, leases=claim.lease)
    if not held.update(state=state, last_error=error[:200], **changes):
        logger.warning("Webhook %s was taken over by another worker.", claim.webhook.public_id)


def _move(webhook: Webhook, state: WebhookState) -> None:
    WEBHOOK_FLOW.check(webhook.state, state)
    webhook.state = state
