"""What the customer is told of a conversion, from the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.conversions import Conversion


def done(conversion: Conversion) -> None:
    """What was given and what was received."""
    quote = conversion.quote
    facts = {
        "source": f"{to_text(quote.source_amount)} {quote.source_coin.code}",
        "target": f"{to_text(quote.target_amount)} {quote.target_coin.code}",
    }
    notify(user=conversion.customer, template="conversion_done", facts=facts)


def dust_done(conversions: Sequence[Conversion]) -> None:
    """Which small balances were given, and what they became together."""
    quotes = [conversion.quote for conversion in conversions]
    target = f"{to_text(sum((quote.target_amount for quote in quotes), Decimal(0)))} {quotes[0].target_coin.code}"
    facts = {"coins": ", ".join(quote.source_coin.code for quote in quotes), "target": target}
    notify(user=conversions[0].customer, template="dust_converted", facts=facts)
