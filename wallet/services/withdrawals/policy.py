"""Standing questions about a withdrawal: is it open, may this customer, how many officers, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from accounts.models import Status, User
from accounts.services import freezing
from config.kit.clock import now
from config.kit.money import to_text
from kyc.services import entitlements
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.withdrawal_limits import WithdrawalAllowance, WithdrawalLimit, WithdrawalPolicy
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.withdrawals.errors import LimitExceeded, LimitUnset, WithdrawalHeld

OFFICERS_MAX = 2
DAY_HOURS = 24
UNCOUNTED = (WithdrawalState.CANCELLED, WithdrawalState.EXPIRED, WithdrawalState.REJECTED, WithdrawalState.FAILED)
"""Withdrawals that took nothing out and so use up no limit."""


def is_open(coin_network: CoinNetwork) -> bool:
    """Whether money may leave in this coin over this network now."""
    coin = coin_network.coin
    enabled = coin.is_enabled and coin_network.is_enabled and coin_network.network.is_enabled
    return enabled and coin_network.is_withdrawal_open and not coin.withdrawals_stopped_because


def is_in_good_standing(customer: User) -> bool:
    """Whether the customer's account lets money out; a sub-account's also asks for its parent's."""
    return customer.status == Status.NORMAL and (customer.parent is None or customer.parent.status == Status.NORMAL)


def lock_standing(customer: User) -> User:
    """The customer, with the parent, as they are now; neither is frozen before the transaction ends."""
    wanted = [customer.pk, *([customer.parent_id] if customer.parent_id else [])]
    rows = {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")}
    found = rows[customer.pk]
    if found.parent_id is not None and found.parent_id in rows:
        found.parent = rows[found.parent_id]
    return found


def held_because(withdrawal: Withdrawal) -> str:
    """Why the customer's account stops this withdrawal, or nothing. The identity level may have fallen since it was asked for.

    What was asked for before the owner froze the account stays stopped when it is open again: a thief may have asked.
    """
    customer = withdrawal.customer
    if not is_in_good_standing(customer):
        stopped = customer if customer.status != Status.NORMAL or customer.parent is None else customer.parent
        return f"the customer is {Status(stopped.status).label}"
    if freezing.was_frozen_since(customer, withdrawal.created_at):
        return "the customer froze the account after it was asked for"
    if not entitlements.allowed(customer)[entitlements.Act.WITHDRAW_CRYPTO]:
        return "the customer's identity level does not open withdrawals any more"
    if entitlements.fell_since(customer, withdrawal.created_at) and not _fits_level(withdrawal):
        return "it is more than the customer's identity level lets out any more"
    return ""


def _fits_level(withdrawal: Withdrawal) -> bool:
    """Whether it could be asked for on the level of now, beside what the customer had asked for before it."""
    customer, coin = withdrawal.customer, withdrawal.coin_network.coin
    limits = _limits(coin, entitlements.level_of(customer))
    return any(limit.window_hours == DAY_HOURS for limit in limits) and all(
        used(customer, coin, hours=limit.window_hours, up_to=withdrawal) <= limit.maximum for limit in limits
    )


def _limits(coin: Coin, level: int) -> list[WithdrawalLimit]:
    return list(WithdrawalLimit.objects.filter(level=level, coin=coin).order_by("window_hours"))


def require_not_held(withdrawal: Withdrawal) -> None:
    """Promise that the customer's account lets this locked withdrawal go on, until the transaction ends.

    Raises WithdrawalHeld.
    """
    withdrawal.customer = lock_standing(withdrawal.customer)
    because = held_because(withdrawal)
    if because:
        raise WithdrawalHeld(because=because)


def officers_needed(withdrawal: Withdrawal, *, is_flagged: bool) -> int:
    """How many officers must approve: two from the coin's threshold, for any flag, and where nothing is set.

    None at all only for an amount within `automatic_up_to` to a trusted address, unflagged.
    """
    rule = WithdrawalPolicy.objects.filter(coin_id=withdrawal.coin_network.coin_id).first()
    if rule is None or is_flagged or withdrawal.amount >= rule.second_officer_from:
        return OFFICERS_MAX
    if withdrawal.trusted_address_id is not None and withdrawal.amount <= rule.automatic_up_to:
        return 0
    return 1


def lock_allowance(customer: User, coin: Coin) -> None:
    """Lock the row that makes one customer's requests in one coin queue up; the first lock of all."""
    WithdrawalAllowance.objects.bulk_create([WithdrawalAllowance(customer=customer, coin=coin)], ignore_conflicts=True)
    WithdrawalAllowance.objects.select_for_update().get(customer=customer, coin=coin)


def require_within_limits(*, customer: User, coin: Coin, level: int, amount: Decimal) -> None:
    """Promise that the amount fits into every limit of the level. The caller holds `lock_allowance`.

    Without a limit over 24 hours nothing may leave. Raises LimitUnset, LimitExceeded.
    """
    limits = _limits(coin, level)
    if not any(limit.window_hours == DAY_HOURS for limit in limits):
        raise LimitUnset(coin=coin.code, level=level)
    for limit in limits:
        remaining = limit.maximum - used(customer, coin, hours=limit.window_hours)
        if amount > remaining:
            raise LimitExceeded(
                coin=coin.code,
                level=level,
                maximum=to_text(limit.maximum),
                remaining=to_text(max(remaining, Decimal(0))),
                window_hours=limit.window_hours,
            )


def used(customer: User, coin: Coin, *, hours: int, up_to: Withdrawal | None = None) -> Decimal:
    """What left or may still leave of requests of the last `hours`, whatever the network; fees not counted.

    With `up_to` it is of the hours before that request, and with it: what came later does not count against it.
    """
    since = (up_to.created_at if up_to else now()) - timedelta(hours=hours)
    rows = Withdrawal.objects.filter(customer=customer, coin_network__coin=coin, created_at__gt=since)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to.pk)
    used = rows.filter(~Q(state__in=UNCOUNTED)).aggregate(used=Sum(F("amount")))["used"]
    return used or Decimal(0)
