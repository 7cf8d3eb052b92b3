"""Whatever is exchanged, nothing is lost: drawn cases at the scales of our coins. `--property-cases` makes it long."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.models.conversions import PRICE_PLACES
from wallet.services.conversions.arithmetic import source_for, split
from wallet.services.rates.reads import floor_to

SCALES = st.sampled_from([0, 2, 4, 6, 8, 18])
PRICES = st.builds(Fraction, st.integers(1, 10**30), st.integers(1, 10**12)).map(lambda exact: floor_to(exact, PRICE_PLACES))
SPREADS = st.integers(0, 999_999).map(lambda parts: Decimal(parts).scaleb(-4))
UNITS = st.integers(1, 10**28)


def amount(units: int, scale: int) -> Decimal:
    return Decimal(units).scaleb(-scale)


@pytest.fixture(scope="module")
def drawn(pytestconfig: pytest.Config) -> Any:
    return settings(max_examples=int(pytestconfig.getoption("--property-cases")), deadline=None, database=None)


def test_the_parts_make_the_whole_and_each_is_rounded_for_the_house(drawn: Any) -> None:
    @drawn
    @given(units=UNITS, from_scale=SCALES, to_scale=SCALES, price=PRICES, spread=SPREADS)
    def holds(units: int, from_scale: int, to_scale: int, price: Decimal, spread: Decimal) -> None:
        source, unit = amount(units, from_scale), Fraction(1, 10**to_scale)
        parts = split(source, price=price, spread_percent=spread, scale=to_scale)
        whole = Fraction(source) * Fraction(price)
        assert Fraction(parts.gross) + Fraction(parts.remainder) == whole
        assert 0 <= parts.remainder < unit
        due = whole * (1 - Fraction(spread) / 100)
        assert 0 <= due - Fraction(parts.target) < unit
        assert 0 <= whole - due - Fraction(parts.fee) < unit
        assert parts.dust in (0, Decimal(1).scaleb(-to_scale))
        for part in (parts.target, parts.fee, parts.dust):
            assert part == floor_to(Fraction(part), to_scale)

    holds()


def test_what_a_wanted_amount_costs_is_the_least_that_buys_it(drawn: Any) -> None:
    @drawn
    @given(units=UNITS, from_scale=SCALES, to_scale=SCALES, price=PRICES.filter(bool), spread=SPREADS)
    def holds(units: int, from_scale: int, to_scale: int, price: Decimal, spread: Decimal) -> None:
        wanted, unit = amount(units, to_scale), Decimal(1).scaleb(-from_scale)
        source = source_for(wanted, price=price, spread_percent=spread, scale=from_scale)
        assert source > 0
        assert split(source, price=price, spread_percent=spread, scale=to_scale).target >= wanted
        less = Fraction(source) - Fraction(unit)
        assert less * Fraction(price) * (1 - Fraction(spread) / 100) < Fraction(wanted)

    holds()


def test_there_and_back_again_never_gains(drawn: Any) -> None:
    @drawn
    @given(units=UNITS, from_scale=SCALES, to_scale=SCALES, rate=st.builds(Fraction, UNITS, UNITS), spread=SPREADS)
    def holds(units: int, from_scale: int, to_scale: int, rate: Fraction, spread: Decimal) -> None:
        there, back = floor_to(rate, PRICE_PLACES), floor_to(1 / rate, PRICE_PLACES)
        start = amount(units, from_scale)
        between = split(start, price=there, spread_percent=spread, scale=to_scale).target
        assert split(between, price=back, spread_percent=spread, scale=from_scale).target <= start

    holds()


def test_in_many_pieces_nobody_gets_more_than_in_one(drawn: Any) -> None:
    @drawn
    @given(pieces=st.lists(UNITS, min_size=1, max_size=12), scale=st.sampled_from([8, 18]), price=PRICES, spread=SPREADS)
    def holds(pieces: list[int], scale: int, price: Decimal, spread: Decimal) -> None:
        words: dict[str, Any] = {"price": price, "spread_percent": spread, "scale": scale}
        apart = [split(amount(units, scale), **words) for units in pieces]
        together = split(amount(sum(pieces), scale), **words)
        assert sum(Fraction(one.target) for one in apart) <= Fraction(together.target)
        kept = sum(Fraction(one.gross) + Fraction(one.remainder) for one in apart)
        assert kept == Fraction(together.gross) + Fraction(together.remainder)

    holds()


def test_an_exchange_by_hand() -> None:
    parts = split(Decimal("1.7"), price=Decimal(1), spread_percent=Decimal(50), scale=0)
    assert (parts.target, parts.fee, parts.dust, parts.remainder) == (0, 0, 1, Decimal("0.7"))
    parts = split(Decimal(100), price=Decimal("0.0005"), spread_percent=Decimal("0.5"), scale=8)
    assert (parts.target, parts.fee, parts.dust, parts.remainder) == (Decimal("0.04975"), Decimal("0.00025"), 0, 0)
