"""Answers that are one bare value, where a document wants `true`, a number or an id instead of an object."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers


class ScalarOutput(serializers.BaseSerializer[Any]):
    """One value as it is. A subclass names its schema, with an example."""

    schema: ClassVar[dict[str, Any]]

    def to_representation(self, instance: Any) -> Any:
        """The value."""
        return instance


class TrueOutput(ScalarOutput):
    """`true`."""

    schema = {"type": "boolean", "const": True, "example": True}


class NullOutput(ScalarOutput):
    """`null`, where a document shows an answer that says no more than that it went well."""

    schema = {"type": "null", "const": None, "example": None}
