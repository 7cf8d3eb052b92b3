"""Whether money may leave now, as far as the house as a whole goes: asked at the request, and again at each gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from wallet.models.coins import Coin, CoinNetwork
from wallet.models.fiat_withdrawals import FiatWithdrawal
from wallet.models.outflow import OutflowStop
from wallet.models.withdrawals import Withdrawal
from wallet.services.outflow import stopping
from wallet.services.outflow.caps import Caps


@dataclass
class Outlook:
    """Stops and caps, read once for everything that is asked of them."""

    stops: list[OutflowStop] = field(default_factory=stopping.standing)
    caps: Caps = field(default_factory=Caps)

    def closed_because(self, coin_network: CoinNetwork, amount: Decimal | None = None) -> str:
        """Why so much of the coin may not leave, or nothing. Without an amount: why not even the least may."""
        if because := stopping.because(self.stops, coin_network.coin_id):
            return because
        least = coin_network.withdrawal_minimum
        return self.caps.exceeded_because(coin_network.coin, least if amount is None else amount)


def closed_because(coin_network: CoinNetwork, amount: Decimal) -> str:
    """Why so much of the coin may not be asked for, or nothing. It may be another answer at the gate."""
    return Outlook().closed_because(coin_network, amount)


def closed_at_the_gate_because(withdrawal: Withdrawal | FiatWithdrawal) -> str:
    """Why this locked withdrawal may not leave, or nothing; it stays true until the caller's transaction ends.

    What is let out in this transaction counts for the next one that asks.
    """
    stopping.lock()
    if because := _books_differ_because(withdrawal.coin_network.coin_id):
        return because
    return Outlook(caps=Caps(beside=withdrawal)).closed_because(withdrawal.coin_network, withdrawal.amount)


def stopped_at_the_door_because(withdrawal: Withdrawal) -> str:
    """Why signed bytes that were never sent stay here, or nothing: the switch alone, for they were counted when signed."""
    stopping.lock()
    coin_id = withdrawal.coin_network.coin_id
    return _books_differ_because(coin_id) or stopping.stopped_because(coin_id)


def _books_differ_because(coin_id: int) -> str:
    """Why the coin was stopped without an officer, or nothing: read anew, behind the lock."""
    because = Coin.objects.values_list("withdrawals_stopped_because", flat=True).get(pk=coin_id)
    return f"the coin is stopped: {because}" if because else ""
