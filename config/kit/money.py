"""Amounts: Decimal only, parsed strictly, never rounded in silence."""

from __future__ import annotations

import re
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    DefaultContext,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    getcontext,
)

from config.kit.errors import DomainError, Kind

AMOUNT_DIGITS = 38
"""Digits of an amount in all, as the ledger's numeric(38,18) holds them."""
AMOUNT_PLACES = 18
"""Decimal places of an amount at the most."""
LEXEME_LENGTH_MAX = AMOUNT_DIGITS + 2
"""Characters of a written amount: the digits, a sign and the point."""

CONTEXT = Context(
    prec=AMOUNT_DIGITS,
    rounding=ROUND_HALF_EVEN,
    traps=[Inexact, InvalidOperation, FloatOperation, DivisionByZero, Overflow],
)
"""Arithmetic in which an inexact result raises instead of losing a digit. Use it with `decimal.localcontext`."""

WORKING_DIGITS = 2 * AMOUNT_DIGITS
"""Digits that ordinary arithmetic keeps: the sum or product of any two amounts, whole."""


def widen_arithmetic() -> None:
    """Let plain `a + b` keep every digit, in this thread and in those to come.

    Python's own 28 digits would round the sum of two large amounts in silence.
    """
    DefaultContext.prec = WORKING_DIGITS
    getcontext().prec = WORKING_DIGITS


_ROUNDING = Context(prec=AMOUNT_DIGITS, traps=[InvalidOperation, FloatOperation, DivisionByZero, Overflow])
_LEXEME = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)


class AmountInvalid(DomainError):
    """The text is not an amount that we take."""

    slug = "money.amount_invalid"
    kind = Kind.INVALID
    message = "The amount is not valid: {reason}."
    field = "amount"
    reason: str


class AmountTooFine(AmountInvalid):
    """The amount has more decimal places than its coin, or the network, can carry."""

    slug = "money.amount_too_fine"
    message = "The amount is not valid: {reason}."


def parse(
    value: object, *, scale: int = AMOUNT_PLACES, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> Decimal:
    """Read an amount with at most `scale` decimal places, trailing zeros not counted.

    Takes text in plain decimal notation, int and Decimal (from a JSON lexeme). Floats, booleans, exponents, NaN,
    infinities, leading zeros and pluses, separators, spaces and digits other than 0-9 are refused.
    Raises AmountTooFine (an AmountInvalid) for more places, AmountInvalid for the rest.
    """
    amount = _exact(value)
    if amount.is_zero():
        amount = Decimal(0)  # no negative zero inside
    digits = amount.normalize(_ROUNDING)
    places = max(0, -int(digits.as_tuple().exponent))
    if places > scale:
        raise AmountTooFine(reason=f"more than {scale} decimal places")
    if minimum is not None and amount < minimum:
        raise AmountInvalid(reason=f"less than {to_text(minimum)}")
    if maximum is not None and amount > maximum:
        raise AmountInvalid(reason=f"more than {to_text(maximum)}")
    return amount


def _exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise AmountInvalid(reason="a decimal number as text is due")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise AmountInvalid(reason="not a finite number")
        if int(value.as_tuple().exponent) > 0 or value.adjusted() < -AMOUNT_PLACES - 1:
            raise AmountInvalid(reason="plain decimal notation is due")
        text = format(value, "f")
    elif isinstance(value, int):
        if abs(value) >= 10**AMOUNT_DIGITS:
            raise AmountInvalid(reason="too long")
        text = str(value)
    else:
        text = value
    if len(text) > LEXEME_LENGTH_MAX:
        raise AmountInvalid(reason="too long")
    if not _LEXEME.fullmatch(text):
        raise AmountInvalid(reason="plain decimal notation is due")
    amount = Decimal(text)
    if amount.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
        raise AmountInvalid(reason="too large")
    return amount


def to_text(amount: Decimal) -> str:
    """The amount in plain notation, without an exponent and without trailing zeros after the point."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def round_up(amount: Decimal, scale: int) -> Decimal:
    """Away from zero to `scale` places: fees."""
    return amount.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_UP, context=_ROUNDING)


def round_down(amount: Decimal, scale: int) -> Decimal:
    """Towards zero to `scale` places: credits. The caller posts what is left to the dust account."""
    return amount.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_DOWN, context=_ROUNDING)
