"""From sent to settled: what the chain says about a transaction, and what follows from it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from config.kit.clock import now
from wallet.chains import registry
from wallet.chains.gateway import Gateway, Receipt
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.actors import SYSTEM
from wallet.services.withdrawals import books, broadcast, messages
from wallet.services.withdrawals.leases import Lease, locked_under
from wallet.services.withdrawals.states import move

FOLLOWED = (WithdrawalState.BROADCAST, WithdrawalState.UNKNOWN, WithdrawalState.CONFIRMING)
RESEND_SECONDS = 30
"""How long bytes that no block holds wait before the same bytes are sent again."""


def follow(lease: Lease) -> None:
    """Ask the chain about a sent transaction and take the withdrawal as far as the answer allows.

    Mined: `confirming`; deep enough: `success` with the hold settled, or, where the chain ran it and it reverted,
    `failed` with the hold released. In no block: sent again after a while, and released only when the gateway proves
    that it can never be mined. Raises ChainUnavailable, LeaseLost.
    """
    outgoing = _sent(lease)
    if outgoing is None or outgoing.tx_hash is None:
        return
    gateway = registry.gateway(outgoing.network.code)
    receipt = gateway.receipt(outgoing.tx_hash)
    if receipt is not None:
        if _is_deep(outgoing, receipt) and not _is_canonical(gateway, receipt):
            return  # a node between two branches: the next look asks again
        _mined(lease, outgoing, receipt)
        return
    if gateway.proves_absence(
        tx_hash=outgoing.tx_hash,
        sender=outgoing.sender,
        nonce=outgoing.nonce,
        confirmations=outgoing.withdrawal.coin_network.confirmations,
    ):
        _absent(lease)
        return
    _unmined(lease)
    if outgoing.last_sent_at is None or outgoing.last_sent_at <= now() - timedelta(seconds=RESEND_SECONDS):
        broadcast.send(lease)


def _is_deep(outgoing: OutgoingTransaction, receipt: Receipt) -> bool:
    return receipt.confirmations >= outgoing.withdrawal.coin_network.confirmations


def _is_canonical(gateway: Gateway, receipt: Receipt) -> bool:
    """Whether the receipt's block is the one that the chain shows at its height now."""
    block = gateway.block(receipt.height)
    return block is not None and block.hash == receipt.block_hash


def _sent(lease: Lease) -> OutgoingTransaction | None:
    return (
        OutgoingTransaction.objects.select_related("network", "withdrawal__coin_network")
        .filter(withdrawal_id=lease.withdrawal_id, withdrawal__state__in=FOLLOWED, signed_bytes__isnull=False)
        .first()
    )


@transaction.atomic
def _mined(lease: Lease, outgoing: OutgoingTransaction, receipt: Receipt) -> None:
    withdrawal = locked_under(lease)
    if withdrawal.state not in FOLLOWED:
        return
    OutgoingTransaction.objects.filter(pk=outgoing.pk).update(
        block_number=receipt.height,
        block_hash=receipt.block_hash,
        confirmations=receipt.confirmations,
        network_fee=receipt.fee,
    )
    if withdrawal.state != WithdrawalState.CONFIRMING:
        move(withdrawal, WithdrawalState.CONFIRMING, actor=SYSTEM, reason=f"mined in block {receipt.height}")
    if _is_deep(outgoing, receipt):
        _finish(withdrawal, outgoing, receipt)


def _finish(withdrawal: Withdrawal, outgoing: OutgoingTransaction, receipt: Receipt) -> None:
    books.pay_network_fee(withdrawal, outgoing, fee=receipt.fee)
    if receipt.succeeded:
        books.settle(withdrawal)
        move(withdrawal, WithdrawalState.SUCCESS, actor=SYSTEM, reason=f"{receipt.confirmations} confirmations")
        messages.arrived(withdrawal)
        return
    books.release(withdrawal)
    move(withdrawal, WithdrawalState.FAILED, actor=SYSTEM, reason="the chain ran the transaction and it reverted")
    messages.ended(withdrawal)


@transaction.atomic
def _unmined(lease: Lease) -> None:
    """A block that held the transaction is gone: it waits for another one."""
    withdrawal = locked_under(lease)
    if withdrawal.state != WithdrawalState.CONFIRMING:
        return
    OutgoingTransaction.objects.filter(withdrawal=withdrawal, signed_bytes__isnull=False).update(
        block_number=None, block_hash="", confirmations=0, network_fee=None
    )
    move(withdrawal, WithdrawalState.BROADCAST, actor=SYSTEM, reason="its block is no longer part of the chain")


@transaction.atomic
def _absent(lease: Lease) -> None:
    withdrawal = locked_under(lease)
    if withdrawal.state not in FOLLOWED:
        return
    if withdrawal.state == WithdrawalState.CONFIRMING:
        move(withdrawal, WithdrawalState.BROADCAST, actor=SYSTEM, reason="its block is no longer part of the chain")
    if withdrawal.state == WithdrawalState.BROADCAST:
        move(withdrawal, WithdrawalState.UNKNOWN, actor=SYSTEM, reason="the node knows another transaction in its place")
    books.release(withdrawal)
    move(
        withdrawal,
        WithdrawalState.FAILED,
        actor=SYSTEM,
        reason="another transaction used its nonce for good: it can never be mined",
    )
    messages.ended(withdrawal)
