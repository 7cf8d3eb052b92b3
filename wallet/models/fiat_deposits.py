"""Fiat money that a bank received for a customer: proposed by one officer, credited by another; and a credit undone by two."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES, to_text
from wallet.models.banks import REFERENCE_CHARACTERS_MAX, REFERENCE_SHAPE, BankLine, NostroAccount
from wallet.models.coins import Coin
from wallet.models.pairs import Pair, PairState, not_of_their_own, pair_constraints, pair_flow

if TYPE_CHECKING:
    from accounts.models import User

FIAT_DEPOSIT_FLOW = pair_flow("fiat deposit")
FIAT_REVERSAL_FLOW = pair_flow("reversal of a fiat deposit")


class FiatDeposit(Pair):
    """The line of one of our bank accounts that pays a customer; done, its amount is in the customer's balance."""

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fiat_deposits")
    nostro = models.ForeignKey(NostroAccount, on_delete=models.PROTECT, related_name="+")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    """Together with `nostro` a foreign key of the database (fiat_deposit_coin)."""
    reference = models.CharField(max_length=REFERENCE_CHARACTERS_MAX)
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, null=True, default=None, related_name="credited_as")

    class Meta(Pair.Meta):
        abstract = False
        constraints = [
            *pair_constraints("fiat_deposit"),
            not_of_their_own("fiat_deposit"),
            # What is done is once by its line (bank_line_once).
            models.UniqueConstraint(
                fields=["nostro", "reference"], condition=Q(state=PairState.PROPOSED), name="fiat_deposit_proposed_once"
            ),
            # Target of the reversal's composite key: it names the deposit's own customer.
            models.UniqueConstraint(fields=["id", "customer"], name="fiat_deposit_of_customer"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="fiat_deposit_amount_positive"),
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE_SHAPE), name="fiat_deposit_reference_plain"),
            models.CheckConstraint(
                condition=Q(state=PairState.DONE, line__isnull=False) | (~Q(state=PairState.DONE) & Q(line__isnull=True)),
                name="fiat_deposit_done_has_its_line",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="fiat_deposit_by_state"),
            models.Index(fields=["customer", "-id"], condition=Q(state=PairState.DONE), name="fiat_deposit_by_customer"),
        ]

    @property
    def owner(self) -> User:
        """See Pair."""
        return self.customer

    @property
    def money(self) -> tuple[str, Coin]:
        """See Pair."""
        return to_text(self.amount), self.coin


class FiatReversal(Pair):
    """A credited fiat deposit that is undone whole.

    With a reference the bank took the money back, by a line of its own; without one the credit was a mistake of ours,
    and the line it was credited by may be credited anew, rightly.
    """

    deposit = models.ForeignKey(FiatDeposit, on_delete=models.PROTECT, related_name="reversals")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=REFERENCE_CHARACTERS_MAX, blank=True, default="")
    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, null=True, default=None, related_name="took_back")

    class Meta(Pair.Meta):
        abstract = False
        verbose_name = "reversal of a fiat deposit"
        verbose_name_plural = "reversals of fiat deposits"
        constraints = [
            *pair_constraints("fiat_reversal"),
            not_of_their_own("fiat_reversal"),
            models.UniqueConstraint(
                fields=["deposit"],
                condition=Q(state__in=(PairState.PROPOSED, PairState.DONE)),
                name="fiat_reversal_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(reference="") | Q(reference__regex=REFERENCE_SHAPE), name="fiat_reversal_reference_plain"
            ),
            models.CheckConstraint(
                condition=Q(Q(line__isnull=True) & (~Q(state=PairState.DONE) | Q(reference="")))
                | Q(Q(line__isnull=False) & Q(state=PairState.DONE) & ~Q(reference="")),
                name="fiat_reversal_done_has_its_line",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="fiat_reversal_by_state")]

    @property
    def owner(self) -> User:
        """See Pair."""
        return self.customer

    @property
    def money(self) -> tuple[str, Coin]:
        """See Pair."""
        return f"-{to_text(self.deposit.amount)}", self.deposit.coin
