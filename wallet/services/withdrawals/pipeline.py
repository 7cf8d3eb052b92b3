"""The next step of a withdrawal, whichever it is; and the sweep that finds what no bell announced."""

from __future__ import annotations

import logging
import os
import socket

from django.db.models import Exists, F, OuterRef, Q

from config.kit.clock import now
from config.kit.errors import DomainError
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.withdrawals import broadcast, confirmations, signing
from wallet.services.withdrawals.errors import GateClosed, LeaseLost
from wallet.services.withdrawals.leases import Lease, claim, hand_back

log = logging.getLogger(__name__)

MOVED_BY_WORKERS = (
    WithdrawalState.APPROVED,
    WithdrawalState.SIGNING,
    WithdrawalState.BROADCAST,
    WithdrawalState.UNKNOWN,
    WithdrawalState.CONFIRMING,
)
SWEEP_MAX = 200
"""Withdrawals per sweep; the next sweep takes the rest."""
FOLLOW_SECONDS = 2
CHAIN_SILENT_SECONDS = 5
REFUSED_SECONDS = 30
"""How long a withdrawal waits after its next step was refused."""


def advance(withdrawal_id: int) -> None:
    """Do the next step of one withdrawal, if it has one and nobody else is doing it.

    Never raises for what a node or the gate says: that is written down and tried again later.
    """
    lease = claim(withdrawal_id, states=MOVED_BY_WORKERS, holder=f"{socket.gethostname()}:{os.getpid()}")
    if lease is None:
        return
    wait: float = REFUSED_SECONDS
    because: str | None = None
    try:
        wait = _step(lease)
        because = ""
    except LeaseLost:
        log.warning("lease lost", extra={"withdrawal": withdrawal_id})
        return
    except GateClosed as refusal:
        because = refusal.reason
        log.warning("gate closed", extra={"withdrawal": withdrawal_id, "reason": refusal.reason})
    except signing.NonceContended:
        wait = FOLLOW_SECONDS
    except DomainError as refusal:
        because = refusal.detail
        wait = CHAIN_SILENT_SECONDS if refusal.kind == "unavailable" else REFUSED_SECONDS
        log.warning("step refused", extra={"withdrawal": withdrawal_id, "slug": refusal.slug})
    finally:
        hand_back(lease, again_after_seconds=wait, because=because)


def _step(lease: Lease) -> float:
    """Do what the state asks for; seconds until the next look."""
    state = Withdrawal.objects.values_list("state", flat=True).get(pk=lease.withdrawal_id)
    if state == WithdrawalState.APPROVED:
        signing.prepare(lease)
        return 0
    if state == WithdrawalState.SIGNING:
        refused = signing.take_back(lease)
        if refused is not None:
            raise GateClosed(reason=refused)
        return 0 if broadcast.send(lease) is None else FOLLOW_SECONDS
    confirmations.follow(lease)
    return FOLLOW_SECONDS


def sweep(*, maximum: int = SWEEP_MAX) -> int:
    """Advance every withdrawal that is due; how many were looked at.

    What was never served comes first, then what waits longest. What waits for the signer is left out.
    """
    waiting = OutgoingTransaction.objects.filter(
        withdrawal=OuterRef("pk"), signed_bytes__isnull=True, abandoned_at__isnull=True, signer_refusal=""
    )
    due = (
        Withdrawal.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now()), state__in=MOVED_BY_WORKERS)
        .exclude(Q(state=WithdrawalState.SIGNING) & Exists(waiting))
        .order_by(F("lease_until").asc(nulls_first=True), "id")
        .values_list("pk", flat=True)[:maximum]
    )
    ids = list(due)
    for withdrawal_id in ids:
        try:
            advance(withdrawal_id)
        except Exception:
            # One row that can't be served must not keep the others waiting; the next sweep meets it again.
            log.exception("step failed", extra={"withdrawal": withdrawal_id})
    return len(ids)
