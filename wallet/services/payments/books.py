"""What a payment means in the ledger: reserved, taken (the rest given back), released, refunded, each once."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from wallet.models.ledger import AccountKind, Posting, PostingKind
from wallet.models.payments import Payment
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Leg

SCOPE = "payment"
ACTOR = "payments"
HOLD, END, REFUND = "hold", "end", "refund"


def hold(payment: Payment) -> None:
    """Reserve the amount. Raises InsufficientFunds."""
    legs = (_own(payment, AccountKind.SPOT_AVAILABLE, -payment.amount), _own(payment, AccountKind.SPOT_HELD, payment.amount))
    _post(payment, HOLD, PostingKind.PAYMENT_HOLD, *legs)


def take(payment: Payment) -> None:
    """Let the house have the amount at once. Raises InsufficientFunds."""
    legs = (_own(payment, AccountKind.SPOT_AVAILABLE, -payment.amount), _service(payment, payment.amount))
    _post(payment, END, PostingKind.PAYMENT, *legs)


def capture(payment: Payment, amount: Decimal) -> None:
    """Let the house have so much of what is held, and the customer the rest, in one posting."""
    legs = [_own(payment, AccountKind.SPOT_HELD, -payment.amount), _service(payment, amount)]
    if rest := payment.amount - amount:
        legs.append(_own(payment, AccountKind.SPOT_AVAILABLE, rest))
    _post(payment, END, PostingKind.PAYMENT, *legs)


def release(payment: Payment) -> None:
    """Give the amount back. The key is the capture's: what was released can't be captured, nor the reverse."""
    legs = (_own(payment, AccountKind.SPOT_HELD, -payment.amount), _own(payment, AccountKind.SPOT_AVAILABLE, payment.amount))
    _post(payment, END, PostingKind.PAYMENT_RELEASE, *legs)


def refund(payment: Payment, amount: Decimal) -> None:
    """Give back what was taken. Raises InsufficientFunds where the house has spent it."""
    legs = (_service(payment, -amount), _own(payment, AccountKind.SPOT_AVAILABLE, amount))
    _post(payment, REFUND, PostingKind.REFUND, *legs)


def postings_of(payment: Payment) -> QuerySet[Posting]:
    """The payment's postings, in their order."""
    keys = [f"{payment.public_id}:{step}" for step in (HOLD, END, REFUND)]
    return Posting.objects.filter(scope=SCOPE, key__in=keys).order_by("id")


def _post(payment: Payment, step: str, kind: PostingKind, *legs: Leg) -> None:
    key, reason = f"{payment.public_id}:{step}", f"payment {payment.public_id} for {payment.service.code}"
    ledger.post(kind=kind, scope=SCOPE, key=key, legs=legs, actor=ACTOR, reason=reason)


def _own(payment: Payment, kind: AccountKind, amount: Decimal) -> Leg:
    return Leg(AccountRef(payment.customer_id, payment.coin.code, kind), amount)


def _service(payment: Payment, amount: Decimal) -> Leg:
    return Leg(AccountRef(None, payment.coin.code, AccountKind.SERVICE), amount)
