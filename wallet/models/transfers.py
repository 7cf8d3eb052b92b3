"""Money from one customer to another inside the house: the transfer and its states."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from wallet.models.coins import Coin
from wallet.models.withdrawals import CLIENT_REFERENCE_CHARACTERS_MAX

REMARK_CHARACTERS_MAX = 256


class TransferState(models.TextChoices):
    """Where a transfer stands."""

    VERIFICATION = "verification"
    OPENED = "opened"
    REVIEW = "review"
    SECOND_REVIEW = "second_review"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


_S = TransferState

TRANSFER_FLOW = Flow(
    "transfer",
    states=TransferState,
    start=_S.VERIFICATION,
    moves={
        # Straight into review where no link is due: a signed key, or a customer without an email address.
        _S.VERIFICATION: (_S.OPENED, _S.REVIEW, _S.CANCELLED, _S.EXPIRED),
        _S.OPENED: (_S.REVIEW, _S.CANCELLED, _S.EXPIRED),
        _S.REVIEW: (_S.COMPLETED, _S.SECOND_REVIEW, _S.CANCELLED, _S.REJECTED),
        _S.SECOND_REVIEW: (_S.COMPLETED, _S.REJECTED),
    },
    ends=(_S.COMPLETED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED),
)

ENDS = (_S.COMPLETED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED)
"""States in which nothing is reserved any more."""
AWAITING_CUSTOMER = (_S.VERIFICATION, _S.OPENED)
AWAITING_OFFICER = (_S.REVIEW, _S.SECOND_REVIEW)


class Transfer(models.Model):
    """A customer's request to give `amount` of a coin, in its own unit, to another customer. It costs nothing.

    While it is open the amount is held in the ledger. What was asked for never changes; a trigger sees to it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers_out")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers_in")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    remark = models.CharField(max_length=REMARK_CHARACTERS_MAX, blank=True, default="")
    """What the sender tells the receiver. It is nobody's evidence, and an erasure takes it."""
    state = models.CharField(max_length=16, choices=TransferState.choices, default=TransferState.VERIFICATION)
    payload_hash = models.BinaryField(max_length=32)
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    fingerprint = models.BinaryField(max_length=32)
    api_key_id = models.CharField(max_length=64, blank=True, default="")
    requested_from = models.GenericIPAddressField(null=True)
    link_hash = models.BinaryField(max_length=32, null=True, default=None)
    """SHA-256 of the token in the latest mail; a later mail voids the earlier ones."""
    link_sent_at = models.DateTimeField(null=True, default=None)
    links_sent = models.PositiveSmallIntegerField(default=0)
    verified_by = models.CharField(max_length=16, blank=True, default="")
    """What the sender's word was shown by: at the request where the second factor is asked for there, else at the end of
    the verification."""
    is_flagged = models.BooleanField(default=False)
    officers_required = models.PositiveSmallIntegerField(default=2)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, default=None)
    """When the sender had confirmed it: from then on its receiver may hear of it."""
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "client_reference"], name="transfer_client_reference_once"),
            models.UniqueConstraint(fields=["link_hash"], name="transfer_link_once"),
            # Target of the decision's composite key: a decision can't name other parties.
            models.UniqueConstraint(fields=["id", "sender", "receiver"], name="transfer_of_parties"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="transfer_not_to_oneself"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="transfer_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=TransferState.values), name="transfer_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDS, finished_at__isnull=False) | (~Q(state__in=ENDS) & Q(finished_at__isnull=True)),
                name="transfer_finished_at_its_end",
            ),
            models.CheckConstraint(condition=Q(officers_required__lte=2), name="transfer_officers_required_0_to_2"),
        ]
        indexes = [
            models.Index(fields=["sender", "-id"], name="transfer_by_sender"),
            models.Index(fields=["receiver", "-id"], name="transfer_by_receiver"),
            models.Index(fields=["sender", "-created_at", "-id"], name="transfer_by_time"),
            models.Index(
                fields=["receiver", "-confirmed_at", "-id"],
                condition=Q(confirmed_at__isnull=False),
                name="transfer_by_confirmation",
            ),
            models.Index(fields=["sender", "coin", "created_at"], name="transfer_by_window"),
            models.Index(fields=["state", "id"], condition=~Q(state__in=ENDS), name="transfer_open"),
            models.Index(fields=["state", "-id"], name="transfer_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
