"""The customer as bitgin's answers show one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Status, User
from accounts.services import standing, totp

STATUSES: dict[str, int] = {
    Status.NORMAL: 1,
    Status.BLOCKED: 3,
    Status.NOT_ACTIVATED: 4,
    Status.DELETED: 5,
    Status.SUSPENDED: 6,
    Status.LOCKED: 7,
    Status.NOT_TRADABLE: 8,
}
"""`userStatus`. Source: bitgin: Login, UserStatus."""


class BitginNameOutput(serializers.Serializer[Any]):
    """Name, state, second factor and identity: what a log-in tells, and `GET /v1/user` among more."""

    email = serializers.CharField(allow_blank=True)
    username = serializers.CharField(allow_blank=True)
    userStatus = serializers.IntegerField(help_text="1 normal, 3 restricted, 4 not activated, 8 not tradable")
    is2FA = serializers.BooleanField()
    isKyc = serializers.BooleanField()

    def to_representation(self, instance: User) -> dict[str, Any]:
        """In the words of the document; who has no email or no user name has an empty one."""
        return {
            "email": instance.email or "",
            "username": instance.username or "",
            "userStatus": STATUSES[instance.status],
            "is2FA": totp.bound(instance) is not None,
            "isKyc": standing.of(instance.parent or instance).identity_level > 0,
        }
