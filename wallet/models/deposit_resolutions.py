"""What becomes of a deposit that was held: proposed by one officer, let happen by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.money import to_text
from wallet.models.deposits import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX, Deposit
from wallet.models.pairs import Pair, PairState, not_of_their_own, pair_constraints, pair_flow
from wallet.models.withdrawals import Withdrawal

if TYPE_CHECKING:
    from accounts.models import User
    from wallet.models.coins import Coin

RESOLUTION_FLOW = pair_flow("resolution of a deposit")


class ResolutionOutcome(models.TextChoices):
    """What is done with the money."""

    CREDIT = "credit", "Credit the customer of the address"
    ANOTHER = "another", "Credit another customer, whose it is"
    REFUND = "refund", "Send it back"


class DepositResolution(Pair):
    """A held deposit is credited after all, to its customer or to another whose it is, or it is sent back.

    What is sent back is credited and reserved in one transaction and leaves as a withdrawal through the gate that all pass.
    """

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="resolutions")
    outcome = models.CharField(max_length=16, choices=ResolutionOutcome.choices)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Who is credited."""
    address = models.CharField(max_length=ADDRESS_CHARACTERS_MAX, blank=True, default="")
    memo = models.CharField(max_length=MEMO_CHARACTERS_MAX, blank=True, default="")
    withdrawal = models.OneToOneField(Withdrawal, on_delete=models.PROTECT, null=True, default=None, related_name="refund_of")

    class Meta(Pair.Meta):
        abstract = False
        verbose_name = "resolution of a deposit"
        verbose_name_plural = "resolutions of deposits"
        constraints = [
            *pair_constraints("deposit_resolution"),
            not_of_their_own("deposit_resolution"),
            models.UniqueConstraint(
                fields=["deposit"],
                condition=Q(state__in=(PairState.PROPOSED, PairState.DONE)),
                name="deposit_resolution_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(outcome__in=ResolutionOutcome.values), name="deposit_resolution_outcome_known"),
            models.CheckConstraint(
                condition=(Q(outcome=ResolutionOutcome.REFUND) & ~Q(address=""))
                | (~Q(outcome=ResolutionOutcome.REFUND) & Q(address="", memo="")),
                name="deposit_resolution_refund_has_its_address",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ResolutionOutcome.REFUND, state=PairState.DONE, withdrawal__isnull=False)
                | (~Q(outcome=ResolutionOutcome.REFUND, state=PairState.DONE) & Q(withdrawal__isnull=True)),
                name="deposit_resolution_refund_is_a_withdrawal",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="deposit_resolution_by_state")]

    @property
    def owner(self) -> User:
        """See Pair."""
        return self.customer

    @property
    def money(self) -> tuple[str, Coin]:
        """See Pair."""
        return to_text(self.deposit.amount), self.deposit.coin_network.coin
