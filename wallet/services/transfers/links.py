"""The link in the mail about a transfer: it proves the mailbox, and moves nothing.

In our own mails the token stands behind the `#` of the address, which browsers keep to themselves: it is in no access log
and no Referer, and a mail scanner that opens the address does nothing by it. Where a dialect's document has it in the query
(`manner`), only the sender's own session opens it.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from config.kit.clock import now
from config.kit.crypto import token, token_hash
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.services import actors
from wallet.services.retries import retried
from wallet.services.transfers import messages, reads
from wallet.services.transfers.errors import (
    TransferExpired,
    TransferLinkInvalid,
    TransferLinkNotDue,
    TransferLinksUsedUp,
    TransferLinkTooSoon,
)
from wallet.services.transfers.manner import OURS, Manner
from wallet.services.transfers.states import locked, move

RESEND_SECONDS = 60
LINKS_MAX = 5
"""Mails with a link for one transfer, the first among them."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def is_due(transfer: Transfer) -> bool:
    """Whether the link must be opened: of a request by session whose customer has a mailbox."""
    return not transfer.api_key_id and bool(transfer.sender.email)


def draw(transfer: Transfer, *, manner: Manner = OURS) -> str:
    """The address of a new link of a locked or new transfer, told this once; the links before it are void."""
    text = token()
    changes = {"link_hash": token_hash(text), "link_sent_at": now(), "links_sent": transfer.links_sent + 1}
    Transfer.objects.filter(pk=transfer.pk).update(**changes)
    for name, value in changes.items():
        setattr(transfer, name, value)
    return manner.link(text)


def look(text: str) -> Transfer:
    """The transfer of this link, which can still be confirmed; nothing is changed.

    Raises TransferLinkInvalid (no such link, or the transfer has gone on), TransferExpired.
    """
    found = _of(text)
    if found is None or found.state not in (TransferState.VERIFICATION, TransferState.OPENED):
        raise TransferLinkInvalid
    if found.expires_at <= now():
        raise TransferExpired
    return found


def _of(text: str) -> Transfer | None:
    rows = Transfer.objects.select_related("sender", "receiver", "coin")
    return rows.filter(link_hash=token_hash(text)).first() if _TOKEN.fullmatch(text) else None


def open_own(*, customer: User, text: str) -> Transfer:
    """Like `open_link`, by the sender's own session: what stands in a query is seen by more eyes than a mailbox has.

    Raises TransferLinkInvalid (no such link, or another's), IllegalMove (the transfer has gone on or ended), TransferExpired.
    """
    found = _of(text)
    if found is None or found.sender_id != customer.pk:
        raise TransferLinkInvalid
    TRANSFER_FLOW.check(found.state, TransferState.REVIEW)
    return open_link(text)


@retried
def open_link(text: str, *, of: Transfer | None = None) -> Transfer:
    """Write down that the link was opened; opening it again changes nothing. Money moves at the confirmation alone.

    With `of`, the link must be of that transfer. Raises TransferLinkInvalid, TransferExpired.
    """
    found = look(text)
    if of is not None and of.pk != found.pk:
        raise TransferLinkInvalid
    with transaction.atomic():
        transfer = locked(found.pk)
        if bytes(transfer.link_hash or b"") != token_hash(text):
            raise TransferLinkInvalid
        if transfer.state == TransferState.VERIFICATION:
            require_in_time(transfer)
            move(
                transfer, TransferState.OPENED, actor=actors.customer(transfer.sender), reason="the link of the mail was opened"
            )
    return transfer


@retried
def resend(*, customer: User, public_id: Any, manner: Manner = OURS) -> Transfer:
    """Mail a new link; the earlier ones are void. The time for confirming stays as it is.

    Raises Absent, IllegalMove, TransferExpired, TransferLinkNotDue, TransferLinkTooSoon, TransferLinksUsedUp.
    """
    found = reads.sent(customer=customer, public_id=public_id)
    with transaction.atomic():
        transfer = locked(found.pk)
        TRANSFER_FLOW.check(transfer.state, TransferState.OPENED)
        require_in_time(transfer)
        if not is_due(transfer):
            raise TransferLinkNotDue
        if transfer.links_sent >= LINKS_MAX:
            raise TransferLinksUsedUp(maximum=LINKS_MAX)
        if transfer.link_sent_at is not None:
            left = (transfer.link_sent_at + timedelta(seconds=RESEND_SECONDS) - now()).total_seconds()
            if left > 0:
                raise TransferLinkTooSoon(retry_after=math.ceil(left))
        messages.mail_link(transfer, draw(transfer, manner=manner), again=True)
    return transfer


def require_in_time(transfer: Transfer) -> None:
    """Promise that the time for confirming runs. Raises TransferExpired."""
    if transfer.expires_at <= now():
        raise TransferExpired
