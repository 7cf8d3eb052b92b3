"""Taking a quote: everything checked under the locks, both coins moved by one posting, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.errors import IdempotencyConflict
from wallet.models.conversions import Conversion, ConversionQuote
from wallet.models.ledger import AccountKind, PostingKind
from wallet.services import ledger, standing
from wallet.services.conversions import messages, policy, reads
from wallet.services.conversions.errors import QuoteExpired, QuoteUsed
from wallet.services.ledger import AccountRef, Leg
from wallet.services.retries import retried

SCOPE = "conversion"


@dataclass(frozen=True)
class Converted:
    """A conversion that stands: the new one, or the one that the same reference made before."""

    conversion: Conversion
    replayed: bool


def convert(*, customer: User, quote: object, client_reference: str | None = None, api_key_id: str = "") -> Converted:
    """Exchange what the customer's quote says, all or nothing, once. The same reference and quote give the same conversion.

    Raises Absent (another's quote as none), QuoteUsed, QuoteExpired, IdempotencyConflict, ConversionsClosed,
    ConversionTooSmall, ConversionTooLarge, NotEntitled, SecurityHoldActive, ConversionLimitUnset, LimitExceeded,
    InsufficientFunds.
    """
    made = _once(customer, _quote(customer, quote), client_reference or None, api_key_id)
    return Converted(reads.get(customer=customer, public_id=made.conversion.public_id), made.replayed)


def _quote(customer: User, public_id: Any) -> ConversionQuote:
    number = read_public_id(public_id)
    # A part of an offer for small balances is taken with the others only.
    rows = ConversionQuote.objects.filter(dust_quote__isnull=True).select_related("source_coin", "target_coin")
    found = None if number is None else rows.filter(customer=customer, public_id=number).first()
    if found is None:
        raise Absent(thing="quote")
    return found


@retried
def _once(customer: User, offered: ConversionQuote, reference: str | None, api_key_id: str) -> Converted:
    with transaction.atomic():
        # Under the family's lock all of its conversions stand in one row: no quote, key or limit is met by two at once.
        (locked,) = standing.lock(customer)
        known = _known(customer, offered, reference)
        if known is not None:
            return known
        if offered.expires_at <= now():
            raise QuoteExpired
        _require(locked, offered)
        conversion = take(offered, customer=customer, reference=reference, api_key_id=api_key_id)
        messages.done(conversion)
        return Converted(conversion, replayed=False)


def take(offered: ConversionQuote, *, customer: User, reference: str | None, api_key_id: str) -> Conversion:
    """Move both coins of a quote and write the conversion, in the caller's transaction and under its locks.

    Raises InsufficientFunds.
    """
    posting = ledger.post(
        kind=PostingKind.CONVERSION,
        scope=SCOPE,
        key=str(offered.public_id),
        legs=_legs(offered),
        actor=customer,
        reason=f"quote {offered.public_id}",
    )
    return Conversion.objects.create(
        quote=offered, customer=customer, posting_id=posting.id, client_reference=reference, api_key_id=api_key_id
    )


def _known(customer: User, offered: ConversionQuote, reference: str | None) -> Converted | None:
    """What the reference made before, or the refusal that the quote is spent."""
    if reference is not None:
        found = Conversion.objects.filter(customer=customer, client_reference=reference).first()
        if found is not None:
            if found.quote_id != offered.pk:
                raise IdempotencyConflict
            return Converted(found, replayed=True)
    spent = Conversion.objects.filter(quote=offered).first()
    if spent is not None:
        raise QuoteUsed(conversion=str(spent.public_id))
    return None


def _require(customer: User, offered: ConversionQuote) -> None:
    source, target = offered.source_coin, offered.target_coin
    source.refresh_from_db()
    target.refresh_from_db()
    policy.require_size(offered.source_amount, coin=source, within=policy.terms(source, target))
    policy.require_allowed(customer, source=source, target=target, amount=offered.source_amount)


def _legs(offered: ConversionQuote) -> list[Leg]:
    """Both coins of the customer and of the house's conversion account; spread and dust leave that account with the target."""
    customer, source, target = offered.customer_id, offered.source_coin.code, offered.target_coin.code
    gross = offered.target_amount + offered.fee + offered.dust
    legs = [
        Leg(AccountRef(customer, source, AccountKind.SPOT_AVAILABLE), -offered.source_amount),
        Leg(AccountRef(None, source, AccountKind.CONVERSION), offered.source_amount),
        Leg(AccountRef(None, target, AccountKind.CONVERSION), -gross),
        Leg(AccountRef(customer, target, AccountKind.SPOT_AVAILABLE), offered.target_amount),
    ]
    for kind, amount in ((AccountKind.FEE, offered.fee), (AccountKind.DUST, offered.dust)):
        if amount:
            legs.append(Leg(AccountRef(None, target, kind), amount))
    return legs
