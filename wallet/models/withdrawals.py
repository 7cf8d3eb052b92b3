"""Money out: the withdrawal, its states, and the evidence of every decision about it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from wallet.models.coins import CoinNetwork

ADDRESS_CHARACTERS_MAX = 128
MEMO_CHARACTERS_MAX = 64
CLIENT_REFERENCE_CHARACTERS_MAX = 128
REASON_CHARACTERS_MAX = 500


class WithdrawalState(models.TextChoices):
    """Where a withdrawal stands."""

    VERIFICATION = "verification"
    REVIEW = "review"
    SECOND_REVIEW = "second_review"
    APPROVED = "approved"
    SIGNING = "signing"
    BROADCAST = "broadcast"
    UNKNOWN = "unknown"
    CONFIRMING = "confirming"
    SUCCESS = "success"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    FAILED = "failed"


_S = WithdrawalState

WITHDRAWAL_FLOW = Flow(
    "withdrawal",
    states=WithdrawalState,
    start=_S.VERIFICATION,
    moves={
        _S.VERIFICATION: (_S.REVIEW, _S.CANCELLED, _S.EXPIRED),
        _S.REVIEW: (_S.APPROVED, _S.SECOND_REVIEW, _S.CANCELLED, _S.REJECTED),
        _S.SECOND_REVIEW: (_S.APPROVED, _S.REJECTED),
        # An approval can be taken back while nothing is signed: stopping money is always allowed.
        _S.APPROVED: (_S.SIGNING, _S.REJECTED),
        # Back to approved only while nothing is signed: the signer refused, and the nonce is given back.
        _S.SIGNING: (_S.BROADCAST, _S.UNKNOWN, _S.APPROVED),
        _S.BROADCAST: (_S.CONFIRMING, _S.UNKNOWN),
        _S.UNKNOWN: (_S.BROADCAST, _S.CONFIRMING, _S.FAILED),
        # A reorganisation takes the receipt away: the same bytes wait for a block again.
        _S.CONFIRMING: (_S.SUCCESS, _S.FAILED, _S.BROADCAST),
    },
    ends=(_S.SUCCESS, _S.CANCELLED, _S.EXPIRED, _S.REJECTED, _S.FAILED),
)

ENDS = (_S.SUCCESS, _S.CANCELLED, _S.EXPIRED, _S.REJECTED, _S.FAILED)
"""States in which nothing is reserved any more."""

AWAITING_OFFICER = (_S.REVIEW, _S.SECOND_REVIEW)
IN_FLIGHT = (_S.SIGNING, _S.BROADCAST, _S.UNKNOWN, _S.CONFIRMING)
"""States in which signed bytes may exist: the hold can only be settled or proven needless."""


class Withdrawal(models.Model):
    """A customer's request to send `amount` of a coin to an address outside; `fee` comes on top.

    While it is open, amount + fee is held in the ledger. Amounts are in the coin's own unit.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withdrawals")
    coin_network = models.ForeignKey(CoinNetwork, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=ADDRESS_CHARACTERS_MAX)
    memo = models.CharField(max_length=MEMO_CHARACTERS_MAX, blank=True, default="")
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    fee = models.DecimalField(max_digits=38, decimal_places=18)
    state = models.CharField(
        max_length=16,
        choices=WithdrawalState.choices,
        default=WithdrawalState.VERIFICATION,
    )
    payload_hash = models.BinaryField(max_length=32)
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    fingerprint = models.BinaryField(max_length=32)
    trusted_address = models.ForeignKey("wallet.TrustedAddress", on_delete=models.PROTECT, null=True, related_name="+")
    api_key_id = models.CharField(max_length=64, blank=True, default="")
    requested_from = models.GenericIPAddressField(null=True)
    verified_by = models.CharField(max_length=16, blank=True, default="")
    is_flagged = models.BooleanField(default=False)
    officers_required = models.PositiveSmallIntegerField(default=2)
    lease_token = models.BigIntegerField(default=0)
    lease_holder = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(null=True, default=None)
    blocked_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    """Why the next step of an approved withdrawal could not be done at the last try; for staff."""
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "client_reference"],
                name="withdrawal_client_reference_once",
            ),
            # Target of the decision's composite key: a decision can't name another customer.
            models.UniqueConstraint(fields=["id", "customer"], name="withdrawal_of_customer"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="withdrawal_amount_positive"),
            models.CheckConstraint(condition=Q(fee__gte=Decimal(0)), name="withdrawal_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=WithdrawalState.values),
                name="withdrawal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDS, finished_at__isnull=False) | (~Q(state__in=ENDS) & Q(finished_at__isnull=True)),
                name="withdrawal_finished_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(officers_required__lte=2),
                name="withdrawal_officers_required_0_to_2",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="withdrawal_by_customer"),
            models.Index(fields=["customer", "-created_at", "-id"], name="withdrawal_by_time"),
            models.Index(
                fields=["customer", "coin_network", "created_at"],
                name="withdrawal_by_window",
            ),
            models.Index(
                fields=["state", "id"],
                condition=~Q(state__in=ENDS),
                name="withdrawal_open",
            ),
            models.Index(fields=["state", "-id"], name="withdrawal_by_state"),
            models.Index(fields=["address"], name="withdrawal_by_address"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def total(self) -> Decimal:
        """What is held: amount + fee."""
        return self.amount + self.fee
