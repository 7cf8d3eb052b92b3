"""What a fiat withdrawal means in the ledger: reserved, then settled or released, each once; and undone where it comes back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from wallet.models.fiat_withdrawals import FiatWithdrawal
from wallet.models.ledger import Posting
from wallet.services import ledger

SCOPE = "fiat_withdrawal"
ACTOR = "fiat withdrawals"
HOLD, END, BACK = "hold", "end", "back"


def hold(withdrawal: FiatWithdrawal) -> None:
    """Reserve amount + fee. Raises InsufficientFunds."""
    ledger.hold(**_own(withdrawal), amount=withdrawal.total, **_call(withdrawal, HOLD))


def release(withdrawal: FiatWithdrawal) -> None:
    """Give amount + fee back. The key is the settlement's: what was released can't be paid, nor the reverse."""
    ledger.release(**_own(withdrawal), amount=withdrawal.total, **_call(withdrawal, END))


def settle(withdrawal: FiatWithdrawal) -> int:
    """The amount has left the house, and the fee is earned; the posting's id."""
    return ledger.settle(**_own(withdrawal), amount=withdrawal.amount, fee=withdrawal.fee, **_call(withdrawal, END)).id


def undo(withdrawal: FiatWithdrawal, *, key: str) -> int:
    """The bank gave it back: the settlement is reversed, and what is held again by that is released; the reversal's id."""
    assert withdrawal.posting_id is not None  # fiat_withdrawal_paid_whole
    reason = f"fiat withdrawal {withdrawal.public_id} came back"
    reversal = ledger.reverse(posting_id=withdrawal.posting_id, key=key, actor=ACTOR, reason=reason)
    ledger.release(**_own(withdrawal), amount=withdrawal.total, **_call(withdrawal, BACK))
    return reversal.id


def postings_of(withdrawal: FiatWithdrawal) -> QuerySet[Posting]:
    """The withdrawal's postings, in their order."""
    keys = [_key(withdrawal, step) for step in (HOLD, END, BACK)]
    own = Q(scope=SCOPE, key__in=keys)
    if withdrawal.posting_id is not None:
        own |= Q(reverses_id=withdrawal.posting_id)
    return Posting.objects.filter(own).order_by("id")


def _call(withdrawal: FiatWithdrawal, step: str) -> dict[str, Any]:
    reason = f"fiat withdrawal {withdrawal.public_id}"
    return {"scope": SCOPE, "key": _key(withdrawal, step), "actor": ACTOR, "reason": reason}


def _key(withdrawal: FiatWithdrawal, step: str) -> str:
    return f"{withdrawal.public_id}:{step}"


def _own(withdrawal: FiatWithdrawal) -> dict[str, Any]:
    return {"owner": withdrawal.customer_id, "coin": withdrawal.coin_network.coin.code}
