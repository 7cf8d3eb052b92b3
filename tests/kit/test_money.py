"""Amounts are read exactly or refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kit import money

BAD = [
    "", " ", "1 ", " 1", "+1", "01", "00", ".5", "5.", "1e-9", "1E5", "NaN", "Infinity", "-Infinity", "sNaN", "1_000", "1,000",
    "0x1", "１２", "٣", "1.1.1", "--1", "1\n", "1\x00", "9" * 21, "1" * 78, "0." + "0" * 40 + "1",
    1.1, 0.0, True, False, None, [], {}, b"1", Decimal("NaN"), Decimal("Infinity"), Decimal("1e400"), Decimal("1e-400"), 10**40,
]  # fmt: skip


@pytest.mark.parametrize("value", BAD, ids=repr)
def test_what_is_no_plain_decimal_number_is_refused(value: object) -> None:
    with pytest.raises(money.AmountInvalid):
        money.parse(value)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("20.00", "20"),
        ("0.00000001", "0.00000001"),
        (5, "5"),
        (Decimal("1.10"), "1.1"),
        ("-1", "-1"),
        ("-0", "0"),
        ("0.0", "0"),
    ],
)
def test_plain_numbers_are_read_exactly(value: object, amount: str) -> None:
    parsed = money.parse(value, scale=8)
    assert parsed == Decimal(amount)
    assert money.to_text(parsed) == amount


def test_the_ninth_decimal_of_a_coin_with_eight_is_refused_but_zeros_there_are_not() -> None:
    with pytest.raises(money.AmountTooFine, match=r"money\.amount_too_fine"):
        money.parse("0.000000001", scale=8)
    assert money.parse("0.100000000", scale=8) == Decimal("0.1")


def test_bounds_are_named_in_the_refusal() -> None:
    with pytest.raises(money.AmountInvalid) as refusal:
        money.parse("0.5", minimum=Decimal(1))
    assert refusal.value.detail == "The amount is not valid: less than 1."
    with pytest.raises(money.AmountInvalid) as refusal:
        money.parse("2", maximum=Decimal("1.50"))
    assert refusal.value.reason == "more than 1.5"


@given(st.decimals(min_value=0, max_value=10**19, places=18))
def test_every_amount_of_the_ledger_survives_text_and_back(amount: Decimal) -> None:
    assert money.parse(money.to_text(amount)) == amount


@given(st.decimals(min_value=0, max_value=10**9, places=18), st.integers(0, 18))
def test_rounding_up_and_down_differ_by_at_most_one_last_place(amount: Decimal, scale: int) -> None:
    up, down = money.round_up(amount, scale), money.round_down(amount, scale)
    assert down <= amount <= up
    assert up - down in {Decimal(0), Decimal(1).scaleb(-scale)}


def test_plain_sums_of_the_largest_amounts_keep_every_digit_in_every_thread() -> None:
    largest, least = Decimal("99999999999999999999.999999999999999999"), Decimal("0.000000000000000001")
    with ThreadPoolExecutor(1) as other:
        sums = [
            largest + Decimal("0.000000000000000001"),
            other.submit(lambda: largest + least).result(),
        ]
    assert sums == [Decimal("1e20")] * 2
    assert largest + largest == Decimal("199999999999999999999.999999999999999998")
