"""What our side does with a payment: capture what is held, void it, give back what was taken; and what the clock does."""

from __future__ import annotations

import logging
from decimal import Decimal

from django.db import transaction

from accounts.services.officers import Act
from config.kit import money
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.payments import PAYMENT_FLOW, Payment, PaymentState
from wallet.services import actors, standing
from wallet.services.actors import SYSTEM, Actor
from wallet.services.payments import books, messages
from wallet.services.payments.errors import CaptureTooLarge, PaymentHeldUp
from wallet.services.payments.states import locked, move
from wallet.services.retries import retried

log = logging.getLogger(__name__)

ROLES = ("treasury",)
EXPIRE_MAX = 500
"""Payments per run; the next run takes the rest."""


@retried
def capture(*, public_id: object, act: Act, amount: object = None) -> Payment:
    """Take what is held, or `amount` of it: the rest is given back, in the same posting.

    Raises Absent, ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, IllegalMove, PaymentHeldUp, AmountInvalid,
    CaptureTooLarge.
    """
    found = _found(public_id, act)
    with transaction.atomic():
        (found.customer,) = standing.lock(found.customer)
        payment = locked(found.pk)
        PAYMENT_FLOW.check(payment.state, PaymentState.CAPTURED)
        because = standing.stopped_because(found.customer, since=payment.created_at)
        if because:
            raise PaymentHeldUp(because=because)
        taken = payment.amount if amount is None else _part(payment, amount)
        books.capture(payment, taken)
        move(payment, PaymentState.CAPTURED, actor=_actor(act), reason=act.said, captured_amount=taken)
        _record(payment, act, "wallet.payment_captured", taken)
        messages.told(payment)
    return payment


@retried
def void(*, public_id: object, act: Act) -> Payment:
    """Give back what is held. Raises Absent, ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, IllegalMove."""
    found = _found(public_id, act)
    with transaction.atomic():
        payment = locked(found.pk)
        PAYMENT_FLOW.check(payment.state, PaymentState.VOIDED)
        books.release(payment)
        move(payment, PaymentState.VOIDED, actor=_actor(act), reason=act.said)
        _record(payment, act, "wallet.payment_voided", payment.amount)
        messages.told(payment)
    return payment


@retried
def refund(*, public_id: object, act: Act) -> Payment:
    """Give back what was taken, all of it, once.

    Raises Absent, ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, IllegalMove, InsufficientFunds.
    """
    found = _found(public_id, act)
    with transaction.atomic():
        payment = locked(found.pk)
        PAYMENT_FLOW.check(payment.state, PaymentState.REFUNDED)
        taken = payment.captured_amount
        assert taken is not None  # payment_captured_within
        books.refund(payment, taken)
        move(payment, PaymentState.REFUNDED, actor=_actor(act), reason=act.said)
        _record(payment, act, "wallet.payment_refunded", taken)
        messages.told(payment)
    return payment


def expire_due(*, maximum: int = EXPIRE_MAX) -> int:
    """Give back what was held too long; how many payments. One that fails stops no other."""
    due = Payment.objects.filter(state=PaymentState.HELD, expires_at__lte=now()).order_by("expires_at", "id")
    ended = 0
    for payment_id in list(due.values_list("pk", flat=True)[:maximum]):
        try:
            ended += expire(payment_id)
        except Exception:
            log.exception("payment could not expire", extra={"payment": payment_id})
    return ended


@retried
def expire(payment_id: int) -> bool:
    """End one payment if it is still held and its time is over; whether it did."""
    with transaction.atomic():
        payment = locked(payment_id)
        if payment.state != PaymentState.HELD or payment.expires_at is None or payment.expires_at > now():
            return False
        books.release(payment)
        move(payment, PaymentState.EXPIRED, actor=SYSTEM, reason="held too long")
        messages.told(payment)
    return True


def _found(public_id: object, act: Act) -> Payment:
    act.require(*ROLES)
    number = read_public_id(public_id)
    rows = Payment.objects.select_related("customer__parent")
    found = None if number is None else rows.filter(public_id=number).first()
    if found is None:
        raise Absent(thing="payment")
    act.require_about(found.customer)
    return found


def _part(payment: Payment, amount: object) -> Decimal:
    wanted = money.parse(amount, scale=payment.coin.scale)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    if wanted > payment.amount:
        raise CaptureTooLarge(maximum=money.to_text(payment.amount))
    return wanted


def _actor(act: Act) -> Actor:
    return Actor(kind="operator") if act.officer is None else actors.officer(act.officer)


def _record(payment: Payment, act: Act, name: str, amount: Decimal) -> None:
    facts = {"amount": money.to_text(amount), "coin": payment.coin.code, "service": payment.service.code}
    act.record(act=name, subject=f"wallet.payment:{payment.public_id}", facts=facts)
