"""What the customer is told of a payment, from the transaction in which it happened."""

from __future__ import annotations

from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.payments import Payment, PaymentState

_TEMPLATES = {
    PaymentState.HELD: "payment_held",
    PaymentState.CAPTURED: "payment_captured",
    PaymentState.VOIDED: "payment_voided",
    PaymentState.EXPIRED: "payment_expired",
    PaymentState.REFUNDED: "payment_refunded",
}


def told(payment: Payment) -> None:
    """Where it stands now, with what was taken where something was."""
    amount = payment.amount if payment.captured_amount is None else payment.captured_amount
    facts = {"amount": to_text(amount), "coin": payment.coin.code, "service": payment.service.name}
    notify(user=payment.customer, template=_TEMPLATES[PaymentState(payment.state)], facts=facts)
