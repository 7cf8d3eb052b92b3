"""Payments for the house's services: what is sold, what was asked for, and every move of it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.kit import clock
from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin
from wallet.models.evidence import Move
from wallet.models.limits import LevelLimit

CLIENT_REFERENCE_CHARACTERS_MAX = 128
CODE_CHARACTERS_MAX = 32
HOLD_HOURS = 7 * 24


class PaymentState(models.TextChoices):
    """Where a payment stands."""

    REQUESTED = "requested", "Requested"
    HELD = "held", "Held"
    CAPTURED = "captured", "Captured"
    VOIDED = "voided", "Voided"
    EXPIRED = "expired", "Expired"
    REFUNDED = "refunded", "Refunded"


_S = PaymentState
PAYMENT_FLOW = Flow(
    "payment",
    states=PaymentState,
    start=_S.REQUESTED,
    moves={
        # Left in the transaction that makes it: at once, or first held.
        _S.REQUESTED: (_S.HELD, _S.CAPTURED),
        _S.HELD: (_S.CAPTURED, _S.VOIDED, _S.EXPIRED),
        _S.CAPTURED: (_S.REFUNDED,),
    },
    ends=(_S.VOIDED, _S.EXPIRED, _S.REFUNDED),
)
TAKEN = (_S.CAPTURED, _S.REFUNDED)
"""States in which the house took `captured_amount`, be it given back since."""
UNCOUNTED = (_S.VOIDED, _S.EXPIRED, _S.REFUNDED)
"""Payments that left nothing with the house and so use up no limit."""


class PaidService(models.Model):
    """Something that customers pay for. Closed unless opened."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=CODE_CHARACTERS_MAX, unique=True)
    name = models.CharField(max_length=64)
    is_open = models.BooleanField(default=False)
    hold_hours = models.PositiveIntegerField(default=HOLD_HOURS)
    """How long a payment may stay held; then it is given back."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9_]{2,32}$"), name="paid_service_code_plain"),
            models.CheckConstraint(condition=Q(hold_hours__gte=1, hold_hours__lte=31 * 24), name="paid_service_hold_sane"),
        ]

    def __str__(self) -> str:
        return self.code


class PaymentLimit(LevelLimit):
    """The most a customer of a KYC level may pay in a coin in a window; no row: nothing."""

    class Meta(LevelLimit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="payment_limit_once"),
            models.CheckConstraint(condition=Q(maximum__gte=Decimal(0)), name="payment_limit_not_negative"),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="payment_limit_window_positive"),
        ]


class Payment(models.Model):
    """A customer's payment for a service. What was asked for never changes (a trigger sees to it).

    While it is held, `amount` is held in the ledger; of it `captured_amount` is taken, and the rest given back.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments")
    service = models.ForeignKey(PaidService, on_delete=models.PROTECT, related_name="payments")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    captured_amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, null=True, default=None)
    state = models.CharField(max_length=16, choices=PaymentState.choices, default=PaymentState.REQUESTED)
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    fingerprint = models.BinaryField(max_length=32)
    api_key_id = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField(null=True, default=None)
    """Until when it is held; null where it was taken at once."""
    created_at = models.DateTimeField(default=clock.now)
    state_since = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "client_reference"], name="payment_client_reference_once"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="payment_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=TAKEN, captured_amount__gt=Decimal(0), captured_amount__lte=F("amount"))
                | (~Q(state__in=TAKEN) & Q(captured_amount__isnull=True)),
                name="payment_captured_within",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNCOUNTED, finished_at__isnull=False)
                | (~Q(state__in=UNCOUNTED) & Q(finished_at__isnull=True)),
                name="payment_finished_at_its_end",
            ),
            models.CheckConstraint(condition=~Q(state=_S.HELD) | Q(expires_at__isnull=False), name="payment_held_until"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="payment_by_customer"),
            models.Index(fields=["customer", "coin", "created_at"], name="payment_by_window"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="payment_held_by_end"),
            models.Index(fields=["state", "-id"], name="payment_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PaymentEvent(Move):
    """One move of a payment: who, when, why. Append-only (a trigger refuses changes)."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    state_after = models.CharField(max_length=16, choices=PaymentState.choices)

    class Meta(Move.Meta):
        abstract = False
        indexes = [models.Index(fields=["payment", "id"], name="payment_event_by_payment")]
