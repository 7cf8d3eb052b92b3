"""What can be refused about payments."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class UnknownService(DomainError):
    """No service has this code, or it is not sold now."""

    slug = "wallet.unknown_service"
    kind = Kind.INVALID
    message = "There is no service {service} to pay for."
    field = "service"
    service: str


class PaymentsClosed(DomainError):
    """Nothing is paid in this coin now, or not by this account."""

    slug = "wallet.payments_closed"
    kind = Kind.CONFLICT
    message = "Payments in {coin} are closed."
    coin: str


class PaymentLimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing is paid."""

    slug = "wallet.payment_limit_unset"
    kind = Kind.FORBIDDEN
    message = "Payments in {coin} are not open at level {level}."
    coin: str
    level: int


class TooManyHeldPayments(DomainError):
    """So many payments of this customer are held that another must wait."""

    slug = "wallet.too_many_held_payments"
    kind = Kind.CONFLICT
    message = "{maximum} payments are held. Wait until one ends."
    maximum: int


class PaymentHeldUp(DomainError):
    """The customer's account is stopped, or was frozen by its owner after this was asked for."""

    slug = "wallet.payment_held_up"
    kind = Kind.CONFLICT
    message = "This payment can't be captured: {because}."
    because: str


class CaptureTooLarge(DomainError):
    """More was to be captured than is held."""

    slug = "wallet.capture_too_large"
    kind = Kind.UNPROCESSABLE
    message = "{maximum} is held."
    field = "amount"
    maximum: str
