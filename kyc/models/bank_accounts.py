"""Bank accounts of customers: sealed numbers, their verification, and the payments that stand on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit import clock
from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from kyc.models.cases import Case


class BankAccountState(models.TextChoices):
    """Where a bank account stands."""

    PENDING = "pending", "Waits for verification"
    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Refused"
    REPLACED = "replaced", "Replaced"
    REMOVED = "removed", "Removed"


BANK_ACCOUNT_FLOW = Flow(
    "bank account",
    states=BankAccountState,
    start=BankAccountState.PENDING,
    moves={
        BankAccountState.PENDING: (
            BankAccountState.VERIFIED,
            BankAccountState.REFUSED,
            BankAccountState.REPLACED,
            BankAccountState.REMOVED,
        ),
        BankAccountState.VERIFIED: (BankAccountState.REFUSED, BankAccountState.REPLACED, BankAccountState.REMOVED),
    },
    ends=(BankAccountState.REFUSED, BankAccountState.REPLACED, BankAccountState.REMOVED),
)
LIVE = (BankAccountState.PENDING, BankAccountState.VERIFIED)
"""States of accounts that the customer has; the others are history."""


class BankAccount(models.Model):
    """One bank account that a customer named. An ended one is never opened again: it is named anew.

    `sealed` holds number and holder's name under the customer's key. `number_index` is a keyed hash of country, bank and
    number: the same account of two customers meets in it. `case` is the level 3 case that brought it, if one did;
    a case may bring again what is verified, which stays so until the case is decided.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="bank_accounts")
    country = models.CharField(max_length=2)
    bank_code = models.CharField(max_length=16)
    branch_code = models.CharField(max_length=16, blank=True, default="")
    sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, null=True, blank=True)
    second_number_index = models.BinaryField(max_length=32, null=True, blank=True)
    state = models.CharField(max_length=16, choices=BankAccountState.choices, default=BankAccountState.PENDING)
    reason = models.CharField(max_length=48, blank=True, default="")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seen_hash = models.BinaryField(max_length=32, null=True, blank=True)
    usable_from = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_customer_bank_account"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number_index", "state"], condition=Q(state__in=LIVE), name="kyc_bank_account_once_in_a_state"
            ),
            models.UniqueConstraint(
                fields=["user", "second_number_index", "state"],
                condition=Q(state__in=LIVE),
                name="kyc_bank_account_once_in_a_state_2",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=LIVE), name="kyc_bank_account_one_per_case"),
            models.CheckConstraint(condition=Q(state__in=BankAccountState.values), name="kyc_bank_account_state_known"),
            models.CheckConstraint(
                condition=Q(officer__isnull=True) | ~Q(officer=F("user")), name="kyc_bank_account_officer_is_not_customer"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(BankAccountState.VERIFIED, BankAccountState.REFUSED))
                | Q(officer__isnull=False, seen_hash__isnull=False, decided_at__isnull=False),
                name="kyc_bank_account_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=BankAccountState.REFUSED) ^ Q(reason=""), name="kyc_bank_account_reason_when_refused"
            ),
        ]
        indexes = [
            models.Index(fields=["number_index"], name="kyc_bank_account_number_index"),
            models.Index(fields=["second_number_index"], name="kyc_bank_account_number_2"),
            models.Index(fields=["user", "-id"], name="kyc_bank_account_of_user"),
            models.Index(
                fields=["created_at", "id"], condition=Q(state=BankAccountState.PENDING), name="kyc_bank_account_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"bank account {self.public_id}"

    @property
    def seal_context(self) -> str:
        """What the sealed facts are bound to."""
        return f"kyc.bank_account:{self.public_id}"


class BankAccountUse(models.Model):
    """A payment under way that stands on the account: while there is one, the account is not changed."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="uses")
    reference = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_bank_account_use"
        indexes = [models.Index(fields=["account"], condition=Q(ended_at__isnull=True), name="kyc_bank_account_use_open")]

    def __str__(self) -> str:
        return f"use {self.reference}"
