"""What limits and thresholds say, whichever movement they are of: closed where unset, two officers where unset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from accounts.models import User
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.models.coins import Coin
from wallet.models.limits import LevelLimit, ReviewThresholds
from wallet.models.withdrawal_limits import WithdrawalAllowance
from wallet.services.withdrawals.errors import LimitExceeded

OFFICERS_MAX = 2
DAY_HOURS = 24

Used = Callable[[int], Decimal]
"""Gives what was used in the last so many hours."""


def lock_allowance(customer: User, coin: Coin) -> None:
    """Lock the row that makes one customer's requests in one coin queue up; the first lock of all."""
    WithdrawalAllowance.objects.bulk_create([WithdrawalAllowance(customer=customer, coin=coin)], ignore_conflicts=True)
    WithdrawalAllowance.objects.select_for_update().get(customer=customer, coin=coin)


def require_within(
    limits: Sequence[LevelLimit], *, coin: Coin, level: int, amount: Decimal, used: Used, unset: DomainError
) -> None:
    """Promise that the amount fits into every limit of the level. The caller holds `lock_allowance`.

    Without a limit over 24 hours nothing may leave. Raises `unset`, LimitExceeded.
    """
    if not has_day(limits):
        raise unset
    for limit in limits:
        remaining = limit.maximum - used(limit.window_hours)
        if amount > remaining:
            raise LimitExceeded(
                coin=coin.code,
                level=level,
                maximum=to_text(limit.maximum),
                remaining=to_text(max(remaining, Decimal(0))),
                window_hours=limit.window_hours,
            )


def fit(limits: Sequence[LevelLimit], *, used: Used) -> bool:
    """Whether what was used fits into every limit, one over 24 hours among them."""
    return has_day(limits) and all(used(limit.window_hours) <= limit.maximum for limit in limits)


def has_day(limits: Sequence[LevelLimit]) -> bool:
    """Whether one of them is over 24 hours: without it the movement is closed."""
    return any(limit.window_hours == DAY_HOURS for limit in limits)


def officers_needed(rule: ReviewThresholds | None, *, amount: Decimal, is_flagged: bool, may_be_automatic: bool) -> int:
    """How many officers must approve: two from the threshold, for any flag, and where nothing is set; else one, or none.

    None at all only for an amount within `automatic_up_to` that nothing flags, where `may_be_automatic`.
    """
    if rule is None or is_flagged or amount >= rule.second_officer_from:
        return OFFICERS_MAX
    return 0 if may_be_automatic and amount <= rule.automatic_up_to else 1
