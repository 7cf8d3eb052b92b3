"""How far the books were proven, so that the next proof need only look at what came since."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.models.ledger import LedgerAccount


class AuditMark(models.Model):
    """A place in the journal, taken at a moment.

    Every entry up to `entry_id` was written by a transaction with an id below `transaction_id`. Once all of those are over,
    what stands up to the mark is all that will ever stand there.
    """

    id = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    """The newest posting that was visible then."""
    transaction_id = models.BigIntegerField()
    taken_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, default=None)
    """When AuditedTotal was brought to this place. The newest such mark is where it stands."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(entry_id__gte=0, posting_id__gte=0, transaction_id__gt=0), name="audit_mark_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id}"


class AuditedTotal(models.Model):
    """The sum of one account's entries up to the newest proven mark."""

    account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, primary_key=True, related_name="+")
    total = models.DecimalField(max_digits=56, decimal_places=18)

    def __str__(self) -> str:
        return f"account {self.account_id}"
