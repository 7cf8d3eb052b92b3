"""The signed transactions of a payment, and the proof that none of them can ever be mined."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wallet.chains.gateway import Gateway
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import WithdrawalState


def signed_of(withdrawal_id: int, *, states: Collection[WithdrawalState]) -> list[OutgoingTransaction]:
    """The signed transactions of a withdrawal that is in one of the states, newest first."""
    return list(
        OutgoingTransaction.objects.select_related("network", "withdrawal__coin_network")
        .filter(withdrawal_id=withdrawal_id, withdrawal__state__in=states, signed_bytes__isnull=False)
        .order_by("-id")
    )


def is_absent(gateway: Gateway, sent: Sequence[OutgoingTransaction]) -> bool:
    """Whether the network proves that none of a payment's transactions (newest first) can ever be mined.

    Raises ChainUnavailable.
    """
    first = sent[-1]
    return gateway.proves_absence(
        payload=bytes(first.unsigned_payload),
        sender=first.sender,
        tx_hashes={outgoing.tx_hash or "" for outgoing in sent},
        since=first.created_at,
        confirmations=first.withdrawal.coin_network.confirmations,
    )
