"""What one officer proposes and another one lets happen: the shape, its states, and what the database holds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from wallet.models.coins import REASON_CHARACTERS_MAX
from wallet.models.evidence import Move
from wallet.models.ledger import Posting

if TYPE_CHECKING:
    from accounts.models import User
    from wallet.models.coins import Coin


class PairState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", "Proposed"
    DONE = "done", "Done"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


_S = PairState
ENDS = (_S.DONE, _S.REJECTED, _S.WITHDRAWN)


def pair_flow(name: str) -> Flow:
    """The states of a proposal of that name."""
    return Flow(name, states=PairState, start=_S.PROPOSED, moves={_S.PROPOSED: ENDS}, ends=ENDS)


class Pair(models.Model):
    """A movement of money that takes two officers: `proposer` says what and why, `decider` looks at it and lets it happen.

    What was proposed never changes (a trigger sees to it), so that `payload_hash`, the SHA-256 over all of its facts, stays
    what it is; `seen_hash` is what the decider saw. The posting is made in the transaction that ends it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    state = models.CharField(max_length=16, choices=PairState.choices, default=PairState.PROPOSED)
    payload_hash = models.BinaryField(max_length=32)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_because = models.CharField(max_length=REASON_CHARACTERS_MAX)
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, default=None, related_name="+")
    decided_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    seen_hash = models.BinaryField(max_length=32, null=True, default=None)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True, default=None, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def owner(self) -> User:
        """Whose money it is: neither of the two officers."""
        raise NotImplementedError

    @property
    def money(self) -> tuple[str, Coin]:
        """How much of what, as text with its sign where it has one."""
        raise NotImplementedError


def pair_constraints(name: str) -> list[models.BaseConstraint]:
    """What the database holds of each table of pairs: two people, bound to the payload, with a posting at the end.

    Django copies no constraint of an abstract model under a name of its own, so each table takes them from here.
    """
    return [
        models.CheckConstraint(condition=Q(state__in=PairState.values), name=f"{name}_state_known"),
        models.CheckConstraint(
            condition=Q(state=_S.PROPOSED, finished_at__isnull=True, decider__isnull=True, seen_hash__isnull=True)
            | Q(state__in=ENDS, finished_at__isnull=False, decider__isnull=False, seen_hash__isnull=False),
            name=f"{name}_finished_by_somebody",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=(_S.DONE, _S.REJECTED)) | ~Q(decider=F("proposer")), name=f"{name}_two_officers"
        ),
        models.CheckConstraint(
            condition=~Q(state=_S.WITHDRAWN) | Q(decider=F("proposer")), name=f"{name}_withdrawn_by_its_proposer"
        ),
        models.CheckConstraint(
            condition=~Q(state=_S.DONE) | Q(seen_hash=F("payload_hash")), name=f"{name}_bound_to_its_payload"
        ),
        models.CheckConstraint(
            condition=Q(state=_S.DONE, posting__isnull=False) | (~Q(state=_S.DONE) & Q(posting__isnull=True)),
            name=f"{name}_done_is_posted",
        ),
        models.CheckConstraint(
            condition=~Q(proposed_because="") & (Q(state=_S.PROPOSED) | ~Q(decided_because="")), name=f"{name}_has_reasons"
        ),
    ]


def not_of_their_own(name: str) -> models.CheckConstraint:
    """Nobody proposes or decides about their own money; for tables that name the customer on the row."""
    return models.CheckConstraint(
        condition=~Q(proposer=F("customer")) & (Q(decider__isnull=True) | ~Q(decider=F("customer"))),
        name=f"{name}_officers_are_not_the_customer",
    )


class PairMatter(models.TextChoices):
    """What a proposal is about."""

    FIAT_RETURN = "fiat_return", "Return of a fiat withdrawal"
    FIAT_DEPOSIT = "fiat_deposit", "Fiat deposit"
    FIAT_REVERSAL = "fiat_reversal", "Reversal of a fiat deposit"
    ADJUSTMENT = "adjustment", "Adjustment"
    RESOLUTION = "resolution", "Resolution of a deposit"


class PairEvent(Move):
    """One move of a proposal: who, when, why. Append-only (a trigger refuses changes)."""

    matter = models.CharField(max_length=16, choices=PairMatter.choices)
    subject = models.BigIntegerField()
    """The proposal's public id."""
    state_after = models.CharField(max_length=16, choices=PairState.choices)

    class Meta(Move.Meta):
        abstract = False
        indexes = [models.Index(fields=["subject", "id"], name="pair_event_by_subject")]
