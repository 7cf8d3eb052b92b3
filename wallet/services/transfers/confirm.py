"""The sender's confirmation: the mailbox by its link, the second factor where more than a mailbox is bound."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import holds, second_factor
from accounts.services.second_factor import Proof
from config.kit.money import to_text
from messaging.services.codes import Purpose
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.services import actors, proofs
from wallet.services.retries import retried
from wallet.services.transfers import completion, links, messages, policy, reads
from wallet.services.transfers.errors import LinkNotOpened
from wallet.services.transfers.states import locked

BY_LINK = "link"


def confirm(
    *, customer: User, public_id: Any, token: str = "", proof: Proof | None = None, ip: str, language: str = "en"
) -> Transfer:
    """Take a transfer of the customer's own into review, and to its end where no officer is needed.

    The link of the mail must have been opened, or its token is shown here, where the customer has a mailbox. Where an
    authenticator or passkey is bound, or no mailbox is, a proof is due too, unless it was shown at the request, and is spent
    whatever follows.
    Raises Absent, IllegalMove, TransferExpired, LinkNotOpened, TransferLinkInvalid, TransferHeld, SecurityHoldActive,
    and what `proofs.require` raises.
    """
    transfer = reads.sent(customer=customer, public_id=public_id)
    _require_waiting(transfer)
    if links.is_due(transfer) and transfer.state != TransferState.OPENED:
        if not token:
            raise LinkNotOpened
        transfer = links.open_link(token, of=transfer)
    shown = transfer.verified_by
    if not shown:
        shown = _proven(transfer, proof, language=language, ip=ip) if proof_is_due(customer) else BY_LINK
    _go_on(transfer.pk, customer, shown)
    return reads.sent(customer=customer, public_id=public_id)


def proof_is_due(customer: User) -> bool:
    """Whether the link alone would not do: the server decides the strength, and a mailbox is the weakest proof."""
    return second_factor.has_strong(customer) or not customer.email


def proof_context(transfer: Transfer) -> str:
    """What a code is bound to: this transfer, its amount and its receiver."""
    return f"transfer:{transfer.public_id}:{to_text(transfer.amount)}:{transfer.receiver_id}"


def _proven(transfer: Transfer, proof: Proof | None, *, language: str, ip: str) -> str:
    return proofs.require(
        customer=transfer.sender,
        proof=proof,
        purpose=Purpose.TRANSFER,
        context=proof_context(transfer),
        facts=messages.facts(transfer),
        language=language,
        ip=ip,
    )


@retried
def _go_on(transfer_id: int, customer: User, shown: str) -> None:
    with transaction.atomic():
        transfer = locked(transfer_id)
        _require_waiting(transfer)
        if links.is_due(transfer) and transfer.state != TransferState.OPENED:
            raise LinkNotOpened
        holds.require_none(transfer.sender)
        policy.require_not_held(transfer)
        completion.enter_review(transfer, actor=actors.customer(customer), reason=f"confirmed by {shown}", verified_by=shown)


def _require_waiting(transfer: Transfer) -> None:
    TRANSFER_FLOW.check(transfer.state, TransferState.REVIEW)
    links.require_in_time(transfer)
