"""From confirmed to given: into review, where the rules are asked, and at once to the end where no officer is needed."""

from __future__ import annotations

from config.kit.clock import now
from wallet.models.transfers import Transfer, TransferState
from wallet.services.actors import SYSTEM, Actor
from wallet.services.risk import transfers as risk
from wallet.services.transfers import books, messages, policy
from wallet.services.transfers.states import move


def enter_review(transfer: Transfer, *, actor: Actor, reason: str, verified_by: str) -> None:
    """Take a locked, confirmed transfer into review: ask the risk rules, and complete it where no officer is needed.

    The caller has asked `policy.require_not_held`.
    """
    move(transfer, TransferState.REVIEW, actor=actor, reason=reason, verified_by=verified_by, confirmed_at=now())
    result = risk.assess(transfer)
    needed = policy.officers_needed(transfer, is_flagged=result.is_flagged)
    Transfer.objects.filter(pk=transfer.pk).update(is_flagged=result.is_flagged, officers_required=needed)
    transfer.is_flagged, transfer.officers_required = result.is_flagged, needed
    if needed == 0:
        complete(transfer, actor=SYSTEM, reason=f"small, nothing flagged by rules {result.rules_version}")


def complete(transfer: Transfer, *, actor: Actor, reason: str) -> None:
    """Give the money to the receiver and end the transfer.

    The caller holds the row's lock and has asked `policy.require_not_held`; the database counts the officers once more.
    """
    books.give(transfer)
    move(transfer, TransferState.COMPLETED, actor=actor, reason=reason)
    messages.done(transfer)
