"""From pending to credited: once, at the coin's confirmations, in one transaction with the posting."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models.logins import LoginAct
from accounts.services import logins
from config.kit import money
from config.kit.clock import now
from config.kit.errors import DomainError
from kyc.services.entitlements import Act, require
from messaging.services.notices import notify
from wallet.chains.gateway import Gateway
from wallet.models.coins import Network
from wallet.models.deposits import DEPOSIT_FLOW, Deposit, DepositState, HeldBecause, WatcherCursor
from wallet.services import sub_accounts
from wallet.services.deposits import addresses, books
from wallet.services.deposits.errors import NotYetFinal
from wallet.services.deposits.states import locked, move

logger = logging.getLogger(__name__)

DUE_PER_LOOK_MAX = 500
"""Deposits looked at before the watcher reads on; the next look takes the rest."""


def due(network: Network, *, height: int) -> QuerySet[Deposit]:
    """Pending deposits that have their confirmations when `height` is the newest block that was read.

    The block of a deposit is its first confirmation.
    """
    return Deposit.objects.filter(
        network=network,
        state=DepositState.PENDING,
        block_height__lte=height + 1 - F("coin_network__confirmations"),
    ).order_by("pk")


def credit_due(network: Network, *, gateway: Gateway) -> int:
    """Credit, or hold for staff, every deposit that is confirmed; how many. Raises ChainUnavailable.

    The node is asked once more for each block before its deposits are believed. One deposit that fails stops no other.
    """
    cursor = WatcherCursor.objects.filter(network=network).first()
    if cursor is None or cursor.halted_because:
        return 0
    done = 0
    hashes: dict[int, str] = {}
    for deposit in due(network, height=cursor.height)[:DUE_PER_LOOK_MAX]:
        if deposit.block_height not in hashes:
            block = gateway.block(deposit.block_height)
            hashes[deposit.block_height] = block.hash if block else ""
        if hashes[deposit.block_height] != deposit.block_hash:
            logger.warning("block of a due deposit is not on the chain", extra={"deposit": deposit.public_id})
            continue  # the reading will notice the reorganisation and orphan it
        try:
            done += credit(deposit.pk, block_hash=deposit.block_hash)
        except Exception:
            logger.exception("deposit could not be credited", extra={"deposit": deposit.public_id})
    return done


@transaction.atomic
def credit(deposit_id: int, *, block_hash: str) -> bool:
    """Credit a pending deposit of that block, or hold it for staff; False where it moved on meanwhile.

    The posting, the state, the event and the customer's notice are one transaction, and the posting's key is the
    output itself: nothing is credited twice, whoever calls how often. Raises NotYetFinal.
    """
    cursor = locked_cursor(deposit_id)
    deposit = locked(deposit_id)
    if deposit.state != DepositState.PENDING or deposit.block_hash != block_hash:
        return False
    require_final(deposit, cursor)
    deposit.customer = sub_accounts.hold_open(deposit.customer)
    if because := _reason_to_hold(deposit):
        move(deposit, DepositState.HELD, reason=because.label, held_because=because)
        return True
    book(deposit, reason=f"{deposit.coin_network.confirmations} confirmations")
    return True


def locked_cursor(deposit_id: int) -> WatcherCursor | None:
    """The cursor of the deposit's network, locked. Always locked before a deposit: the reading does it in this order."""
    network = Deposit.objects.filter(pk=deposit_id).values("network_id")
    return WatcherCursor.objects.select_for_update().filter(network_id__in=network).first()


def require_final(deposit: Deposit, cursor: WatcherCursor | None) -> None:
    """Promise that the deposit is as deep below what was read as its coin asks for. Raises NotYetFinal."""
    if cursor is None or cursor.halted_because:
        raise NotYetFinal
    if cursor.height - deposit.block_height + 1 < deposit.coin_network.confirmations:
        raise NotYetFinal


def book(deposit: Deposit, *, reason: str) -> None:
    """Post a locked deposit that is final, move it to credited and tell the customer. Raises IllegalMove."""
    DEPOSIT_FLOW.check(deposit.state, DepositState.CREDITED)
    move(deposit, DepositState.CREDITED, reason=reason, posting_id=books.credit(deposit), credited_at=now())
    tell(deposit, act=LoginAct.CRYPTO_DEPOSIT)


def tell(deposit: Deposit, *, act: LoginAct) -> None:
    """Tell whoever was credited."""
    logins.note(user=deposit.receiver, act=act)
    facts = {"amount": money.to_text(deposit.amount), "coin": deposit.coin_network.coin.code}
    notify(user=deposit.receiver, template="deposit_credited", facts=facts)


def _reason_to_hold(deposit: Deposit) -> HeldBecause | None:
    carried = deposit.coin_network
    if not addresses.is_open(carried):
        return HeldBecause.CLOSED
    if deposit.amount < carried.deposit_minimum:
        return HeldBecause.BELOW_MINIMUM
    try:
        require(deposit.customer, Act.DEPOSIT)
    except DomainError:
        return HeldBecause.NOT_ENTITLED
    return None
