"""Small balances, less than one conversion takes, exchanged together for one coin at quoted prices: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services import vip
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from config.kit.money import to_text
from wallet.errors import AmountOutOfRange
from wallet.models.coins import Coin
from wallet.models.conversions import Conversion, ConversionQuote, DustQuote
from wallet.models.ledger import AccountKind, LedgerAccount
from wallet.services import coins as carried
from wallet.services import standing
from wallet.services.conversions import executing, messages, policy, quoting
from wallet.services.conversions.errors import (
    ConversionLimitUnset,
    ConversionsClosed,
    ConversionTooSmall,
    NoDust,
    NotDust,
    QuoteExpired,
    QuoteUsed,
    SameCoin,
)
from wallet.services.rates import reads
from wallet.services.rates.errors import RateStale, RateUnknown
from wallet.services.retries import retried
from wallet.services.withdrawals.errors import LimitExceeded

COINS_MAX = 30
"""Balances of one offer at the most; the next one takes the rest."""
PASSED_OVER = (
    NotDust,
    ConversionsClosed,
    ConversionTooSmall,
    ConversionLimitUnset,
    LimitExceeded,
    RateUnknown,
    RateStale,
    AmountOutOfRange,
)
"""Why a balance is left out of an offer that names no coins; where the coin is named, it is told."""


@dataclass(frozen=True)
class Offered:
    """An offer with its parts, and what they make together."""

    quote: DustQuote
    parts: Sequence[ConversionQuote]

    @property
    def target_amount(self) -> Decimal:
        """What the customer gets."""
        return sum((part.target_amount for part in self.parts), Decimal(0))

    @property
    def fee(self) -> Decimal:
        """What the house earns, in the target."""
        return sum((part.fee for part in self.parts), Decimal(0))


def quote(*, customer: User, target_coin: str, coins: Sequence[str] = ()) -> Offered:
    """Offer prices for the customer's small balances, or for those of the coins named, that stand together for seconds.

    A balance is small while it is less than one conversion of its coin takes. Nothing is reserved.
    Raises UnknownCoin, SameCoin, NotDust, NoDust, NotEntitled, SecurityHoldActive, and for coins that are named
    ConversionsClosed, ConversionTooSmall, ConversionLimitUnset, LimitExceeded, RateUnknown, RateStale, AmountOutOfRange.
    """
    target, named = carried.get(target_coin), {code: carried.get(code) for code in dict.fromkeys(coins)}
    if target.code in named:
        raise SameCoin
    spread, parts = vip.spread_of(customer), []
    for coin, balance in _balances(customer, target, named):
        try:
            parts.append(_part(customer, coin, target, balance, spread))
        except PASSED_OVER:
            if named:
                raise
    if not parts:
        raise NoDust(coin=target.code)
    parts = parts[:COINS_MAX]
    with transaction.atomic():
        moment = now()
        made = DustQuote.objects.create(
            customer=customer, target_coin=target, created_at=moment, expires_at=min(part.expires_at for part in parts)
        )
        for part in parts:
            part.dust_quote = made
        ConversionQuote.objects.bulk_create(parts)
    return Offered(made, parts)


def _balances(customer: User, target: Coin, named: dict[str, Coin]) -> list[tuple[Coin, Decimal]]:
    """What is available of each coin, in the order of lists; of the named ones, also where it is nothing."""
    rows = LedgerAccount.objects.filter(owner=customer, kind=AccountKind.SPOT_AVAILABLE, coin__is_enabled=True, balance__gt=0)
    found = {
        row.coin.code: (row.coin, row.balance) for row in rows.select_related("coin").order_by("coin__position", "coin__code")
    }
    if named:
        return [found.get(code, (coin, Decimal(0))) for code, coin in named.items()]
    return [held for code, held in found.items() if code != target.code]


def _part(customer: User, coin: Coin, target: Coin, balance: Decimal, spread: Decimal) -> ConversionQuote:
    _require_small(balance, coin, target)
    price = reads.fresh(coin, target)
    split = quoting.parts_of(price, spread, coin, target, given=balance, wanted=None)
    if not split.target:
        raise ConversionTooSmall(coin=coin.code, minimum=to_text(policy.terms(coin, target).minimum))
    policy.require_allowed(customer, source=coin, target=target, amount=balance)
    return quoting.offer(customer, coin, target, price, spread, split)


def _require_small(balance: Decimal, coin: Coin, target: Coin) -> None:
    minimum = policy.terms(coin, target).minimum
    if not 0 < balance < minimum:
        raise NotDust(coin=coin.code, minimum=to_text(minimum))


def convert(*, customer: User, quote: object, api_key_id: str = "") -> list[Conversion]:
    """Exchange all that the customer's offer says, or nothing, once; a conversion for each part.

    Raises Absent (another's as none), QuoteUsed, QuoteExpired, ConversionsClosed, NotDust, NotEntitled, SecurityHoldActive,
    ConversionLimitUnset, LimitExceeded, InsufficientFunds.
    """
    number = read_public_id(quote)
    rows = DustQuote.objects.filter(customer=customer)
    offered = None if number is None else rows.filter(public_id=number).first()
    if offered is None:
        raise Absent(thing="quote")
    return _once(customer, offered, api_key_id)


@retried
def _once(customer: User, offered: DustQuote, api_key_id: str) -> list[Conversion]:
    with transaction.atomic():
        (locked,) = standing.lock(customer)
        spent = Conversion.objects.filter(quote__dust_quote=offered).order_by("id").first()
        if spent is not None:
            raise QuoteUsed(conversion=str(spent.public_id))
        if offered.expires_at <= now():
            raise QuoteExpired
        made = [_taken(locked, part, api_key_id) for part in _parts(offered)]
        messages.dust_done(made)
    return made


def _parts(offered: DustQuote) -> list[ConversionQuote]:
    rows = ConversionQuote.objects.filter(dust_quote=offered).select_related("source_coin", "target_coin")
    return list(rows.order_by("id"))


def _taken(customer: User, part: ConversionQuote, api_key_id: str) -> Conversion:
    _require_small(part.source_amount, part.source_coin, part.target_coin)
    policy.require_allowed(customer, source=part.source_coin, target=part.target_coin, amount=part.source_amount)
    return executing.take(part, customer=customer, reference=None, api_key_id=api_key_id)
