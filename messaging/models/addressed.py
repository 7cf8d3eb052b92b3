"""Rows that are found by where something was sent, and that keep no address."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Addressed(models.Model):
    """A destination as two columns of blind indexes and, sealed, the tag from which they are made anew under another key.

    `messaging.services.destination_indexes` fills them. A row without a tag is of a release before there was one: its
    `destination_hash` is the tag.
    """

    destination_hash = models.BinaryField(max_length=32, null=True, blank=True)
    second_destination_hash = models.BinaryField(max_length=32, null=True, blank=True)
    sealed_destination_tag = models.BinaryField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def tag_context(self) -> str:
        """What the sealed tag is bound to."""
        return f"{self._meta.label_lower}.destination:{self.public_id}"  # type: ignore[attr-defined]  # each such model has one


def indexed(name: str) -> models.CheckConstraint:
    """Each row stands in at least one column."""
    return models.CheckConstraint(
        condition=Q(destination_hash__isnull=False) | Q(second_destination_hash__isnull=False), name=name
    )
