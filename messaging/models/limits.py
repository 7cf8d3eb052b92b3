"""Limits: exact sliding windows for small numbers, hourly budgets for large ones."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Allowance(models.Model):
    """The last moments at which something was allowed to one key, oldest first.

    The key is a keyed hash, so that the table tells nobody's address.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    moments = ArrayField(models.DateTimeField())

    def __str__(self) -> str:
        return f"allowance, {len(self.moments)} moments"


class Budget(models.Model):
    """What one hour's budget may spend and has spent."""

    name = models.CharField(max_length=40)
    hour = models.DateTimeField()
    spent = models.IntegerField()
    spent_max = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "hour"), name="budget_one_per_name_and_hour"),
            models.CheckConstraint(
                condition=Q(spent__gte=0) & Q(spent__lte=F("spent_max")),
                name="budget_not_overspent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.hour:%Y-%m-%d %H}: {self.spent}"
