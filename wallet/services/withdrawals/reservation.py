"""What a payment takes from the hot wallet so that no other payment can have it: a nonce, or unspent outputs.

Unique constraints decide; the advisory lock only spares workers the collision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import connection
from django.db.models import Max, QuerySet

from config.kit.clock import now
from wallet.chains.gateway import Gateway, Output, Reservation
from wallet.models.outgoing import OutgoingTransaction, ReservedOutput
from wallet.models.withdrawals import Withdrawal


def free_nonce(network_id: int, sender: str, chain_next: int, *, reserves: Reservation) -> int:
    """The lowest nonce that neither a live row nor the chain, which would take `chain_next`, has used.

    Where the network knows no nonces: a number that no payment of the wallet ever had.
    """
    rows = OutgoingTransaction.objects.filter(network_id=network_id, sender=sender)
    live = rows.filter(abandoned_at__isnull=True)
    if reserves is not Reservation.NONCE:
        return _above(rows)
    returned = (
        rows.filter(abandoned_at__isnull=False, replaces__isnull=True, nonce__gte=chain_next)
        .exclude(nonce__in=live.values("nonce"))
        .order_by("nonce")
        .values_list("nonce", flat=True)
        .first()
    )
    return max(chain_next, _above(live)) if returned is None else returned


def _above(rows: QuerySet[OutgoingTransaction]) -> int:
    highest = rows.aggregate(highest=Max("nonce"))["highest"]
    return 0 if highest is None else highest + 1


def lock(network_id: int, sender: str) -> None:
    """Let nobody else reserve from this wallet until the transaction ends."""
    name = hashlib.sha256(f"outgoing nonce {network_id} {sender}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(name, "big", signed=True)])


def spendable(gateway: Gateway, network_id: int, sender: str) -> list[Output]:
    """Outputs of the wallet that no payment has reserved. Raises ChainUnavailable."""
    if gateway.reserves is not Reservation.OUTPUTS:
        return []
    return [output for output in gateway.spendable(sender) if not _taken(network_id, [output])]


def are_free(network_id: int, outputs: Sequence[Output]) -> bool:
    """Whether none of the outputs is reserved; under the lock that stays so until the transaction ends."""
    return not _taken(network_id, outputs)


def reserve(outgoing: OutgoingTransaction, outputs: Sequence[Output]) -> None:
    """Keep the outputs for this payment. Raises IntegrityError where another payment has one."""
    ReservedOutput.objects.bulk_create(
        ReservedOutput(
            network_id=outgoing.network_id,
            outgoing=outgoing,
            tx_hash=output.tx_hash,
            output_index=output.index,
            amount=output.amount,
        )
        for output in outputs
    )


def reserved_for(outgoing: OutgoingTransaction) -> set[tuple[str, int]]:
    """Hash and index of the outputs that this payment may spend: those of its first transaction, and no others."""
    rows = ReservedOutput.objects.filter(
        outgoing__withdrawal_id=outgoing.withdrawal_id, outgoing__nonce=outgoing.nonce, released_at__isnull=True
    )
    return set(rows.values_list("tx_hash", "output_index"))


def release(withdrawal: Withdrawal) -> None:
    """Give back what payments of the withdrawal had reserved that can never be mined; the database looks whether so."""
    ReservedOutput.objects.filter(outgoing__withdrawal=withdrawal, released_at__isnull=True).update(released_at=now())


def _taken(network_id: int, outputs: Sequence[Output]) -> bool:
    live = ReservedOutput.objects.filter(network_id=network_id, released_at__isnull=True)
    wanted = {(output.tx_hash, output.index) for output in outputs}
    rows = live.filter(tx_hash__in={output.tx_hash for output in outputs}).values_list("tx_hash", "output_index")
    return any(row in wanted for row in rows)
