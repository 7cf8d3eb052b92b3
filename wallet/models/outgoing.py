"""Transactions that leave the hot wallet: reserved, signed, stored, and only then sent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from wallet.models.coins import Network
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, Withdrawal

TX_HASH_CHARACTERS_MAX = 128
ANSWER_CHARACTERS_MAX = 300


class OutgoingTransaction(models.Model):
    """The one chain transaction of a withdrawal.

    Promise: `unsigned_payload` is stored, with its reserved nonce, before the signer sees it, and `signed_bytes` with
    `tx_hash` before anything is sent. A trigger refuses to change either once it is set, so that sending again always
    means sending the same bytes. A row is abandoned only while it is unsigned; its nonce is then given out again.
    """

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="outgoing_transactions")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(max_length=ADDRESS_CHARACTERS_MAX)
    nonce = models.BigIntegerField()
    unsigned_payload = models.BinaryField()
    unsigned_hash = models.BinaryField(max_length=32)
    """SHA-256 of `unsigned_payload`."""
    approved_hash = models.BinaryField(max_length=32)
    """The withdrawal's payload hash to which the approval was bound when the gate let it through."""
    fee_ceiling = models.DecimalField(max_digits=38, decimal_places=18)
    lease_token = models.BigIntegerField()
    signed_bytes = models.BinaryField(null=True, default=None)
    tx_hash = models.CharField(max_length=TX_HASH_CHARACTERS_MAX, null=True, default=None)
    signed_at = models.DateTimeField(null=True, default=None)
    signer_refusal = models.CharField(max_length=ANSWER_CHARACTERS_MAX, blank=True, default="")
    abandoned_at = models.DateTimeField(null=True, default=None)
    sendings = models.PositiveIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True, default=None)
    last_answer = models.CharField(max_length=ANSWER_CHARACTERS_MAX, blank=True, default="")
    block_number = models.BigIntegerField(null=True, default=None)
    block_hash = models.CharField(max_length=TX_HASH_CHARACTERS_MAX, blank=True, default="")
    confirmations = models.PositiveIntegerField(default=0)
    network_fee = models.DecimalField(max_digits=38, decimal_places=18, null=True, default=None)
    """What the network took, in its own coin; the house pays it."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(abandoned_at__isnull=True),
                name="outgoing_one_per_withdrawal",
            ),
            models.UniqueConstraint(
                fields=["network", "sender", "nonce"],
                condition=Q(abandoned_at__isnull=True),
                name="outgoing_nonce_once",
            ),
            models.UniqueConstraint(fields=["network", "tx_hash"], name="outgoing_tx_hash_once"),
            models.CheckConstraint(condition=Q(nonce__gte=0), name="outgoing_nonce_not_negative"),
            models.CheckConstraint(
                condition=Q(
                    signed_bytes__isnull=True,
                    tx_hash__isnull=True,
                    signed_at__isnull=True,
                )
                | Q(
                    signed_bytes__isnull=False,
                    tx_hash__isnull=False,
                    signed_at__isnull=False,
                ),
                name="outgoing_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(signed_bytes__isnull=False) | Q(sendings=0),
                name="outgoing_stored_before_sent",
            ),
            models.CheckConstraint(
                condition=Q(signed_bytes__isnull=True) | Q(abandoned_at__isnull=True),
                name="outgoing_abandoned_only_unsigned",
            ),
        ]
        indexes = [
            models.Index(
                F("id"),
                condition=Q(signed_bytes__isnull=True, abandoned_at__isnull=True),
                name="outgoing_unsigned",
            ),
            # What left in the last hours, for the caps on it.
            models.Index(fields=["created_at"], name="outgoing_by_time"),
        ]

    def __str__(self) -> str:
        return self.tx_hash or f"nonce {self.nonce}"
