"""What a monitor reads of the books and of money on its way."""

from __future__ import annotations

from config.kit.clock import now
from config.kit.gauges import Gauge, Reading, queue, register
from wallet.models.coins import Coin
from wallet.models.deposits import Deposit, DepositState, WatcherCursor
from wallet.models.ledger import PendingEntry
from wallet.models.payments import Payment, PaymentState
from wallet.models.rates import Rate
from wallet.models.transfers import ENDS as TRANSFER_ENDS
from wallet.models.transfers import Transfer, TransferState
from wallet.models.withdrawals import ENDS as WITHDRAWAL_ENDS
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.outflow import stopping

UNMATCHED = (DepositState.PENDING, DepositState.HELD)


def register_all() -> None:
    """Let them be read."""
    register(
        *queue(
            "withdrawals",
            "Withdrawals on their way",
            Withdrawal.objects.all,
            states=[state for state in WithdrawalState if state not in WITHDRAWAL_ENDS],
            since="state_since",
        ),
        *queue(
            "transfers",
            "Transfers on their way",
            Transfer.objects.all,
            states=[state for state in TransferState if state not in TRANSFER_ENDS],
            since="state_since",
        ),
        *queue("deposits", "Deposits that are not credited", Deposit.objects.all, states=UNMATCHED, since="seen_at"),
        *queue("payments", "Payments held", Payment.objects.all, states=(PaymentState.HELD,), since="state_since"),
        Gauge("quaestor_coin_stopped", "1 while nothing leaves in a coin.", ("coin",), _stopped),
        Gauge("quaestor_chain_height", "Newest block that was read to its end.", ("network",), _heights),
        Gauge("quaestor_chain_read_seconds", "Seconds since a network was last read.", ("network",), _lags),
        Gauge("quaestor_chain_halted", "1 while a network waits for staff.", ("network",), _halted),
        Gauge("quaestor_ledger_unfolded", "Entries of hot accounts that wait to be folded.", (), _unfolded),
        Gauge("quaestor_rate_age_seconds", "Age of a pair's price.", ("pair",), _rate_ages),
    )


def _stopped() -> list[Reading]:
    stops = stopping.standing()
    return [
        ((coin.code,), float(bool(coin.withdrawals_stopped_because or stopping.because(stops, coin.pk))))
        for coin in Coin.objects.order_by("code")
    ]


def _cursors() -> list[WatcherCursor]:
    return list(WatcherCursor.objects.select_related("network").order_by("network__code"))


def _heights() -> list[Reading]:
    return [((cursor.network.code,), float(cursor.height)) for cursor in _cursors()]


def _lags() -> list[Reading]:
    moment = now()
    return [((cursor.network.code,), max(0.0, (moment - cursor.read_at).total_seconds())) for cursor in _cursors()]


def _halted() -> list[Reading]:
    return [((cursor.network.code,), float(bool(cursor.halted_because))) for cursor in _cursors()]


def _unfolded() -> list[Reading]:
    return [((), float(PendingEntry.objects.count()))]


def _rate_ages() -> list[Reading]:
    moment = now()
    return [
        ((f"{rate.base.code}/{rate.quote.code}",), max(0.0, (moment - rate.taken_at).total_seconds()))
        for rate in Rate.objects.select_related("base", "quote")
    ]
