"""A fiat withdrawal that the bank gave back: proposed by one officer, confirmed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.money import to_text
from wallet.models.banks import REFERENCE_CHARACTERS_MAX, REFERENCE_SHAPE, BankLine, NostroAccount
from wallet.models.fiat_withdrawals import FiatWithdrawal
from wallet.models.pairs import Pair, PairState, not_of_their_own, pair_constraints, pair_flow

if TYPE_CHECKING:
    from accounts.models import User
    from wallet.models.coins import Coin

FIAT_RETURN_FLOW = pair_flow("fiat return")


class FiatReturn(Pair):
    """The bank's line that says a paid withdrawal came back; done, the withdrawal is undone whole, our fee included."""

    withdrawal = models.ForeignKey(FiatWithdrawal, on_delete=models.PROTECT, related_name="returns")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    nostro = models.ForeignKey(NostroAccount, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=REFERENCE_CHARACTERS_MAX)
    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, null=True, default=None, related_name="returned_for")

    class Meta(Pair.Meta):
        abstract = False
        constraints = [
            *pair_constraints("fiat_return"),
            not_of_their_own("fiat_return"),
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(state__in=(PairState.PROPOSED, PairState.DONE)),
                name="fiat_return_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE_SHAPE), name="fiat_return_reference_plain"),
            models.CheckConstraint(
                condition=Q(state=PairState.DONE, line__isnull=False) | (~Q(state=PairState.DONE) & Q(line__isnull=True)),
                name="fiat_return_done_has_its_line",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="fiat_return_by_state")]

    @property
    def owner(self) -> User:
        """See Pair."""
        return self.customer

    @property
    def money(self) -> tuple[str, Coin]:
        """See Pair."""
        return to_text(self.withdrawal.amount), self.withdrawal.coin_network.coin
