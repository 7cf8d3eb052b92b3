"""The only place that moves a transfer: by the Flow, under its row's lock, with an event."""

from __future__ import annotations

import logging
from typing import Any

from wallet.models.transfer_evidence import TransferEvent
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.services.actors import Actor
from wallet.services.moving import moved

log = logging.getLogger(__name__)


def locked(transfer_id: int) -> Transfer:
    """The transfer, its row locked until the transaction ends. Raises Transfer.DoesNotExist."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("sender", "receiver", "coin")
    return rows.get(pk=transfer_id)


def begin(transfer: Transfer, *, actor: Actor, reason: str) -> None:
    """Write the event of a transfer that was just inserted."""
    _write_event(transfer, before="", actor=actor, reason=reason)


def move(transfer: Transfer, target: TransferState, *, actor: Actor, reason: str, **changes: Any) -> None:
    """Move a locked transfer on, changing these fields with it, and write the event.

    An end's posting is made before: the database refuses an end without one.
    Raises IllegalMove. The caller holds the row's lock (`locked`) in an open transaction.
    """
    before = moved(transfer, TRANSFER_FLOW, target, **changes)
    _write_event(transfer, before=before, actor=actor, reason=reason)


def _write_event(transfer: Transfer, *, before: str, actor: Actor, reason: str) -> None:
    TransferEvent.objects.create(
        transfer=transfer,
        state_before=before,
        state_after=transfer.state,
        actor=actor.user,
        actor_kind=actor.kind,
        reason=reason,
    )
    log.info("transfer moved", extra={"transfer": transfer.public_id, "before": before, "after": str(transfer.state)})
