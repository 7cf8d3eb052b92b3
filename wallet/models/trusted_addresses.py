"""The customer's address book."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from config.kit.ids import PublicIdField
from wallet.models.coins import CoinNetwork
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX

LABEL_CHARACTERS_MAX = 64


class TrustedAddress(models.Model):
    """An address (with its memo) that a customer added with a second factor.

    It may be used from `usable_from` on; the memo is part of it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="trusted_addresses",
    )
    label = models.CharField(max_length=LABEL_CHARACTERS_MAX)
    coin_network = models.ForeignKey(CoinNetwork, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=ADDRESS_CHARACTERS_MAX)
    memo = models.CharField(max_length=MEMO_CHARACTERS_MAX, blank=True, default="")
    usable_from = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "coin_network", "address", "memo"],
                name="trusted_address_once_per_customer",
            ),
            models.CheckConstraint(condition=~Q(label=""), name="trusted_address_has_label"),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="trusted_address_by_customer")]

    def __str__(self) -> str:
        return self.label
