"""Shorter security holds: one officer proposes an earlier end and another one lets it happen, or nobody does."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.holds import SecurityHold
from accounts.models.privacy import PRIVACY_REASON_LENGTH_MAX
from config.kit.flow import Flow
from config.kit.ids import PublicIdField


class ShorteningState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", "Proposed"
    DONE = "done", "Done"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Taken back"
    EXPIRED = "expired", "Expired"


_S = ShorteningState
DECIDED = (_S.DONE, _S.REJECTED, _S.WITHDRAWN)
ENDS = (*DECIDED, _S.EXPIRED)
SHORTENING_FLOW = Flow("hold shortening", states=_S, start=_S.PROPOSED, moves={_S.PROPOSED: ENDS}, ends=ENDS)


class HoldShortening(models.Model):
    """One hold is to end at `until_after` in place of `until_before`: `proposer` says so and why, `decider` looks at it.

    What was proposed never changes (a trigger sees to it), so that `payload_hash`, the SHA-256 over all of its facts, stays
    what it is; `seen_hash` is what the decider saw. The database lets a hold's end come nearer only where such a row is done.
    """

    public_id = PublicIdField()
    hold = models.ForeignKey(SecurityHold, models.PROTECT, related_name="shortenings")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    until_before = models.DateTimeField()
    until_after = models.DateTimeField()
    state = models.CharField(max_length=16, choices=ShorteningState, default=ShorteningState.PROPOSED)
    payload_hash = models.BinaryField(max_length=32)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_because = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, default=None, related_name="+")
    decided_because = models.CharField(max_length=PRIVACY_REASON_LENGTH_MAX, blank=True, default="")
    seen_hash = models.BinaryField(max_length=32, null=True, default=None)
    finished_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = "proposal of a shorter hold"
        verbose_name_plural = "proposals of shorter holds"
        constraints: ClassVar = (
            models.CheckConstraint(condition=Q(state__in=_S.values), name="accounts_holdshortening_state_known"),
            models.CheckConstraint(condition=Q(until_after__lt=F("until_before")), name="accounts_holdshortening_shortens"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="accounts_holdshortening_lives"),
            models.CheckConstraint(
                condition=Q(state=_S.PROPOSED, finished_at__isnull=True, decider__isnull=True, seen_hash__isnull=True)
                | Q(state=_S.EXPIRED, finished_at__isnull=False, decider__isnull=True, seen_hash__isnull=True)
                | Q(state__in=DECIDED, finished_at__isnull=False, decider__isnull=False, seen_hash__isnull=False),
                name="accounts_holdshortening_finished_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(_S.DONE, _S.REJECTED)) | ~Q(decider=F("proposer")),
                name="accounts_holdshortening_two_officers",
            ),
            models.CheckConstraint(
                condition=~Q(state=_S.WITHDRAWN) | Q(decider=F("proposer")),
                name="accounts_holdshortening_taken_back_by_its_proposer",
            ),
            models.CheckConstraint(
                condition=~Q(proposer=F("customer")) & (Q(decider__isnull=True) | ~Q(decider=F("customer"))),
                name="accounts_holdshortening_officers_are_not_the_customer",
            ),
            models.CheckConstraint(
                condition=~Q(state=_S.DONE) | Q(seen_hash=F("payload_hash"), finished_at__lte=F("expires_at")),
                name="accounts_holdshortening_done_as_it_was_seen",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_because="") & (~Q(state__in=DECIDED) | ~Q(decided_because="")),
                name="accounts_holdshortening_has_reasons",
            ),
            models.UniqueConstraint(
                fields=["hold"], condition=Q(state=_S.PROPOSED), name="accounts_holdshortening_one_at_a_time"
            ),
        )
        indexes: ClassVar = (
            models.Index(fields=["state", "-id"], name="accounts_shortening_state"),
            models.Index(fields=["customer", "-id"], name="accounts_shortening_customer"),
        )

    def __str__(self) -> str:
        return str(self.public_id)
