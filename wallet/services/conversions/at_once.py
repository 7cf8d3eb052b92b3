"""Converting without a quote to look at: asked for and taken in one request, where a document knows no more than that."""

from __future__ import annotations

from fractions import Fraction

from accounts.models import User
from config.kit import money
from wallet.errors import IdempotencyConflict
from wallet.models.conversions import Conversion, ConversionQuote
from wallet.services.conversions import arithmetic, executing, quoting, reads
from wallet.services.conversions.executing import Converted


def convert(
    *,
    customer: User,
    source_coin: str,
    target_coin: str,
    source_amount: object = None,
    target_amount: object = None,
    client_reference: str | None = None,
    api_key_id: str = "",
) -> Converted:
    """Take the quote that is offered now, all or nothing. The same reference and body give the same conversion.

    Raises what `quoting.quote` and `executing.convert` raise.
    """

    def known() -> Converted | None:
        if (found := _standing(customer, client_reference)) is None:
            return None
        if not _is_same(found.quote, source_coin, target_coin, source_amount, target_amount):
            raise IdempotencyConflict
        return Converted(found, replayed=True)

    if (replay := known()) is not None:
        return replay
    offered = quoting.quote(
        customer=customer,
        source_coin=source_coin,
        target_coin=target_coin,
        source_amount=source_amount,
        target_amount=target_amount,
    )
    try:
        return executing.convert(
            customer=customer, quote=offered.public_id, client_reference=client_reference, api_key_id=api_key_id
        )
    except IdempotencyConflict:
        # Another request with this reference was faster: its quote is another row, its body may be the same.
        if (replay := known()) is not None:
            return replay
        raise


def _standing(customer: User, client_reference: str | None) -> Conversion | None:
    return reads.of_customer(customer).filter(client_reference=client_reference).first() if client_reference else None


def _is_same(quote: ConversionQuote, source_coin: str, target_coin: str, source_amount: object, target_amount: object) -> bool:
    """Whether this body would have asked for that quote, at the price of then."""
    if (quote.source_coin.code, quote.target_coin.code) != (source_coin, target_coin):
        return False
    if (source_amount is None) == (target_amount is None):
        return False
    if source_amount is not None:
        return Fraction(money.parse(source_amount)) == Fraction(quote.source_amount)
    due = arithmetic.source_for(
        money.parse(target_amount), price=quote.price, spread_percent=quote.spread_percent, scale=quote.source_coin.scale
    )
    return due == quote.source_amount
