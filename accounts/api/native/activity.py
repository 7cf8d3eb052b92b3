"""The customer's log: sign-ins, and all that was done on the account."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import LoginRecord
from accounts.models.logins import LoginAct
from accounts.services import logins
from config.dialects.native.dialect import NativeView
from config.kit.fields import PublicId, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset


class LoginRecordOutput(serializers.Serializer[LoginRecord]):
    """One line of the log. Without an address: one of ours, a worker or a chain did it."""

    id = PublicId(source="public_id")
    act = serializers.CharField()
    at = TimestampField()
    ip = serializers.CharField(allow_null=True)
    place = serializers.CharField()
    city = serializers.CharField()
    device = serializers.CharField()
    os = serializers.CharField(help_text="Operating system.")
    browser = serializers.CharField()


class ActivityQuery(serializers.Serializer[Any]):
    """What narrows the log: one kind of act, and a time from (inclusive) and to (exclusive), RFC 3339."""

    act = serializers.ChoiceField(choices=LoginAct.choices, required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to` on the wire; the first is no name in Python."""
        names = {"act": "act", "since": "from", "until": "to"}
        found = super().get_fields()
        for own, wire in names.items():
            if own != wire:
                found[own].source = own
        return {names[name]: field for name, field in found.items()}


class Logins(NativeView):
    """`GET /api/v1/me/logins`: who signed in, who tried to, and which sessions ended."""

    @operation(needs=Needs(scope="read"), output=LoginRecordOutput, page=Keyset("id"), summary="Read the log of sign-ins")
    def get(self, call: Call) -> QuerySet[LoginRecord]:
        """Newest first."""
        return logins.sign_ins(call.user)


class Activity(NativeView):
    """`GET /api/v1/me/activity`: everything that was done on the account."""

    @operation(
        needs=Needs(scope="read"),
        query=ActivityQuery,
        output=LoginRecordOutput,
        page=Keyset("id"),
        summary="Read the log of the account",
    )
    def get(self, call: Call) -> QuerySet[LoginRecord]:
        """Newest first."""
        acts = (call.query["act"],) if "act" in call.query else ()
        return logins.activity(call.user, acts=acts, since=call.query.get("since"), until=call.query.get("until"))
