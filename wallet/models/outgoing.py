"""Transactions that leave the hot wallet: reserved, signed, stored, and only then sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from wallet.models.coins import Network
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, REASON_CHARACTERS_MAX, Withdrawal

TX_HASH_CHARACTERS_MAX = 128
ANSWER_CHARACTERS_MAX = 300


class OutgoingTransaction(models.Model):
    """The chain transaction of a withdrawal; or the same payment again at a higher fee, of which one at most is mined.

    Promise: `unsigned_payload` is stored, with its reserved nonce, before the signer sees it, and `signed_bytes` with
    `tx_hash` before anything is sent. A trigger refuses to change either once it is set, so that sending again always
    means sending the same bytes. A row is abandoned only while it is unsigned; its nonce is then given out again.
    A row that `replaces` another is of the same withdrawal, sender and nonce (a composite key sees to it), and so of the same
    outputs: the network runs one of the two and never both.
    """

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="outgoing_transactions")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(max_length=ADDRESS_CHARACTERS_MAX)
    nonce = models.BigIntegerField()
    """On account-based networks the account's; where outputs are spent, the number of the set that is reserved for it."""
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, default=None, related_name="replacements")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, default=None, related_name="+")
    """The officer who raised the fee; None for the first transaction, and where a worker found it stuck."""
    raised_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
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
    settled_at = models.DateTimeField(null=True, default=None)
    """When it was mined as deep as its coin asks for."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(abandoned_at__isnull=True, replaces__isnull=True),
                name="outgoing_one_per_withdrawal",
            ),
            models.UniqueConstraint(
                fields=["network", "sender", "nonce"],
                condition=Q(abandoned_at__isnull=True, replaces__isnull=True),
                name="outgoing_nonce_once",
            ),
            models.UniqueConstraint(fields=["replaces"], condition=Q(abandoned_at__isnull=True), name="outgoing_replaced_once"),
            # Target of the composite key by which a replacement is the same payment.
            models.UniqueConstraint(fields=["id", "withdrawal", "network", "sender", "nonce"], name="outgoing_payment"),
            models.UniqueConstraint(fields=["withdrawal"], condition=Q(settled_at__isnull=False), name="outgoing_settled_once"),
            models.UniqueConstraint(
                fields=["network", "sender", "nonce"],
                condition=Q(settled_at__isnull=False),
                name="outgoing_nonce_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(signed_bytes__isnull=False, block_number__isnull=False),
                name="outgoing_settled_in_a_block",
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


class ReservedOutput(models.Model):
    """An unspent output of the hot wallet that a payment spends, and no other payment may.

    It is released only once its payment can never be mined: abandoned unsigned, or proven absent (a trigger looks).
    """

    id = models.BigAutoField(primary_key=True)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    outgoing = models.ForeignKey(OutgoingTransaction, on_delete=models.PROTECT, related_name="reserved_outputs")
    """The first transaction of the payment; those that replace it spend the same."""
    tx_hash = models.CharField(max_length=TX_HASH_CHARACTERS_MAX)
    output_index = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    """Of the network's own coin."""
    released_at = models.DateTimeField(null=True, default=None)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "tx_hash", "output_index"],
                condition=Q(released_at__isnull=True),
                name="reserved_output_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reserved_output_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.tx_hash}:{self.output_index}"
