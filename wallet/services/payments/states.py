"""The only place that moves a payment: by the Flow, under its row's lock, with an event."""

from __future__ import annotations

import logging
from typing import Any

from wallet.models.payments import PAYMENT_FLOW, Payment, PaymentEvent, PaymentState
from wallet.services.actors import Actor
from wallet.services.moving import moved

log = logging.getLogger(__name__)


def locked(payment_id: int) -> Payment:
    """The payment, its row locked until the transaction ends. Raises Payment.DoesNotExist."""
    rows = Payment.objects.select_for_update(of=("self",)).select_related("customer", "coin", "service")
    return rows.get(pk=payment_id)


def begin(payment: Payment, *, actor: Actor, reason: str) -> None:
    """Write the event of a payment that was just inserted."""
    _write_event(payment, before="", actor=actor, reason=reason)


def move(payment: Payment, target: PaymentState, *, actor: Actor, reason: str, **changes: Any) -> None:
    """Move a locked payment on, changing these fields with it, and write the event.

    The posting is made before: the database refuses a move without it. Raises IllegalMove.
    """
    before = moved(payment, PAYMENT_FLOW, target, **changes)
    _write_event(payment, before=before, actor=actor, reason=reason)


def _write_event(payment: Payment, *, before: str, actor: Actor, reason: str) -> None:
    PaymentEvent.objects.create(
        payment=payment,
        state_before=before,
        state_after=payment.state,
        actor=actor.user,
        actor_kind=actor.kind,
        reason=reason,
    )
    log.info("payment moved", extra={"payment": payment.public_id, "before": before, "after": str(payment.state)})
