"""Converting: a quote that stands for seconds, both coins by one posting, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.errors import SecurityHoldActive
from accounts.models import User, VipTier
from accounts.services import holds
from config.kit import money
from config.kit.clock import now
from config.kit.errors import Absent
from kyc.errors import NotEntitled
from tests.kit.test_money import BAD
from tests.wallet.conversions.arrange import available, house, offer, trader
from tests.wallet.rates.arrange import tell_all
from wallet.errors import AmountOutOfRange, IdempotencyConflict, InsufficientFunds, UnknownCoin
from wallet.models import Coin, Conversion, ConversionLimit, ConversionQuote, ConversionTerms, Posting
from wallet.services import statement
from wallet.services.conversions import errors, executing, quoting
from wallet.services.rates.errors import RateStale, RateUnknown
from wallet.services.withdrawals.errors import LimitExceeded


@pytest.fixture(autouse=True)
def rates(db: None) -> None:
    tell_all()


def convert(customer: User, quote: ConversionQuote, key: str | None = None) -> executing.Converted:
    return executing.convert(customer=customer, quote=quote.public_id, client_reference=key)


def nothing_moved(customer: User) -> bool:
    return not Conversion.objects.exists() and not Posting.objects.filter(kind="conversion").exists()


def test_a_quote_says_price_spread_and_end_and_reserves_nothing() -> None:
    customer = trader()
    quote = offer(customer, "100", source="USDT", target="BTC")
    assert quote.price == Decimal("0.0000" + "1" + "6" * 31)
    assert (quote.spread_percent, quote.rate_origin) == (Decimal("0.5"), "BTC/USDT tests")
    assert (quote.target_amount, quote.fee, quote.dust) == (Decimal("0.00165833"), Decimal("0.00000833"), 0)
    assert 0 < quote.remainder < Decimal("0.00000001")
    assert quote.expires_at - quote.created_at == timedelta(seconds=15)
    assert available(customer, "USDT") == 10000


def test_both_coins_move_by_one_posting_and_the_spread_is_earned() -> None:
    customer = trader()
    made = convert(customer, offer(customer, "100", source="USDT", target="BTC")).conversion
    assert (available(customer, "USDT"), available(customer, "BTC")) == (9900, Decimal("0.00165833"))
    assert house("USDT") == {"conversion": 100, "fee": 0, "dust": 0}
    assert house("BTC") == {"conversion": Decimal("-0.00166666"), "fee": Decimal("0.00000833"), "dust": 0}
    lines = statement.of_customer(customer, kind="conversion").rows(below=None, above=None, limit=10)
    assert [(line.coin, line.amount, line.posting_id) for line in lines] == [
        ("BTC", Decimal("0.00165833"), made.posting_id),
        ("USDT", Decimal(-100), made.posting_id),
    ]


def test_what_rounding_leaves_goes_to_dust() -> None:
    customer = trader(TWD="1000")
    VipTier.objects.filter(level=0).update(spread_percent=Decimal("33.3333"))
    quote = offer(customer, "100.01", source="TWD", target="USD")
    assert quote.source_amount * quote.price == Decimal("3.1253125")
    assert (quote.target_amount, quote.fee, quote.dust) == (Decimal("2.08"), Decimal("1.04"), 0)
    quote = offer(customer, "100.40", source="TWD", target="USD")
    assert (quote.target_amount, quote.fee, quote.dust) == (Decimal("2.09"), Decimal("1.04"), 0)
    quote = offer(customer, "99.90", source="TWD", target="USD")
    assert (quote.target_amount, quote.fee, quote.dust) == (Decimal("2.08"), Decimal("1.04"), 0)
    quote = offer(customer, "100.48", source="TWD", target="USD")
    assert (quote.target_amount, quote.fee, quote.dust) == (Decimal("2.09"), Decimal("1.04"), Decimal("0.01"))
    convert(customer, quote)
    assert house("USD") == {"conversion": Decimal("-3.14"), "fee": Decimal("1.04"), "dust": Decimal("0.01")}


def test_a_wanted_amount_is_bought_for_the_least_that_buys_it() -> None:
    customer = trader()
    quote = quoting.quote(customer=customer, source_coin="USDT", target_coin="ETH", target_amount="0.5")
    assert quote.target_amount >= Decimal("0.5")
    assert quote.source_amount == Decimal("1507.53768845")
    less = offer(customer, "1507.53768844")
    assert less.target_amount < Decimal("0.5")


def test_the_tier_decides_the_spread() -> None:
    customer = trader()
    User.objects.filter(pk=customer.pk).update(vip_tier=9)
    customer.refresh_from_db()
    assert offer(customer).spread_percent == Decimal("0.05")


def test_an_old_rate_gives_no_quote_and_no_quote_outlives_its_rate(settings: Any) -> None:
    customer = trader()
    with time_machine.travel(now() + timedelta(seconds=110), tick=False):
        quote = offer(customer)
        assert quote.expires_at - quote.created_at < timedelta(seconds=11)
    with time_machine.travel(now() + timedelta(seconds=125), tick=False):
        with pytest.raises(RateStale):
            offer(customer)
        with pytest.raises(errors.QuoteExpired):
            convert(customer, quote)
    assert nothing_moved(customer)


def test_a_quote_that_is_over_moves_nothing() -> None:
    customer = trader()
    quote = offer(customer)
    with time_machine.travel(quote.expires_at, tick=False), pytest.raises(errors.QuoteExpired):
        convert(customer, quote)
    assert nothing_moved(customer)
    with time_machine.travel(quote.expires_at - timedelta(milliseconds=1), tick=False):
        convert(customer, quote)


def test_another_customers_quote_is_like_none() -> None:
    quote = offer(trader())
    stranger = trader()
    with pytest.raises(Absent):
        convert(stranger, quote)
    for nothing in (quote.pk, "1" * 16, "x", None, ""):
        with pytest.raises(Absent):
            executing.convert(customer=stranger, quote=nothing)
    assert nothing_moved(stranger)


def test_a_quote_is_used_once_and_a_key_gives_the_same_conversion_again() -> None:
    customer = trader()
    quote = offer(customer)
    made = convert(customer, quote, "one")
    again = convert(customer, quote, "one")
    assert (made.replayed, again.replayed, again.conversion) == (False, True, made.conversion)
    for key in (None, "two"):
        with pytest.raises(errors.QuoteUsed) as refused:
            convert(customer, quote, key)
        assert refused.value.conversion == str(made.conversion.public_id)
    with pytest.raises(IdempotencyConflict):
        convert(customer, offer(customer), "one")
    with time_machine.travel(now() + timedelta(days=1)):
        assert convert(customer, quote, "one").replayed
    assert available(customer, "USDT") == 9900


def test_more_than_there_is_moves_nothing() -> None:
    customer = trader(USDT="99.99999999")
    with pytest.raises(InsufficientFunds):
        convert(customer, offer(customer))
    assert nothing_moved(customer)


@pytest.mark.parametrize("amount", [*(bad for bad in BAD if bad is not None), 0, "0", "-0", "-1", "0.000000001"], ids=repr)
def test_what_is_no_amount_gets_no_quote(amount: Any) -> None:
    customer = trader()
    for side in ("source_amount", "target_amount"):
        with pytest.raises(money.AmountInvalid):
            quoting.quote(customer=customer, source_coin="USDT", target_coin="BTC", **{side: amount})
    assert not ConversionQuote.objects.exists()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"target_coin": "USDT", "source_amount": "1"}, errors.SameCoin),
        ({"target_coin": "DOGE", "source_amount": "1"}, UnknownCoin),
        ({"target_coin": "ETH"}, errors.OneAmountDue),
        ({"target_coin": "ETH", "source_amount": "1", "target_amount": "1"}, errors.OneAmountDue),
        ({"target_coin": "CNY", "source_amount": "1"}, RateUnknown),
        ({"target_coin": "ETH", "source_amount": "0.99999999"}, errors.ConversionTooSmall),
        ({"target_coin": "ETH", "source_amount": "250000.00000001"}, errors.ConversionTooLarge),
        ({"target_coin": "TWD", "source_amount": "99999999999999999999"}, AmountOutOfRange),
        ({"target_coin": "ETH", "target_amount": "99999999999999999999"}, AmountOutOfRange),
        ({"target_coin": "ETH", "source_amount": "100000.00000001"}, LimitExceeded),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.__name__,
)
def test_a_wish_that_makes_no_sense_gets_no_quote(words: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        quoting.quote(customer=trader(), source_coin="USDT", **words)
    assert not ConversionQuote.objects.exists()


def test_so_little_that_nothing_would_be_received_gets_no_quote() -> None:
    ConversionTerms.objects.filter(coin__code="TWD").update(minimum=Decimal("0.01"))
    with pytest.raises(errors.ConversionTooSmall):
        offer(trader(TWD="1"), "0.01", source="TWD", target="USD")


@pytest.mark.parametrize("when", ["quote", "conversion"])
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda _: ConversionTerms.objects.filter(coin__code="USDT").update(is_open=False), errors.ConversionsClosed),
        (lambda _: ConversionTerms.objects.filter(coin__code="ETH").update(is_open=False), errors.ConversionsClosed),
        (lambda _: ConversionTerms.objects.filter(coin__code="ETH").delete(), errors.ConversionsClosed),
        (lambda _: Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="the books"), errors.ConversionsClosed),
        (lambda _: Coin.objects.filter(code="USDT").update(withdrawals_stopped_because="the books"), errors.ConversionsClosed),
        (lambda _: ConversionTerms.objects.filter(coin__code="USDT").update(maximum=99), errors.ConversionTooLarge),
        (lambda _: ConversionLimit.objects.filter(coin__code="USDT", window_hours=24).delete(), errors.ConversionLimitUnset),
        (lambda _: ConversionLimit.objects.filter(coin__code="USDT", window_hours=720).update(maximum=99), LimitExceeded),
        (lambda user: holds.start(user=user, cause="password"), SecurityHoldActive),
        (lambda user: User.objects.filter(pk=user.pk).update(status="suspended"), errors.ConversionsClosed),
    ],
    ids=["source closed", "target closed", "no terms", "target stopped", "source stopped", "too large", "no limit", "limit",
         "hold", "stopped"],
)  # fmt: skip
def test_what_closes_between_the_quote_and_the_conversion_counts(when: str, change: Any, refusal: Any) -> None:
    customer = trader()
    quote = offer(customer)
    change(customer)
    customer.refresh_from_db()
    with pytest.raises(refusal):
        offer(customer) if when == "quote" else convert(customer, quote)
    assert nothing_moved(customer)


def test_below_the_level_nothing_is_exchanged() -> None:
    with pytest.raises(NotEntitled):
        offer(trader(level=1))


def test_limits_are_the_familys_and_count_what_was_given() -> None:
    parent = trader(USDT="100")
    child = User.objects.create(parent=parent, username="child", register_type="sub", registered_at=now())
    ConversionLimit.objects.filter(coin__code="USDT", window_hours=24).update(maximum=150)
    convert(parent, offer(parent))
    with pytest.raises(LimitExceeded) as refused:
        offer(child, "51")
    assert refused.value.remaining == "50"
    holds.start(user=parent, cause="password")
    with pytest.raises(SecurityHoldActive):
        offer(child, "1")
    with time_machine.travel(now() + timedelta(hours=24, seconds=1)):
        tell_all()
        offer(parent, "150")


def test_old_quotes_that_nobody_took_are_forgotten() -> None:
    customer = trader()
    taken, left = offer(customer), offer(customer)
    convert(customer, taken)
    assert quoting.prune() == 0
    with time_machine.travel(now() + timedelta(days=31)):
        assert quoting.prune() == 1
    assert list(ConversionQuote.objects.all()) == [taken]
    assert left.pk != taken.pk
