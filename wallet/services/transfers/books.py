"""What a transfer means in the ledger: reserved, then either given to the receiver or released, once."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from wallet.models.ledger import AccountKind, Posting, PostingKind
from wallet.models.transfers import Transfer
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Leg

SCOPE = "transfer"
ACTOR = "transfers"
HOLD, END = "hold", "end"


def hold(transfer: Transfer) -> None:
    """Reserve the amount. Raises InsufficientFunds."""
    ledger.hold(**_own(transfer), amount=transfer.amount, kind=PostingKind.TRANSFER_HOLD, **_call(transfer, HOLD))


def release(transfer: Transfer) -> None:
    """Give the amount back to its sender. The key is the gift's: what was released can't be given, nor the reverse."""
    ledger.release(**_own(transfer), amount=transfer.amount, kind=PostingKind.TRANSFER_RELEASE, **_call(transfer, END))


def give(transfer: Transfer) -> None:
    """Let what was reserved become the receiver's, who may use it at once."""
    coin = transfer.coin.code
    ledger.post(
        kind=PostingKind.TRANSFER,
        legs=(
            Leg(AccountRef(transfer.sender_id, coin, AccountKind.SPOT_HELD), -transfer.amount),
            Leg(AccountRef(transfer.receiver_id, coin, AccountKind.SPOT_AVAILABLE), transfer.amount),
        ),
        **_call(transfer, END),
    )


def postings_of(transfer: Transfer) -> QuerySet[Posting]:
    """The transfer's postings, in their order."""
    keys = Q(key=_key(transfer, HOLD)) | Q(key=_key(transfer, END))
    return Posting.objects.filter(keys, scope=SCOPE).order_by("id")


def _call(transfer: Transfer, step: str) -> dict[str, Any]:
    return {"scope": SCOPE, "key": _key(transfer, step), "actor": ACTOR, "reason": f"transfer {transfer.public_id}"}


def _key(transfer: Transfer, step: str) -> str:
    return f"{transfer.public_id}:{step}"


def _own(transfer: Transfer) -> dict[str, Any]:
    return {"owner": transfer.sender_id, "coin": transfer.coin.code}
