"""Money that arrives over a chain: addresses, deposits, and how far the watcher has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from wallet.models.coins import CoinNetwork, Network
from wallet.models.ledger import Posting

if TYPE_CHECKING:
    from accounts.models import User

ADDRESS_CHARACTERS_MAX = 128
HASH_CHARACTERS_MAX = 128
MEMO_CHARACTERS_MAX = 64
REASON_CHARACTERS_MAX = 500


class DepositState(models.TextChoices):
    """Where a deposit stands."""

    PENDING = "pending", "Pending"
    CREDITED = "credited", "Credited"
    ORPHANED = "orphaned", "Orphaned"
    HELD = "held", "Held for staff"


DEPOSIT_FLOW = Flow(
    "deposit",
    states=DepositState,
    start=DepositState.PENDING,
    moves={
        DepositState.PENDING: (DepositState.CREDITED, DepositState.HELD, DepositState.ORPHANED),
        DepositState.HELD: (DepositState.CREDITED, DepositState.ORPHANED),
        DepositState.ORPHANED: (DepositState.PENDING,),
    },
    ends=(DepositState.CREDITED,),
)


class HeldBecause(models.TextChoices):
    """Why a confirmed deposit waits for staff."""

    BELOW_MINIMUM = "below_minimum", "Below the smallest deposit"
    NOT_ENTITLED = "not_entitled", "The customer's level does not open deposits"
    CLOSED = "closed", "Deposits of this coin and network are closed"


class DepositAddress(models.Model):
    """The address of one customer on one network. On account-based networks it takes every coin of the network.

    Derived from an extended public key at `derivation_index`, which the database gives out once.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deposit_addresses")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=ADDRESS_CHARACTERS_MAX)
    memo = models.CharField(max_length=MEMO_CHARACTERS_MAX, blank=True, default="")
    derivation_index = models.BigIntegerField()
    key_fingerprint = models.CharField(max_length=16)
    """First 16 hexadecimal digits of the SHA-256 of the extended public key."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "network"], name="deposit_address_one_per_customer"),
            models.UniqueConstraint(fields=["network", "address", "memo"], name="deposit_address_of_one_customer"),
            models.UniqueConstraint(
                fields=["network", "key_fingerprint", "derivation_index"], name="deposit_address_index_once"
            ),
            models.CheckConstraint(
                condition=Q(derivation_index__gte=0, derivation_index__lt=2**31), name="deposit_address_index_derivable"
            ),
        ]
        verbose_name_plural = "deposit addresses"

    def __str__(self) -> str:
        return self.address


class Deposit(models.Model):
    """One output of one transaction that pays one of our customers' addresses.

    Its facts are what the chain says and change only while it is orphaned (a trigger sees to it); it is credited
    once, by one posting, in the transaction that moves its state.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    coin_network = models.ForeignKey(CoinNetwork, on_delete=models.PROTECT, related_name="+")
    tx_hash = models.CharField(max_length=HASH_CHARACTERS_MAX)
    output_index = models.IntegerField()
    """-1: the network's own coin; from 0: the event's place in its transaction, or the output's."""
    deposit_address = models.ForeignKey(DepositAddress, on_delete=models.PROTECT, related_name="deposits")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deposits")
    credited_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, default=None, related_name="+", db_index=False
    )
    """Another customer than the address's, where two officers found whose it is."""
    sender = models.CharField(max_length=ADDRESS_CHARACTERS_MAX, blank=True)
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    """In the coin's own unit: what the chain moved and what is credited."""
    block_height = models.BigIntegerField()
    block_hash = models.CharField(max_length=HASH_CHARACTERS_MAX)
    state = models.CharField(max_length=16, choices=DepositState.choices, default=DepositState.PENDING)
    held_because = models.CharField(max_length=16, choices=HeldBecause.choices, blank=True, default="")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True, default=None, related_name="deposit")
    seen_at = models.DateTimeField(default=timezone.now)
    credited_at = models.DateTimeField(null=True, default=None)
    contradicted_at = models.DateTimeField(null=True, default=None)
    """When its block left the chain although the deposit was credited already: an incident for staff."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "tx_hash", "output_index"], name="deposit_output_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_amount_positive"),
            models.CheckConstraint(condition=Q(output_index__gte=-1), name="deposit_output_index_known"),
            models.CheckConstraint(condition=Q(state__in=DepositState.values), name="deposit_state_known"),
            models.CheckConstraint(
                condition=Q(state=DepositState.CREDITED, posting__isnull=False, credited_at__isnull=False)
                | ~Q(state=DepositState.CREDITED) & Q(posting__isnull=True, credited_at__isnull=True),
                name="deposit_credited_whole",
            ),
            models.CheckConstraint(condition=~Q(state=DepositState.HELD) | ~Q(held_because=""), name="deposit_held_with_cause"),
            models.CheckConstraint(
                condition=Q(credited_to__isnull=True) | (Q(state=DepositState.CREDITED) & ~Q(credited_to=F("customer"))),
                name="deposit_credited_to_another_once_credited",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="deposit_by_customer"),
            models.Index(fields=["customer", "-seen_at", "-id"], name="deposit_by_time"),
            models.Index(fields=["network", "block_height"], condition=Q(state="pending"), name="deposit_pending_by_height"),
            models.Index(fields=["network", "block_height"], name="deposit_by_height"),
            models.Index(F("id"), condition=Q(state="held"), name="deposit_held"),
            models.Index(fields=["credited_to", "-id"], condition=Q(credited_to__isnull=False), name="deposit_by_credited_to"),
        ]

    def __str__(self) -> str:
        return f"{self.tx_hash}:{self.output_index}"

    @property
    def receiver(self) -> User:
        """Who is credited: the address's customer, but where two officers found another."""
        return self.customer if self.credited_to is None else self.credited_to


class DepositEvent(models.Model):
    """One move of a deposit: who, when, why. Append-only (a trigger refuses changes)."""

    id = models.BigAutoField(primary_key=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="events")
    state_before = models.CharField(max_length=16, blank=True)
    state_after = models.CharField(max_length=16, choices=DepositState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=REASON_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["deposit", "id"], name="deposit_event_by_deposit")]

    def __str__(self) -> str:
        return f"{self.state_before or 'new'} → {self.state_after}"


class WatcherCursor(models.Model):
    """The newest block of a network that was read to its end. Everything below it is in our books or not ours."""

    network = models.OneToOneField(Network, on_delete=models.PROTECT, primary_key=True, related_name="+")
    height = models.BigIntegerField()
    block_hash = models.CharField(max_length=HASH_CHARACTERS_MAX)
    halted_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    """Not empty: the chain contradicts more than we remember, and staff must look before anything is credited."""
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.network_id}: {self.height}"


class WatchedBlock(models.Model):
    """Hash of a block that was read, kept as long as a reorganisation could reach it."""

    id = models.BigAutoField(primary_key=True)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    height = models.BigIntegerField()
    block_hash = models.CharField(max_length=HASH_CHARACTERS_MAX)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "height"], name="watched_block_once")]

    def __str__(self) -> str:
        return f"{self.height}: {self.block_hash}"
