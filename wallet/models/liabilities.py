"""Proofs of liabilities: for a coin and a moment, a Merkle-sum tree over what every customer owned."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin

LEVELS_MAX = 40
"""Levels of a tree at the most: a thousand thousand million leaves."""


class LiabilityProof(models.Model):
    """The root of one tree. Published, and never changed or removed."""

    public_id = PublicIdField()
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="liability_proofs")
    root = models.BinaryField(max_length=32)
    total = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    leaf_count = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    """When the snapshot was taken from which all balances are."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(total__gte=0), name="liability_proof_total_not_negative"),
            models.CheckConstraint(condition=Q(leaf_count__gte=1), name="liability_proof_has_leaves"),
        )
        indexes = (models.Index(fields=["coin", "-id"], name="liability_proof_by_coin"),)

    def __str__(self) -> str:
        return f"{self.coin_id} {self.public_id}"


class LiabilityNode(models.Model):
    """One node of a tree, with the sum below it; at level 0 a customer's leaf. Kept while the proof is a recent one."""

    proof = models.ForeignKey(LiabilityProof, on_delete=models.PROTECT, related_name="nodes")
    level = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    total = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    nonce = models.BinaryField(max_length=32, null=True)
    """Drawn for this leaf, so that nobody finds a balance behind a digest by trying."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["proof", "level", "position"], name="liability_node_once"),
            models.UniqueConstraint(
                fields=["proof", "customer"], condition=Q(customer__isnull=False), name="liability_leaf_once"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="liability_node_not_negative"),
            models.CheckConstraint(condition=Q(level__lte=LEVELS_MAX), name="liability_node_level_in_range"),
            models.CheckConstraint(
                condition=Q(level=0, customer__isnull=False, nonce__isnull=False)
                | Q(level__gt=0, customer__isnull=True, nonce__isnull=True),
                name="liability_node_leaf_has_customer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.proof_id}/{self.level}/{self.position}"
