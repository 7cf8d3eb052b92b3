"""What a monitor reads of the books and of money on its way."""

from __future__ import annotations

from django.db.models import Model

from config.kit.clock import now
from config.kit.flow import Flow
from config.kit.gauges import Gauge, Reading, follow, queue, register
from wallet.models.adjustments import ADJUSTMENT_FLOW, Adjustment
from wallet.models.coins import Coin
from wallet.models.deposit_resolutions import RESOLUTION_FLOW, DepositResolution
from wallet.models.deposits import DEPOSIT_FLOW, Deposit, DepositState, WatcherCursor
from wallet.models.fiat_deposits import FIAT_DEPOSIT_FLOW, FIAT_REVERSAL_FLOW, FiatDeposit, FiatReversal
from wallet.models.fiat_returns import FIAT_RETURN_FLOW, FiatReturn
from wallet.models.fiat_withdrawals import ENDS as FIAT_ENDS
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW, FiatWithdrawal, FiatWithdrawalState
from wallet.models.ledger import PendingEntry
from wallet.models.pairs import Pair, PairState
from wallet.models.payments import PAYMENT_FLOW, Payment, PaymentState
from wallet.models.rates import Rate
from wallet.models.transfers import ENDS as TRANSFER_ENDS
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.models.withdrawals import ENDS as WITHDRAWAL_ENDS
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services.outflow import stopping

FLOWS: tuple[tuple[Flow, type[Model]], ...] = (
    (WITHDRAWAL_FLOW, Withdrawal),
    (FIAT_WITHDRAWAL_FLOW, FiatWithdrawal),
    (TRANSFER_FLOW, Transfer),
    (PAYMENT_FLOW, Payment),
    (DEPOSIT_FLOW, Deposit),
    (ADJUSTMENT_FLOW, Adjustment),
    (RESOLUTION_FLOW, DepositResolution),
    (FIAT_DEPOSIT_FLOW, FiatDeposit),
    (FIAT_REVERSAL_FLOW, FiatReversal),
    (FIAT_RETURN_FLOW, FiatReturn),
)
PAIRS: dict[str, type[Pair]] = {
    "adjustments": Adjustment,
    "deposit_resolutions": DepositResolution,
    "fiat_deposits": FiatDeposit,
    "fiat_reversals": FiatReversal,
    "fiat_returns": FiatReturn,
}
"""What the second of two officers has not decided yet, by the name of its queue."""
UNMATCHED = (DepositState.PENDING, DepositState.HELD)


def register_all() -> None:
    """Let them be read."""
    _register_flows()
    register(
        *queue(
            "withdrawals",
            "Withdrawals on their way",
            Withdrawal.objects.all,
            states=[state for state in WithdrawalState if state not in WITHDRAWAL_ENDS],
            since="state_since",
        ),
        *queue(
            "fiat_withdrawals",
            "Fiat withdrawals on their way",
            FiatWithdrawal.objects.all,
            states=[state for state in FiatWithdrawalState if state not in (*FIAT_ENDS, FiatWithdrawalState.PAID)],
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


def _register_flows() -> None:
    """Every state table, and what waits for the second of two officers."""
    for flow, model in FLOWS:
        follow(flow, model)
    for name, pair in PAIRS.items():
        words = f"Proposals of {name.replace('_', ' ')} that wait for the second officer"
        register(
            *queue(
                name,
                words,
                pair._default_manager.all,  # noqa: SLF001  # Django's documented door to the abstract model's rows
                states=(PairState.PROPOSED,),
                since="created_at",
            )
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
