"""The books: accounts, postings, entries. Only the posting functions in `wallet/sql` write to these tables.

Triggers refuse every other write; see docs/architecture.md#ledger.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import REASON_CHARACTERS_MAX, Coin

KEY_CHARACTERS_MAX = 128
SCOPE_CHARACTERS_MAX = 64
ACTOR_CHARACTERS_MAX = 64
LEGS_MAX = 64
"""Entries of one posting at the most."""


class AccountKind(models.TextChoices):
    """What an account is for. The first four belong to customers, the others to the house."""

    SPOT_AVAILABLE = "spot_available", "spot, available"
    SPOT_HELD = "spot_held", "spot, held"
    FUTURES_AVAILABLE = "futures_available", "futures, available"
    FUTURES_HELD = "futures_held", "futures, held"
    EXTERNAL_IN = "external_in", "received from outside"
    EXTERNAL_OUT = "external_out", "sent outside"
    FEE = "fee", "fees earned"
    NETWORK_COST = "network_cost", "fees paid to networks"
    CONVERSION = "conversion", "conversion"
    SERVICE = "service", "services sold"
    DUST = "dust", "remainders of rounding"
    SUSPENSE = "suspense", "unmatched"
    ADJUSTMENT = "adjustment", "adjustments"


CUSTOMER_KINDS = (
    AccountKind.SPOT_AVAILABLE,
    AccountKind.SPOT_HELD,
    AccountKind.FUTURES_AVAILABLE,
    AccountKind.FUTURES_HELD,
)
HOUSE_KINDS = tuple(kind for kind in AccountKind if kind not in CUSTOMER_KINDS)
MAY_BE_NEGATIVE = (AccountKind.EXTERNAL_IN, AccountKind.NETWORK_COST, AccountKind.CONVERSION, AccountKind.ADJUSTMENT)
"""House accounts whose balance may be below zero: what came in, what networks cost, positions, corrections."""


class PostingKind(models.TextChoices):
    """What a posting is about."""

    DEPOSIT = "deposit", "deposit"
    WITHDRAWAL_HOLD = "withdrawal_hold", "withdrawal, reserved"
    WITHDRAWAL_RELEASE = "withdrawal_release", "withdrawal, released"
    WITHDRAWAL = "withdrawal", "withdrawal"
    NETWORK_FEE = "network_fee", "fee paid to a network"
    TRANSFER_HOLD = "transfer_hold", "transfer, reserved"
    TRANSFER_RELEASE = "transfer_release", "transfer, released"
    TRANSFER = "transfer", "transfer"
    SUB_ACCOUNT_TRANSFER = "sub_account_transfer", "transfer between an account and its sub-accounts"
    FUNDS_TRANSFER = "funds_transfer", "transfer between wallets"
    CONVERSION = "conversion", "conversion"
    PAYMENT_HOLD = "payment_hold", "payment, reserved"
    PAYMENT_RELEASE = "payment_release", "payment, released"
    PAYMENT = "payment", "payment"
    FEE = "fee", "fee"
    REFUND = "refund", "refund"
    ADJUSTMENT = "adjustment", "adjustment"
    DUST = "dust", "remainder"
    REVERSAL = "reversal", "reversal"


class LedgerAccount(models.Model):
    """One balance: of a customer, or (without an owner) of the house.

    A customer's balance is always exact. House accounts take entries only, so that they never make customers queue:
    theirs is `balance` plus what waits in PendingEntry until the next fold.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    balance = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, default=0, db_default=0)
    allow_negative = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "account"
        constraints = [
            models.UniqueConstraint(Coalesce(F("owner"), 0), F("coin"), F("kind"), name="ledger_account_once"),
            models.UniqueConstraint(fields=["id", "coin"], name="ledger_account_coin"),
            models.CheckConstraint(condition=Q(allow_negative=True) | Q(balance__gte=0), name="ledger_account_not_negative"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, kind__in=CUSTOMER_KINDS) | Q(owner__isnull=True, kind__in=HOUSE_KINDS),
                name="ledger_account_kind_fits_owner",
            ),
            models.CheckConstraint(
                condition=Q(allow_negative=False) | Q(kind__in=MAY_BE_NEGATIVE), name="ledger_account_negative_kinds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Posting(models.Model):
    """One movement of money, whole or not at all. Append-only; what is wrong is reversed by another posting."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32, choices=PostingKind.choices)
    scope = models.CharField(max_length=SCOPE_CHARACTERS_MAX)
    """In whose realm the key is unique: a service, or an operation of a customer."""
    key = models.CharField(max_length=KEY_CHARACTERS_MAX)
    fingerprint = models.BinaryField(max_length=32)
    """SHA-256 of kind, legs and what is reversed: a repeated key with another body is refused."""
    actor = models.CharField(max_length=ACTOR_CHARACTERS_MAX)
    """Who caused it: `user:<id>`, or the part of the system that did."""
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, db_default="")
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="posting_idempotency"),
            models.UniqueConstraint(fields=["reverses"], condition=Q(reverses__isnull=False), name="posting_reversed_once"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z_]{1,31}$"), name="posting_kind_plain"),
            models.CheckConstraint(condition=~Q(scope="") & ~Q(key=""), name="posting_key_given"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(reverses__lt=F("id")), name="posting_reverses_earlier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Entry(models.Model):
    """One leg of a posting: what one account gained (or, below zero, lost). Append-only."""

    id = models.BigAutoField(primary_key=True)
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveSmallIntegerField()
    """Place within the posting, from 1."""
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    """Together with `coin` a foreign key of the database (entry_account_coin): an entry can't change the coin."""
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["posting", "seq"], name="entry_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something"),
            models.CheckConstraint(condition=Q(seq__gte=1, seq__lte=LEGS_MAX), name="entry_seq_in_range"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="entry_by_account")]

    def __str__(self) -> str:
        return f"{self.posting_id}/{self.seq}"


class PendingEntry(models.Model):
    """An entry of a house account that its stored balance does not hold yet. `fold` takes it away."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="pending", db_constraint=False)
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="pending", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)

    class Meta:
        verbose_name_plural = "pending entries"
        indexes = [models.Index(fields=["account", "entry"], name="pending_entry_by_account")]

    def __str__(self) -> str:
        return str(self.entry_id)
