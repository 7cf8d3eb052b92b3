"""Taking prices from the source: newer ones only, none from the future, and no jump that nobody has looked at."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.coins import Coin
from wallet.models.rates import Rate
from wallet.services.rates import providers
from wallet.services.rates.errors import RatesUnavailable
from wallet.services.rates.providers import Answer, Told
from wallet.services.retries import retried

log = logging.getLogger(__name__)

AHEAD_SECONDS_MAX = 30
"""How far the source's clock may be before ours."""


@dataclass
class Loaded:
    """What became of the prices that a source told."""

    stored: int = 0
    old: int = 0
    """Not newer than what we have."""
    unknown: int = 0
    """Of coins that we don't carry, or of a pair that is kept the other way round."""
    refused: int = 0
    """Unreadable, or from the future."""
    jumps: list[str] = field(default_factory=list)
    """Too far from the price that we have: kept out until an operator accepts them."""


def load(*, act: Act | None = None) -> Loaded:
    """Ask the configured source and keep what is newer. With an operator's `act`, jumps are taken and written to the audit log.

    Raises RatesUnavailable, ReasonDue.
    """
    source = settings.RATES_SOURCE
    if source is None:
        raise RatesUnavailable(reason="RATES_URL names no source")
    if act is not None:
        act.require("treasury")
    asked = providers.provider(source, timeout_seconds=settings.RATES_TIMEOUT_SECONDS)
    return keep(asked.fetch(), source=asked.name, act=act)


def keep(answer: Answer, *, source: str, act: Act | None = None) -> Loaded:
    """Keep what is newer of an answer; each pair stands for itself."""
    done = Loaded(refused=answer.unreadable)
    coins = {coin.code: coin for coin in Coin.objects.all()}
    latest = now() + timedelta(seconds=AHEAD_SECONDS_MAX)
    # In one order for everybody, so that two loaders never wait for each other.
    for told in sorted(answer.rates, key=lambda one: (one.base, one.quote, one.taken_at)):
        base, quote = coins.get(told.base), coins.get(told.quote)
        if base is None or quote is None or base.pk == quote.pk:
            done.unknown += 1
        elif told.taken_at > latest:
            done.refused += 1
        else:
            _keep(told, base, quote, source=source, act=act, done=done)
    return done


@retried
def _keep(told: Told, base: Coin, quote: Coin, *, source: str, act: Act | None, done: Loaded) -> None:
    with transaction.atomic():
        found = Rate.objects.select_for_update().filter(base=base, quote=quote).first()
        if found is None:
            _insert(told, base, quote, source=source, done=done)
            return
        if told.taken_at <= found.taken_at:
            done.old += 1
            return
        if jumps(found.price, told.price):
            pair = f"{told.base}/{told.quote} {to_text(found.price)} → {to_text(told.price)}"
            done.jumps.append(pair)
            if act is None:
                log.critical("a rate jumped and is not taken", extra={"pair": pair})
                return
            facts = {"before": to_text(found.price), "after": to_text(told.price), "source": source}
            act.record(act="wallet.rate_jump_accepted", subject=f"wallet.rate:{told.base}/{told.quote}", facts=facts)
        found.price, found.change_percent, found.source = told.price, told.change_percent, source
        found.taken_at, found.stored_at = told.taken_at, now()
        found.save()
        done.stored += 1


def _insert(told: Told, base: Coin, quote: Coin, *, source: str, done: Loaded) -> None:
    row = Rate(base=base, quote=quote, price=told.price, change_percent=told.change_percent)
    row.source, row.taken_at = source, told.taken_at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        done.unknown += 1  # kept the other way round, or by somebody else in this moment
    else:
        done.stored += 1


def jumps(before: Decimal, after: Decimal) -> bool:
    """Whether the new price is further from the old one than RATES_JUMP_PERCENT_MAX, upwards or downwards alike.

    Downwards it is measured against the new one: a fall to a half is as far as a rise to the double.
    """
    return max(before, after) * 100 > min(before, after) * (100 + settings.RATES_JUMP_PERCENT_MAX)
