"""`{"success": true}`: what bhex answers where there is nothing else to say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class SuccessOutput(serializers.Serializer[Any]):
    """It was done."""

    success = serializers.BooleanField()


SUCCESS = {"success": True}
