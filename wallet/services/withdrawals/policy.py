"""Standing questions about a withdrawal: is it open, may this customer, how many officers, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from accounts.models import User
from config.kit.clock import now
from kyc.services import entitlements
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.deposit_resolutions import DepositResolution
from wallet.models.withdrawal_limits import WithdrawalLimit, WithdrawalPolicy
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import limits, standing
from wallet.services.outflow.letting import Outlook
from wallet.services.travel_rule import requiring
from wallet.services.withdrawals.errors import LimitUnset, WithdrawalHeld

UNCOUNTED = (WithdrawalState.CANCELLED, WithdrawalState.EXPIRED, WithdrawalState.REJECTED, WithdrawalState.FAILED)
"""Withdrawals that took nothing out and so use up no limit."""


def is_open(coin_network: CoinNetwork, *, amount: Decimal | None = None, outlook: Outlook | None = None) -> bool:
    """Whether so much (without an amount, the least) may leave in this coin over this network now.

    The gate asks again what the house as a whole lets out; `outlook` is that, where it was read already.
    """
    if not is_switched_on(coin_network):
        return False
    return not (outlook or Outlook()).closed_because(coin_network, amount)


def is_switched_on(coin_network: CoinNetwork) -> bool:
    """Whether coin and network are open, whatever left of the coin already."""
    coin = coin_network.coin
    enabled = coin.is_enabled and coin_network.is_enabled and coin_network.network.is_enabled
    return enabled and coin_network.is_withdrawal_open and not coin.withdrawals_stopped_because


def held_because(withdrawal: Withdrawal) -> str:
    """Why the customer's account stops this withdrawal, or nothing. The level may have fallen since it was asked for."""
    customer = withdrawal.customer
    if because := standing.stopped_because(customer, since=withdrawal.created_at):
        return because
    if is_refund(withdrawal):
        return ""
    if because := standing.lost_level_because(customer, entitlements.Act.WITHDRAW_CRYPTO, words="withdrawals"):
        return because
    if entitlements.fell_since(customer, withdrawal.created_at) and not _fits_level(withdrawal):
        return "it is more than the customer's identity level lets out any more"
    return ""


def is_refund(withdrawal: Withdrawal) -> bool:
    """Whether it sends a deposit back that two officers did not let in: no wish of the customer's, so no level lets it out."""
    return DepositResolution.objects.filter(withdrawal=withdrawal).exists()


def _fits_level(withdrawal: Withdrawal) -> bool:
    """Whether it could be asked for on the level of now, beside what the customer had asked for before it."""
    customer, coin = withdrawal.customer, withdrawal.coin_network.coin
    set_now = _limits(coin, entitlements.level_of(customer))
    return limits.fit(set_now, used=lambda hours: used(customer, coin, hours=hours, up_to=withdrawal))


def _limits(coin: Coin, level: int) -> list[WithdrawalLimit]:
    return list(WithdrawalLimit.objects.filter(level=level, coin=coin).order_by("window_hours"))


def require_not_held(withdrawal: Withdrawal) -> None:
    """Promise that the customer's account lets this locked withdrawal go on, until the transaction ends.

    Raises WithdrawalHeld.
    """
    (withdrawal.customer,) = standing.lock(withdrawal.customer)
    because = held_because(withdrawal)
    if because:
        raise WithdrawalHeld(because=because)


def officers_needed(withdrawal: Withdrawal, *, is_flagged: bool) -> int:
    """How many officers must approve: two from the coin's threshold, for any flag, and where nothing is set.

    None at all only for an amount within `automatic_up_to` to a trusted address, unflagged, of which the beneficiary is known
    where that is due.
    """
    return limits.officers_needed(
        WithdrawalPolicy.objects.filter(coin_id=withdrawal.coin_network.coin_id).first(),
        amount=withdrawal.amount,
        is_flagged=is_flagged,
        may_be_automatic=withdrawal.trusted_address_id is not None and not requiring.is_missing(withdrawal),
    )


def require_within_limits(*, customer: User, coin: Coin, level: int, amount: Decimal) -> None:
    """Promise that the amount fits into every limit of the level. The caller holds `limits.lock_allowance`.

    Without a limit over 24 hours nothing may leave. Raises LimitUnset, LimitExceeded.
    """
    limits.require_within(
        _limits(coin, level),
        coin=coin,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, coin, hours=hours),
        unset=LimitUnset(coin=coin.code, level=level),
    )


def used(customer: User, coin: Coin, *, hours: int, up_to: Withdrawal | None = None) -> Decimal:
    """What left or may still leave of requests of the last `hours`, whatever the network; fees not counted.

    With `up_to` it is of the hours before that request, and with it: what came later does not count against it.
    """
    since = (up_to.created_at if up_to else now()) - timedelta(hours=hours)
    rows = Withdrawal.objects.filter(customer=customer, coin_network__coin=coin, created_at__gt=since)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to.pk)
    used = rows.filter(~Q(state__in=UNCOUNTED), refund_of__isnull=True).aggregate(used=Sum(F("amount")))["used"]
    return used or Decimal(0)
