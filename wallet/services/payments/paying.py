"""Paying: everything checked under the customer's lock, the money taken or held in the same transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from config.kit import crypto, money
from config.kit.clock import now
from wallet.errors import IdempotencyConflict
from wallet.models.coins import Coin
from wallet.models.payments import Payment, PaymentState
from wallet.services import actors, coins, standing
from wallet.services.payments import books, messages, policy
from wallet.services.payments.states import begin, move
from wallet.services.retries import retried


@dataclass(frozen=True)
class Paid:
    """A payment that stands: the new one, or the one that the same reference made before."""

    payment: Payment
    replayed: bool


@dataclass(frozen=True)
class Wish:
    """What a client asked for, as it was said."""

    customer: User
    service: str
    coin: str
    amount: Decimal
    hold: bool
    client_reference: str | None
    api_key_id: str

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the body that a client reference stands for."""
        parts = [self.service, self.coin, money.to_text(self.amount), self.hold]
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()


def pay(
    *,
    customer: User,
    service: str,
    coin: str,
    amount: object,
    hold: bool = False,
    client_reference: str | None = None,
    api_key_id: str = "",
) -> Paid:
    """Pay for a service: taken at once, or with `hold` set aside until we capture or void it or its time is over.

    The same reference and body give the same payment. Raises AmountInvalid, UnknownService, UnknownCoin, NotForSubAccounts,
    NotEntitled, PaymentsClosed, SecurityHoldActive, PaymentLimitUnset, LimitExceeded, TooManyHeldPayments,
    InsufficientFunds, IdempotencyConflict.
    """
    wanted = money.parse(amount)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    return _once(Wish(customer, service, coin, wanted, hold, client_reference or None, api_key_id))


@retried
def _once(wish: Wish) -> Paid:
    with transaction.atomic():
        # Under the customer's lock: no reference and no limit is met by two requests at once.
        (customer,) = standing.lock(wish.customer)
        known = _known(wish)
        if known is not None:
            return known
        coin = coins.get(wish.coin)
        money.parse(wish.amount, scale=coin.scale)
        return Paid(_made(wish, customer, coin), replayed=False)


def _known(wish: Wish) -> Paid | None:
    if wish.client_reference is None:
        return None
    rows = Payment.objects.select_related("coin", "service")
    found = rows.filter(customer=wish.customer, client_reference=wish.client_reference).first()
    if found is None:
        return None
    if not crypto.equal(bytes(found.fingerprint), wish.fingerprint):
        raise IdempotencyConflict
    return Paid(found, replayed=True)


def _made(wish: Wish, customer: User, coin: Coin) -> Payment:
    service = policy.service(wish.service)
    policy.require_allowed(customer, coin=coin, amount=wish.amount)
    moment = now()
    payment = Payment.objects.create(
        customer=customer,
        service=service,
        coin=coin,
        amount=wish.amount,
        client_reference=wish.client_reference,
        fingerprint=wish.fingerprint,
        api_key_id=wish.api_key_id,
        expires_at=moment + timedelta(hours=service.hold_hours) if wish.hold else None,
        created_at=moment,
        state_since=moment,
    )
    actor = actors.customer(customer)
    begin(payment, actor=actor, reason="asked for by API key" if wish.api_key_id else "asked for")
    if wish.hold:
        books.hold(payment)
        move(payment, PaymentState.HELD, actor=actor, reason="held")
    else:
        books.take(payment)
        move(payment, PaymentState.CAPTURED, actor=actor, reason="paid at once", captured_amount=payment.amount)
    messages.told(payment)
    return payment
