"""What a withdrawal means in the ledger: reserved, then either settled or released, each once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from wallet.chains import registry
from wallet.models.ledger import AccountKind, Posting, PostingKind
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Leg

SCOPE = "withdrawal"
ACTOR = "withdrawals"


def hold(withdrawal: Withdrawal) -> None:
    """Reserve amount + fee. Raises InsufficientFunds."""
    ledger.hold(**_own(withdrawal), amount=withdrawal.total, **_call(withdrawal, "hold"))


def release(withdrawal: Withdrawal) -> None:
    """Give amount + fee back. The key is the settlement's: what was released can't be settled, nor the reverse."""
    ledger.release(**_own(withdrawal), amount=withdrawal.total, **_call(withdrawal, "end"))


def settle(withdrawal: Withdrawal) -> None:
    """The amount has left the house, and the fee is earned."""
    ledger.settle(**_own(withdrawal), amount=withdrawal.amount, fee=withdrawal.fee, **_call(withdrawal, "end"))


def pay_network_fee(withdrawal: Withdrawal, outgoing: OutgoingTransaction, *, fee: Decimal) -> None:
    """What the network took, in its own coin: the house's cost, whether the transaction succeeded or reverted."""
    if not fee:
        return
    coin = registry.gateway(outgoing.network.code).coin
    ledger.post(
        kind=PostingKind.NETWORK_FEE,
        legs=(
            Leg(AccountRef(None, coin, AccountKind.NETWORK_COST), -fee),
            Leg(AccountRef(None, coin, AccountKind.EXTERNAL_OUT), fee),
        ),
        **_call(withdrawal, "network-fee"),
    )


def postings_of(withdrawal: Withdrawal) -> QuerySet[Posting]:
    """The withdrawal's postings, in their order."""
    keys = Q()
    for step in ("hold", "end", "network-fee"):
        keys |= Q(key=_key(withdrawal, step))
    return Posting.objects.filter(keys, scope=SCOPE).order_by("id")


def _call(withdrawal: Withdrawal, step: str) -> dict[str, Any]:
    return {
        "scope": SCOPE,
        "key": _key(withdrawal, step),
        "actor": ACTOR,
        "reason": f"withdrawal {withdrawal.public_id}",
    }


def _key(withdrawal: Withdrawal, step: str) -> str:
    return f"{withdrawal.public_id}:{step}"


def _own(withdrawal: Withdrawal) -> dict[str, Any]:
    return {"owner": withdrawal.customer_id, "coin": withdrawal.coin_network.coin.code}
