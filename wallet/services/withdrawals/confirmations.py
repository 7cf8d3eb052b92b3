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
from wallet.services.withdrawals import books, broadcast, bumping, messages, reservation
from wallet.services.withdrawals.leases import Lease, locked_under
from wallet.services.withdrawals.sent import is_absent, signed_of
from wallet.services.withdrawals.states import move

FOLLOWED = (WithdrawalState.BROADCAST, WithdrawalState.UNKNOWN, WithdrawalState.CONFIRMING)
RESEND_SECONDS = 30
"""How long bytes that no block holds wait before the same bytes are sent again."""


def follow(lease: Lease) -> None:
    """Ask the chain about a sent payment and take the withdrawal as far as the answer allows.

    Of a payment whose fee was raised each transaction is asked about: one at most is mined. Mined: `confirming`; deep
    enough: `success` with the hold settled, or, where the chain ran it and it reverted, `failed` with the hold released.
    In no block: sent again after a while, at a higher fee where it is stuck, and released only when the gateway proves
    that none can ever be mined. Raises ChainUnavailable, LeaseLost.
    """
    sent = signed_of(lease.withdrawal_id, states=FOLLOWED)
    if not sent:
        return
    gateway = registry.gateway(sent[0].network.code)
    for outgoing in sent:
        receipt = gateway.receipt(outgoing.tx_hash or "")
        if receipt is not None:
            if _is_deep(outgoing, receipt) and not _is_canonical(gateway, receipt):
                return  # a node between two branches: the next look asks again
            _mined(lease, outgoing, receipt)
            return
    if is_absent(gateway, sent):
        _absent(lease)
        return
    _unmined(lease)
    if sent[0].last_sent_at is None or sent[0].last_sent_at <= now() - timedelta(seconds=RESEND_SECONDS):
        bumping.raise_if_stuck(lease)  # for the signer to sign; what is out is sent again meanwhile
        broadcast.send(lease)


def _is_deep(outgoing: OutgoingTransaction, receipt: Receipt) -> bool:
    return receipt.confirmations >= outgoing.withdrawal.coin_network.confirmations


def _is_canonical(gateway: Gateway, receipt: Receipt) -> bool:
    """Whether the receipt's block is the one that the chain shows at its height now."""
    block = gateway.block(receipt.height)
    return block is not None and block.hash == receipt.block_hash


@transaction.atomic
def _mined(lease: Lease, outgoing: OutgoingTransaction, receipt: Receipt) -> None:
    withdrawal = locked_under(lease)
    if withdrawal.state not in FOLLOWED:
        return
    _forget_blocks(withdrawal)
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


def _forget_blocks(withdrawal: Withdrawal) -> None:
    """After a reorganisation another of the payment's transactions may be the one that is mined."""
    OutgoingTransaction.objects.filter(withdrawal=withdrawal, block_number__isnull=False).update(
        block_number=None, block_hash="", confirmations=0, network_fee=None
    )


def _finish(withdrawal: Withdrawal, outgoing: OutgoingTransaction, receipt: Receipt) -> None:
    OutgoingTransaction.objects.filter(pk=outgoing.pk).update(settled_at=now())
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
    _forget_blocks(withdrawal)
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
        reason="another transaction has taken its place for good, or its time is over: it can never be mined",
    )
    reservation.release(withdrawal)
    messages.ended(withdrawal)
