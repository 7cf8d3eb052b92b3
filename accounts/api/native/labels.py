"""Labels of the own account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.services import labels
from config.dialects.native.dialect import NativeView
from config.kit.operations import Call, Needs, operation


class LabelOutput(serializers.Serializer[labels.ShownLabel]):
    """A label in the reader's language."""

    key = serializers.CharField()
    color = serializers.CharField(help_text="#rrggbb")
    text = serializers.CharField()


class LabelsOutput(serializers.Serializer[Any]):
    """All of them; there is no second page."""

    results = LabelOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class MyLabels(NativeView):
    """`GET /api/v1/me/labels`: the labels that the customer may see, in the language of the request."""

    @operation(needs=Needs(scope="read"), output=LabelsOutput, summary="Read the own labels")
    def get(self, call: Call) -> object:
        """In the order of their keys."""
        return {"results": labels.shown_to(call.user, language=call.language), "next": None, "previous": None}
