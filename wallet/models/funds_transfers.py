"""A customer's own money between the spot and the futures wallet: what was moved, and how much of it a level may move."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit import clock
from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin
from wallet.models.ledger import Posting
from wallet.models.limits import LevelLimit

CLIENT_REFERENCE_CHARACTERS_MAX = 128


class Direction(models.TextChoices):
    """From which wallet to which."""

    SPOT_TO_FUTURES = "spot_to_futures", "spot to futures"
    FUTURES_TO_SPOT = "futures_to_spot", "futures to spot"


class FundsTransfer(models.Model):
    """Money of one customer that changed the wallet, by one posting. Append-only: what is wrong is reversed in the books.

    The database takes a row only with the posting that says the same, and only of a customer who has opened futures.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="funds_transfers")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=16, choices=Direction.choices)
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="funds_transfer")
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    api_key_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "client_reference"], name="funds_transfer_client_reference_once"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="funds_transfer_amount_positive"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="funds_transfer_direction_known"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="funds_transfer_by_customer"),
            models.Index(fields=["customer", "coin", "created_at"], name="funds_transfer_by_window"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class FundsTransferLimit(LevelLimit):
    """The most a customer of a KYC level may move into futures of a coin in a window; no row: nothing."""

    class Meta(LevelLimit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="funds_transfer_limit_once"),
            models.CheckConstraint(condition=Q(maximum__gte=Decimal(0)), name="funds_transfer_limit_not_negative"),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="funds_transfer_limit_window_positive"),
        ]
