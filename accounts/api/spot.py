"""Who signs, on spot."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import User
from config.dialects.spot.dialect import SpotView
from config.kit.operations import ANY_SCOPE, Call, Needs, operation


class SpotUserOutput(serializers.Serializer[Any]):
    """The customer's number."""

    uid = serializers.IntegerField()


class UserInfo(SpotView):
    """GET /api/spot/v1/user/info. Source: gaps.md, spot: the document refers to it and does not describe it."""

    @operation(needs=Needs(scope=ANY_SCOPE), output=SpotUserOutput, summary="Whose this key is")
    def get(self, call: Call) -> User:
        """The customer; for a key of a sub-account, whoever it belongs to."""
        owner: User = call.user.parent or call.user
        return owner
