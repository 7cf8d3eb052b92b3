"""Fiat money out: the withdrawal to a verified bank account, its states, and the evidence of every decision about it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit import clock
from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.banks import BankLine
from wallet.models.coins import CoinNetwork
from wallet.models.evidence import Assessment, Decision, Move, Verdict
from wallet.models.ledger import Posting
from wallet.models.withdrawals import CLIENT_REFERENCE_CHARACTERS_MAX


class FiatWithdrawalState(models.TextChoices):
    """Where a fiat withdrawal stands."""

    VERIFICATION = "verification"
    REVIEW = "review"
    SECOND_REVIEW = "second_review"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


_S = FiatWithdrawalState

FIAT_WITHDRAWAL_FLOW = Flow(
    "fiat withdrawal",
    states=FiatWithdrawalState,
    start=_S.VERIFICATION,
    moves={
        _S.VERIFICATION: (_S.REVIEW, _S.CANCELLED, _S.EXPIRED),
        _S.REVIEW: (_S.APPROVED, _S.SECOND_REVIEW, _S.CANCELLED, _S.REJECTED),
        _S.SECOND_REVIEW: (_S.APPROVED, _S.REJECTED),
        # An approval can be taken back while nobody is at the bank.
        _S.APPROVED: (_S.PAYING, _S.REJECTED),
        # Back where whoever went to the bank says that nothing was paid.
        _S.PAYING: (_S.PAID, _S.APPROVED),
        _S.PAID: (_S.RETURNED,),
    },
    ends=(_S.RETURNED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED),
)

ENDS = (_S.RETURNED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED)
LEFT = (_S.PAID, _S.RETURNED)
"""States in which the money has left the house, be it back since."""
NOT_HELD = (_S.PAID, *ENDS)
"""States in which nothing is reserved any more."""
AT_THE_BANK = (_S.PAYING, *LEFT)
AWAITING_OFFICER = (_S.REVIEW, _S.SECOND_REVIEW)


def _amount() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)


class FiatWithdrawal(models.Model):
    """A customer's request to have `amount` of a fiat coin paid to their own verified bank account; `fee` comes on top.

    Until it is paid, amount + fee is held in the ledger. `payer` is the officer who went to the bank; while there is one,
    no other pays it. What was asked for never changes (a trigger sees to it).
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fiat_withdrawals")
    coin_network = models.ForeignKey(CoinNetwork, on_delete=models.PROTECT, related_name="+")
    bank_account = models.BigIntegerField()
    """Public id of the customer's account: the row itself goes when the customer is erased."""
    amount = _amount()
    fee = _amount()
    state = models.CharField(max_length=16, choices=FiatWithdrawalState.choices, default=_S.VERIFICATION)
    payload_hash = models.BinaryField(max_length=32)
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    fingerprint = models.BinaryField(max_length=32)
    requested_from = models.GenericIPAddressField(null=True)
    verified_by = models.CharField(max_length=16, blank=True, default="")
    is_flagged = models.BooleanField(default=False)
    officers_required = models.PositiveSmallIntegerField(default=2)
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, default=None, related_name="+")
    paid_line = models.OneToOneField(BankLine, on_delete=models.PROTECT, null=True, default=None, related_name="paid_for")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True, default=None, related_name="fiat_withdrawal")
    """By which the money left."""
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    state_since = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "client_reference"], name="fiat_withdrawal_client_reference_once"),
            # Target of the composite keys of decisions and returns: neither can name another customer.
            models.UniqueConstraint(fields=["id", "customer"], name="fiat_withdrawal_of_customer"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="fiat_withdrawal_amount_positive"),
            models.CheckConstraint(condition=Q(fee__gte=Decimal(0)), name="fiat_withdrawal_fee_not_negative"),
            models.CheckConstraint(condition=Q(state__in=FiatWithdrawalState.values), name="fiat_withdrawal_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDS, finished_at__isnull=False) | (~Q(state__in=ENDS) & Q(finished_at__isnull=True)),
                name="fiat_withdrawal_finished_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AT_THE_BANK, payer__isnull=False) | (~Q(state__in=AT_THE_BANK) & Q(payer__isnull=True)),
                name="fiat_withdrawal_payer_at_the_bank",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LEFT, paid_line__isnull=False, posting__isnull=False)
                | (~Q(state__in=LEFT) & Q(paid_line__isnull=True, posting__isnull=True)),
                name="fiat_withdrawal_paid_whole",
            ),
            models.CheckConstraint(
                condition=Q(payer__isnull=True) | ~Q(payer=F("customer")), name="fiat_withdrawal_payer_is_not_customer"
            ),
            models.CheckConstraint(
                condition=Q(officers_required__gte=1, officers_required__lte=2), name="fiat_withdrawal_officers_1_or_2"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="fiat_withdrawal_by_customer"),
            models.Index(fields=["customer", "coin_network", "created_at"], name="fiat_withdrawal_by_window"),
            models.Index(fields=["state", "id"], condition=~Q(state__in=NOT_HELD), name="fiat_withdrawal_open"),
            models.Index(fields=["state", "-id"], name="fiat_withdrawal_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def total(self) -> Decimal:
        """What is held: amount + fee."""
        return self.amount + self.fee


class FiatWithdrawalEvent(Move):
    """One move of a fiat withdrawal: who, when, why. Append-only (a trigger refuses changes)."""

    withdrawal = models.ForeignKey(FiatWithdrawal, on_delete=models.PROTECT, related_name="events")
    state_after = models.CharField(max_length=16, choices=FiatWithdrawalState.choices)

    class Meta(Move.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["withdrawal", "id"], name="fiat_withdrawal_event_by_case"),
            # What left in the last hours, for the caps on it.
            models.Index(fields=["created_at"], condition=Q(state_after=_S.PAYING), name="fiat_withdrawal_event_paying"),
        ]


class FiatMatter(models.TextChoices):
    """What an officer decided about."""

    APPROVAL = "approval", "Approval"
    RECALL = "recall", "Recall of an approval"


class FiatWithdrawalDecision(Decision):
    """An officer's verdict, bound to the payload it saw. Append-only."""

    withdrawal = models.ForeignKey(FiatWithdrawal, on_delete=models.PROTECT, related_name="decisions")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=16, choices=FiatMatter.choices, default=FiatMatter.APPROVAL)

    class Meta(Decision.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "matter", "officer"], name="fiat_decision_officer_once"),
            models.CheckConstraint(condition=~Q(officer=F("customer")), name="fiat_decision_officer_is_not_customer"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="fiat_decision_verdict_known"),
            models.CheckConstraint(condition=Q(matter__in=FiatMatter.values), name="fiat_decision_matter_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="fiat_decision_has_reason"),
        ]


class FiatWithdrawalRisk(Assessment):
    """What the risk rules saw and said of a fiat withdrawal, kept so that later rules can be replayed. Append-only."""

    withdrawal = models.ForeignKey(FiatWithdrawal, on_delete=models.PROTECT, related_name="risk")

    class Meta(Assessment.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "rules_version"], name="fiat_withdrawal_risk_once_per_version"),
        ]
