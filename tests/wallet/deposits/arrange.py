"""Arranging deposits without a chain: the rows that the watcher would have written."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from accounts.models import User
from kyc.models import Case
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import Deposit, DepositState, HeldBecause, WatcherCursor
from wallet.services.deposits import addresses

HEIGHT = 1_000
"""Block of the deposits."""
_numbers = itertools.count(1)


def deposit(customer: User, *, state: DepositState = DepositState.HELD, amount: str = "20", **more: Any) -> Deposit:
    """A USDT deposit in the block `HEIGHT`."""
    carried = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM")
    issued, _ = addresses.issue(customer=customer, coin="USDT", network="ETHEREUM")
    return Deposit.objects.create(
        network=carried.network,
        coin_network=carried,
        tx_hash=f"0x{next(_numbers):064x}",
        output_index=0,
        deposit_address=issued,
        customer=customer,
        amount=Decimal(amount),
        block_height=HEIGHT,
        block_hash="0x" + "0a" * 32,
        state=state,
        held_because=HeldBecause.CLOSED if state == DepositState.HELD else "",
        **more,
    )


def read_to(deposit: Deposit, *, confirmations: int | None = None, halted_because: str = "") -> WatcherCursor:
    """The watcher has read so far that the deposit has so many confirmations; without a number, all that it needs."""
    depth = deposit.coin_network.confirmations if confirmations is None else confirmations
    cursor, _ = WatcherCursor.objects.update_or_create(
        network=deposit.network,
        defaults={"height": HEIGHT + depth - 1, "block_hash": "0x" + "0b" * 32, "halted_because": halted_because},
    )
    return cursor


def level_lost(customer: Any) -> None:
    """The customer's identity is refused after all."""
    Case.objects.filter(user=customer).update(state="rejected")


def usdt_closed(_: Any) -> None:
    """No more USDT is taken in."""
    CoinNetwork.objects.filter(coin__code="USDT", network__code="ETHEREUM").update(is_deposit_open=False)
