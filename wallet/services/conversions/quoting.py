"""Offering a price: what a customer gives, what the customer gets, and until when."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import vip
from config.kit import money
from config.kit.clock import now
from wallet.errors import AmountOutOfRange
from wallet.models.coins import Coin
from wallet.models.conversions import ORIGIN_CHARACTERS_MAX, PRICE_DIGITS, PRICE_PLACES, ConversionQuote, DustQuote
from wallet.services import coins
from wallet.services.conversions import arithmetic, policy
from wallet.services.conversions.arithmetic import Split
from wallet.services.conversions.errors import ConversionTooSmall, OneAmountDue, SameCoin
from wallet.services.rates import reads
from wallet.services.rates.reads import Price

log = logging.getLogger(__name__)

KEPT_DAYS = 30
"""How long a quote that nobody took is kept, for questions about prices."""


def quote(
    *, customer: User, source_coin: str, target_coin: str, source_amount: object = None, target_amount: object = None
) -> ConversionQuote:
    """Offer the customer a price that stands for QUOTE_LIFETIME_SECONDS, and never longer than its rate is fresh.

    Where `target_amount` is given, the least that buys it is asked for; it may buy a little more. Nothing is reserved.
    Raises UnknownCoin, SameCoin, OneAmountDue, AmountInvalid, AmountOutOfRange, RateUnknown, RateStale, ConversionsClosed,
    ConversionTooSmall, ConversionTooLarge, NotEntitled, SecurityHoldActive, ConversionLimitUnset, LimitExceeded.
    """
    source, target = coins.get(source_coin), coins.get(target_coin)
    if source.pk == target.pk:
        raise SameCoin
    if (source_amount is None) == (target_amount is None):
        raise OneAmountDue
    given = None if source_amount is None else _positive(source_amount, source)
    wanted = None if target_amount is None else _positive(target_amount, target)
    terms = policy.terms(source, target)
    price = reads.fresh(source, target)
    spread = vip.spread_of(customer)
    parts = parts_of(price, spread, source, target, given=given, wanted=wanted)
    policy.require_size(parts.source, coin=source, within=terms)
    if not parts.target:
        raise ConversionTooSmall(coin=source.code, minimum=money.to_text(terms.minimum))
    policy.require_allowed(customer, source=source, target=target, amount=parts.source)
    quote = offer(customer, source, target, price, spread, parts)
    quote.save(force_insert=True)
    return quote


def offer(customer: User, source: Coin, target: Coin, price: Price, spread_percent: Decimal, parts: Split) -> ConversionQuote:
    """The quote, not yet written."""
    moment = now()
    return ConversionQuote(
        customer=customer,
        source_coin=source,
        target_coin=target,
        source_amount=parts.source,
        target_amount=parts.target,
        price=price.price,
        spread_percent=spread_percent,
        fee=parts.fee,
        dust=parts.dust,
        remainder=parts.remainder,
        rate_taken_at=price.taken_at,
        rate_origin=price.origin[:ORIGIN_CHARACTERS_MAX],
        created_at=moment,
        expires_at=_end(moment, price),
    )


def _positive(amount: object, coin: Coin) -> Decimal:
    wanted = money.parse(amount, scale=coin.scale)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    return wanted


def parts_of(
    price: Price, spread: Decimal, source: Coin, target: Coin, *, given: Decimal | None, wanted: Decimal | None
) -> Split:
    """How an amount that is given, or one that is wanted, is exchanged at the price. Raises AmountOutOfRange."""
    if not price.price or price.price.adjusted() >= PRICE_DIGITS - PRICE_PLACES:
        raise AmountOutOfRange
    if given is None:
        assert wanted is not None  # one of the two: `quote` has looked
        given = arithmetic.source_for(wanted, price=price.price, spread_percent=spread, scale=source.scale)
    parts = arithmetic.split(given, price=price.price, spread_percent=spread, scale=target.scale)
    if max(parts.source.adjusted(), parts.gross.adjusted()) >= money.AMOUNT_DIGITS - money.AMOUNT_PLACES:
        raise AmountOutOfRange
    return parts


def _end(moment: datetime, price: Price) -> datetime:
    """A quote is never taken on a rate that is too old by then. (A rate that ends this instant gives a quote that does.)"""
    stale_from = price.taken_at + timedelta(seconds=settings.RATES_AGE_SECONDS_MAX)
    lived_out = moment + timedelta(seconds=settings.QUOTE_LIFETIME_SECONDS)
    return max(min(lived_out, stale_from), moment + timedelta(milliseconds=1))


def prune() -> int:
    """Delete quotes that nobody took KEPT_DAYS after their end; how many."""
    with transaction.atomic():
        old = ConversionQuote.objects.filter(expires_at__lt=now() - timedelta(days=KEPT_DAYS), conversion__isnull=True)
        gone, _ = old.delete()
        DustQuote.objects.filter(expires_at__lt=now() - timedelta(days=KEPT_DAYS), parts__isnull=True).delete()
    return gone
