"""Proofs of liabilities, native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, PublicId, TimestampField
from config.kit.operations import Call, Needs, operation
from wallet.models import LiabilityProof
from wallet.services import liabilities
from wallet.services.liabilities import Inclusion


class ProofOutput(serializers.Serializer[LiabilityProof]):
    """The published root of a coin's tree."""

    id = PublicId(source="public_id")
    coin = serializers.CharField(source="coin.code")
    root = serializers.SerializerMethodField(help_text="SHA-256, 64 hex digits")  # type: ignore[assignment]  # DRF has the word too
    total = AmountField(help_text="what all customers owned together")
    customers = serializers.IntegerField(source="leaf_count")
    taken_at = TimestampField()

    def get_root(self, proof: LiabilityProof) -> str:
        """Hex."""
        return bytes(proof.root).hex()


class ProofsOutput(serializers.Serializer[Any]):
    """The newest of each coin; never more than one page."""

    results = ProofOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class StepOutput(serializers.Serializer[Any]):
    """The sibling at one level, and on which side of the way it stands."""

    side = serializers.ChoiceField(choices=("left", "right"))
    digest = serializers.CharField()
    total = AmountField()


class InclusionOutput(serializers.Serializer[Inclusion]):
    """All that `docs/verify_inclusion.py` needs."""

    proof = serializers.CharField()
    coin = serializers.CharField()
    uid = serializers.CharField()
    balance = AmountField()
    nonce = serializers.CharField()
    path = StepOutput(many=True, help_text="from the leaf up")
    root = serializers.CharField()  # type: ignore[assignment]  # as above
    total = AmountField()
    taken_at = TimestampField()


class LiabilityProofs(NativeView):
    """`GET /api/v1/liability-proofs`: the newest published proof of each coin."""

    @operation(needs=Needs(login=False), output=ProofsOutput, summary="List the proofs of liabilities")
    def get(self, call: Call) -> object:
        """For anybody to keep and compare."""
        return {"results": liabilities.latest(), "next": None, "previous": None}


class LiabilityInclusion(NativeView):
    """`GET /api/v1/liability-proofs/{id}/inclusion`: the own balance's way to the root."""

    @operation(needs=Needs(scope="read"), output=InclusionOutput, summary="Show that the own balance is part of a proof")
    def get(self, call: Call) -> Inclusion:
        """The leaf and its siblings."""
        return liabilities.inclusion(customer=call.user, proof_id=call.path["id"])
