"""What the native dialect answers about identity checks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from config.kit.fields import PublicId, TimestampField
from kyc.catalogue.requirements import REQUIREMENTS
from kyc.models import CaseState, DocumentKind, DocumentState, IdType, Level, Part
from kyc.models.cases import Programme
from kyc.services import entitlements, overview

EXPIRES_ON = "2031-06-30"


def reason(slug: str) -> dict[str, Any]:
    """A reason as an example shows it."""
    known = overview.reason_shown(slug, "en")
    assert known is not None, slug
    return asdict(known)


class ReasonOutput(serializers.Serializer[Any]):
    """A reason of the catalogue, in the language of the request."""

    example_values: dict[str, Any] = reason("image_unclear")

    slug = serializers.CharField()
    number = serializers.IntegerField()
    text = serializers.CharField()


class DocumentOutput(serializers.Serializer[Any]):
    """A document and what became of it."""

    example_values: dict[str, Any] = {
        "kind": DocumentKind.SELFIE.value,
        "state": DocumentState.REFUSED.value,
        "size_bytes": 412_300,
    }

    id = PublicId()
    kind = serializers.ChoiceField(DocumentKind.choices)
    state = serializers.ChoiceField(DocumentState.choices)
    size_bytes = serializers.IntegerField()
    page_count = serializers.IntegerField()
    uploaded_at = TimestampField()
    reason = ReasonOutput(allow_null=True)


class UploadedOutput(DocumentOutput):
    """A document that was just uploaded: nobody has decided about it."""

    example_values: dict[str, Any] = {
        "kind": DocumentKind.ID_FRONT.value,
        "state": DocumentState.UPLOADED.value,
        "size_bytes": 412_300,
        "reason": None,
    }


class UploadedVideoOutput(DocumentOutput):
    """A video that was just uploaded; its pages are pictures of it."""

    example_values: dict[str, Any] = {
        "kind": DocumentKind.VIDEO.value,
        "state": DocumentState.UPLOADED.value,
        "size_bytes": 9_830_400,
        "page_count": 6,
        "reason": None,
    }


class RefusedPartOutput(serializers.Serializer[Any]):
    """A part of the typed data that is to be given anew."""

    example_values: dict[str, Any] = {"part": Part.ADDRESS.value, "reason": reason("address_not_proven")}

    part = serializers.ChoiceField(Part.choices)
    reason = ReasonOutput(allow_null=True)


class CaseOutput(serializers.Serializer[Any]):
    """One level: its newest case, what it asks, what is missing."""

    example_values: dict[str, Any] = {
        "level": Level.DOCUMENTS.value,
        "programme": Programme.EXTENDED.value,
        "state": CaseState.SENT_BACK.value,
        "required": [*REQUIREMENTS[Level.DOCUMENTS, Programme.EXTENDED].kinds, overview.STEP_QUESTIONS],
        "missing": [DocumentKind.SELFIE.value, Part.ADDRESS.value, overview.STEP_APPLY],
        "document_expires_on": EXPIRES_ON,
    }
    level = serializers.IntegerField()
    programme = serializers.ChoiceField(Programme.choices)
    state = serializers.CharField(help_text=f"{overview.NOT_STARTED}, {', '.join(CaseState.values)}")
    id = PublicId(allow_null=True)
    refused_parts = RefusedPartOutput(many=True)
    document_expires_on = serializers.DateField(allow_null=True)
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # DRF keeps declared fields apart
    missing = serializers.ListField(child=serializers.CharField())
    documents = DocumentOutput(many=True)
    reason = ReasonOutput(allow_null=True)
    submitted_at = TimestampField(allow_null=True)
    decided_at = TimestampField(allow_null=True)


class IdentityOutput(serializers.Serializer[Any]):
    """The basic data, masked."""

    example_values: dict[str, Any] = {
        "name": overview.mask_name("Mei-Hua Lin"),
        "residence": "TW",
        "id_type": IdType.NATIONAL_ID.value,
        "id_number": overview.mask_number("A123456789"),
    }

    name = serializers.CharField()
    nationality = serializers.CharField()
    residence = serializers.CharField()
    id_type = serializers.CharField()
    id_number = serializers.CharField()


class ProgrammeOutput(serializers.Serializer[Any]):
    """What an application for the level asks under this programme; of a passport `id_back` is not asked."""

    example_values: dict[str, Any] = asdict(overview.PROGRAMMES[1])
    level = serializers.IntegerField()
    programme = serializers.ChoiceField(Programme.choices)
    documents = serializers.ListField(child=serializers.ChoiceField(DocumentKind.choices))
    questionnaire = serializers.BooleanField()
    bank_account = serializers.BooleanField()


class OverviewOutput(serializers.Serializer[Any]):
    """Everything about the customer's identity checks."""

    example_values: dict[str, Any] = {
        "level": Level.BASIC.value,
        "entitlements": {str(act): needed <= Level.BASIC for act, needed in entitlements.REQUIRED_LEVEL.items()},
        "questionnaire": overview.questionnaire_shown(),
    }
    level = serializers.IntegerField()
    entitlements = serializers.DictField(child=serializers.BooleanField())
    identity = IdentityOutput(allow_null=True)
    cases = CaseOutput(many=True)
    programmes = ProgrammeOutput(many=True)
    questionnaire = serializers.JSONField()
