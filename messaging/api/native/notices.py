"""The customer's inbox of notices."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import PublicId, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from messaging.services import inbox
from messaging.services.inbox import Inbox, Reading


def language_of_reader(call: Call) -> str:
    """The language that the request asks for; where it asks for none, the one that the customer chose."""
    asked = call.request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return call.language if asked else str(getattr(call.user, "language", "") or call.language)


class NoticesQuery(serializers.Serializer[Any]):
    """`unread=true` leaves out what was read, `unread=false` what was not."""

    unread = serializers.BooleanField(required=False, allow_null=True, default=None)


class NoticeOutput(serializers.Serializer[Any]):
    """One notice in the reader's language. `template` names its kind, whatever the language."""

    id = PublicId(source="public_id")
    template = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    created_at = TimestampField()
    read_at = TimestampField(allow_null=True)


class NoticeInput(serializers.Serializer[Any]):
    """Whether the notice counts as read."""

    read = serializers.BooleanField()


class UnreadOutput(serializers.Serializer[Any]):
    """How many notices are unread."""

    unread = serializers.IntegerField()


class Notices(NativeView):
    """`GET /api/v1/notices`: what the customer was told."""

    @operation(
        needs=Needs(level="low"),
        query=NoticesQuery,
        output=NoticeOutput,
        page=Keyset("id"),
        rate="120/m",
        summary="List the notices",
    )
    def get(self, call: Call) -> Inbox:
        """Newest first."""
        return Inbox(user=call.user, language=language_of_reader(call), unread=call.query.get("unread"))


class UnreadNotices(NativeView):
    """`GET /api/v1/notices/unread-count`: how many there are to read."""

    @operation(needs=Needs(level="low"), output=UnreadOutput, rate="120/m", summary="Count the unread notices")
    def get(self, call: Call) -> dict[str, int]:
        """The number."""
        return {"unread": inbox.unread_count(call.user)}


class ReadNotices(NativeView):
    """`POST /api/v1/notices/read-all`: nothing is unread any more."""

    @operation(needs=Needs(level="low"), output=UnreadOutput, rate="60/m", summary="Mark all notices as read")
    def post(self, call: Call) -> dict[str, int]:
        """Mark them; what came meanwhile is counted."""
        inbox.mark_all(user=call.user)
        return {"unread": inbox.unread_count(call.user)}


class NoticeById(NativeView):
    """`GET|PATCH /api/v1/notices/{id}`: one notice."""

    @operation(needs=Needs(level="low"), output=NoticeOutput, rate="120/m", summary="Read a notice", refusals=(Absent,))
    def get(self, call: Call) -> Reading:
        """The notice; reading it here does not mark it."""
        return inbox.find(user=call.user, public_id=call.path["id"], language=language_of_reader(call))

    @operation(
        needs=Needs(level="low"),
        input=NoticeInput,
        output=NoticeOutput,
        rate="120/m",
        summary="Mark a notice as read or unread",
        refusals=(Absent,),
    )
    def patch(self, call: Call) -> Reading:
        """The notice as it stands now."""
        return inbox.mark(
            user=call.user,
            public_id=call.path["id"],
            read_now=call.input["read"],
            language=language_of_reader(call),
        )
