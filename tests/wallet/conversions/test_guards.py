"""What the database refuses of conversions, and many at once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.wallet.conversions.arrange import available, offer, trader
from tests.wallet.rates.arrange import tell, tell_all
from tests.wallet.withdrawals.crowd import at_once
from wallet.errors import IdempotencyConflict
from wallet.models import Coin, Conversion, ConversionLimit, ConversionQuote, Entry, Posting
from wallet.services import audit
from wallet.services.conversions import errors, executing
from wallet.services.withdrawals.errors import LimitExceeded

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed time: what names a test must be the same in every worker."""


@pytest.fixture(autouse=True)
def rates(real_db: None) -> None:
    tell_all()


def convert(customer: User, quote: ConversionQuote, key: str | None = None) -> executing.Converted:
    return executing.convert(customer=customer, quote=quote.public_id, client_reference=key)


PARTS = ("source_amount", "target_amount", "price", "fee", "dust", "remainder")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        *(({part: Decimal("0.5")}, "conversion_quote_loses_nothing") for part in PARTS),
        ({"target_coin": "USDT"}, "conversion_quote_of_two_coins"),
        ({"expires_at": LONG_AGO}, "conversion_quote_lives"),
        ({"spread_percent": Decimal(100)}, "conversion_quote_spread_in_range"),
        ({"fee": Decimal(-1), "dust": Decimal(1)}, "conversion_quote_parts_not_negative"),
    ],
    ids=str,
)
def test_the_database_refuses_a_quote_that_loses_something(changes: dict[str, Any], constraint: str) -> None:
    quote = offer(trader(USDT="1"), "90")
    quote.fee, quote.dust, quote.remainder = quote.fee + quote.dust + quote.remainder, Decimal(0), Decimal(0)
    quote.target_amount, quote.fee, quote.price = Decimal(1), Decimal(0), Decimal(1)
    quote.source_amount, quote.pk, quote.public_id = Decimal(1), None, quote.public_id + 1
    for name, value in changes.items():
        setattr(quote, name, Coin.objects.get(code=value) if name.endswith("_coin") else value)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        quote.save(force_insert=True)
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_the_database_keeps_quotes_and_conversions_as_they_were() -> None:
    customer = trader()
    quote = offer(customer)
    made = convert(customer, quote).conversion
    stranger = trader()
    for act, constraint in (
        (lambda: ConversionQuote.objects.update(target_amount=1), "wallet_conversionquote_append_only"),
        (lambda: Conversion.objects.update(api_key_id="x"), "wallet_conversion_append_only"),
        (lambda: Conversion.objects.all().delete(), "wallet_conversion_append_only"),
        (
            lambda: Conversion.objects.create(quote=offer(customer), customer=stranger, posting=other_posting(stranger)),
            "conversion_by_the_quotes_customer",
        ),
        (
            lambda: Conversion.objects.create(quote=quote, customer=customer, posting=other_posting(stranger)),
            "wallet_conversion_quote_id_key",
        ),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            act()
        assert refused.value.__cause__.diag.constraint_name == constraint
    assert made.pk


def other_posting(customer: User) -> Posting:
    return Posting.objects.filter(entries__account__owner=customer).earliest("id")


def test_one_quote_and_many_threads_make_one_conversion() -> None:
    customer = trader()
    quote = offer(customer)
    outcomes = at_once([lambda: convert(customer, quote) for _ in range(20)])
    made = [outcome for outcome in outcomes if isinstance(outcome, executing.Converted)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, errors.QuoteUsed)]
    assert (len(made), len(refused)) == (1, 19)
    assert available(customer, "USDT") == 9900


def test_one_key_and_many_threads_make_one_conversion_and_all_are_answered() -> None:
    customer = trader(USDT="10000", BTC="1")
    quotes = [offer(customer), offer(customer, "0.01", source="BTC")]
    outcomes = at_once([lambda number=number: convert(customer, quotes[number % 2], "same") for number in range(20)])
    made = [outcome for outcome in outcomes if isinstance(outcome, executing.Converted)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, IdempotencyConflict)]
    assert (len(made), len(refused), sum(not one.replayed for one in made)) == (10, 10, 1)
    assert Conversion.objects.count() == 1


def test_many_quotes_at_once_never_pass_balance_or_limit() -> None:
    customer = trader(USDT="1000")
    ConversionLimit.objects.filter(coin__code="USDT", window_hours=24).update(maximum=700)
    quotes = [offer(customer) for _ in range(24)]
    outcomes = at_once([lambda quote=quote: convert(customer, quote) for quote in quotes])
    assert sum(isinstance(outcome, executing.Converted) for outcome in outcomes) == 7
    assert sum(isinstance(outcome, LimitExceeded) for outcome in outcomes) == 17
    assert available(customer, "USDT") == 300


def test_opposite_conversions_meet_without_a_deadlock_and_the_books_hold() -> None:
    people = [trader(USDT="10000", ETH="10") for _ in range(2)]
    quotes = []
    for number in range(24):
        person = people[number % 2]
        ways = {"source": "USDT", "target": "ETH"} if number % 4 < 2 else {"source": "ETH", "target": "USDT"}
        quotes.append((person, offer(person, "100" if ways["source"] == "USDT" else "0.1", **ways)))
    outcomes = at_once([lambda person=person, quote=quote: convert(person, quote) for person, quote in quotes])
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    report = audit.run(full=True, stop=False)
    assert report.ok, report.findings
    assert Entry.objects.filter(posting__kind="conversion").count() >= 24 * 5
    tell("ETH/USDT", "3000.5")
