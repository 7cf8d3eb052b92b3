"""Loading the limits and thresholds that every installation starts with. What an operator changed is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from wallet.models.coins import Coin
from wallet.models.limits import LevelLimit, ReviewThresholds
from wallet.services.limits import DAY_HOURS

MONTH_HOURS = 30 * 24


@transaction.atomic
def load(
    limit: type[LevelLimit],
    thresholds: type[ReviewThresholds],
    *,
    limits: Mapping[str, Mapping[int, tuple[str, str]]],
    policies: Mapping[str, tuple[str, str]],
) -> int:
    """Add the rows of a movement that are missing; how many were added. A coin that isn't loaded is left out.

    `limits`: coin → level → the most in 24 hours and in 30 days. `policies`: coin → from which amount two officers decide,
    and up to which none does.
    """
    added = load_limits(limit, limits)
    for coin in Coin.objects.filter(code__in=limits):
        second_officer_from, automatic_up_to = map(Decimal, policies[coin.code])
        words = {"second_officer_from": second_officer_from, "automatic_up_to": automatic_up_to}
        added += _add(thresholds, {"coin": coin}, **words)
    return added


@transaction.atomic
def load_limits(limit: type[LevelLimit], limits: Mapping[str, Mapping[int, tuple[str, str]]]) -> int:
    """Add the limits of a movement that are missing; how many were added. See `load`."""
    added = 0
    for coin in Coin.objects.filter(code__in=limits):
        for level, most in limits[coin.code].items():
            for hours, maximum in zip((DAY_HOURS, MONTH_HOURS), most, strict=True):
                added += _add(limit, {"level": level, "coin": coin, "window_hours": hours}, maximum=Decimal(maximum))
    return added


def _add(model: type[LevelLimit | ReviewThresholds], key: Mapping[str, object], **said: Decimal) -> bool:
    _, is_new = model.objects.get_or_create(**key, defaults=said)  # type: ignore[union-attr]  # abstract classes have no manager; their tables do
    return bool(is_new)
