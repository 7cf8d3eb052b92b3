"""What a withdrawal means in the ledger: reserved, then either settled or released, each once."""

from __future__ import annotations

from decimal import Decimal

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
    _post(
        withdrawal,
        PostingKind.WITHDRAWAL_HOLD,
        "hold",
        Leg(_own(withdrawal, AccountKind.SPOT_AVAILABLE), -withdrawal.total),
        Leg(_own(withdrawal, AccountKind.SPOT_HELD), withdrawal.total),
    )


def release(withdrawal: Withdrawal) -> None:
    """Give amount + fee back. The key is the settlement's: what was released can't be settled, nor the reverse."""
    _post(
        withdrawal,
        PostingKind.WITHDRAWAL_RELEASE,
        "end",
        Leg(_own(withdrawal, AccountKind.SPOT_HELD), -withdrawal.total),
        Leg(_own(withdrawal, AccountKind.SPOT_AVAILABLE), withdrawal.total),
    )


def settle(withdrawal: Withdrawal) -> None:
    """The amount has left the house, and the fee is earned."""
    coin = withdrawal.coin_network.coin.code
    legs = [
        Leg(_own(withdrawal, AccountKind.SPOT_HELD), -withdrawal.total),
        Leg(AccountRef(None, coin, AccountKind.EXTERNAL_OUT), withdrawal.amount),
    ]
    if withdrawal.fee:
        legs.append(Leg(AccountRef(None, coin, AccountKind.FEE), withdrawal.fee))
    _post(withdrawal, PostingKind.WITHDRAWAL, "end", *legs)


def pay_network_fee(withdrawal: Withdrawal, outgoing: OutgoingTransaction, *, fee: Decimal) -> None:
    """What the network took, in its own coin: the house's cost, whether the transaction succeeded or reverted."""
    if not fee:
        return
    coin = registry.gateway(outgoing.network.code).coin
    _post(
        withdrawal,
        PostingKind.NETWORK_FEE,
        "network-fee",
        Leg(AccountRef(None, coin, AccountKind.NETWORK_COST), -fee),
        Leg(AccountRef(None, coin, AccountKind.EXTERNAL_OUT), fee),
    )


def postings_of(withdrawal: Withdrawal) -> QuerySet[Posting]:
    """The withdrawal's postings, in their order."""
    keys = Q()
    for step in ("hold", "end", "network-fee"):
        keys |= Q(key=_key(withdrawal, step))
    return Posting.objects.filter(keys, scope=SCOPE).order_by("id")


def _post(withdrawal: Withdrawal, kind: PostingKind, step: str, *legs: Leg) -> None:
    ledger.post(
        kind=kind,
        scope=SCOPE,
        key=_key(withdrawal, step),
        legs=legs,
        actor=ACTOR,
        reason=f"withdrawal {withdrawal.public_id}",
    )


def _key(withdrawal: Withdrawal, step: str) -> str:
    return f"{withdrawal.public_id}:{step}"


def _own(withdrawal: Withdrawal, kind: AccountKind) -> AccountRef:
    return AccountRef(withdrawal.customer_id, withdrawal.coin_network.coin.code, kind)
