"""Videos, and looking at one's own documents."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.ids import read_public_id
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.api.native.cases import FILE_REFUSALS
from kyc.api.native.shown import UploadedVideoOutput
from kyc.models import Document
from kyc.services import links, overview, videos


class VideoInput(serializers.Serializer[Any]):
    """One video: MP4, MOV or WebM, up to 50 MiB, two minutes and 3840 by 2160 pixels."""

    file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=1_000)


class Videos(NativeView):
    """POST /api/v1/kyc/videos: uploads a video of the customer."""

    @operation(
        needs=Needs(),
        input=VideoInput,
        output=UploadedVideoOutput,
        status=201,
        parsers=("multipart",),
        spool_bytes_max=videos.VIDEO_BYTES_MAX,
        rate="10/m",
        refusals=(*FILE_REFUSALS, errors.VideoQuotaReached),
        summary="Upload a video",
    )
    def post(self, call: Call) -> object:
        """Keep it; answers the document."""
        stored = videos.upload(user=call.user, file=call.input["file"].file)
        return overview.document_shown(stored, call.language)


class LinkOutput(serializers.Serializer[Any]):
    """A link to the document's first page, or to the video: good for this session and five minutes."""

    example_values: dict[str, Any] = {
        "url": "/api/v1/kyc/os/kyc_image/Zb3kQ0y7mJ5n.jpg?e=1769861100&token=c0ffee0f4b4e9a406d9b2d1f7c11a2b3"
    }

    url = serializers.CharField()


class DocumentLink(NativeView):
    """POST /api/v1/kyc/documents/{id}/link: a short-lived link to one's own document."""

    @operation(
        needs=Needs(),
        output=LinkOutput,
        rate="60/m",
        refusals=(Absent,),
        summary="Make a link to one of your documents",
    )
    def post(self, call: Call) -> object:
        """Sign it."""
        number = read_public_id(call.path["id"])
        if number is None:
            raise Absent(thing="document")
        kept = Document.objects.filter(storage_name__isnull=False).exclude(pages=[])
        row = kept.filter(public_id=number, user_id=call.user.pk).first()
        if row is None:
            raise Absent(thing="document")
        return {"url": f"/api/v1/kyc{links.url_of(row, viewer_of(call))}"}


class LinkQuery(serializers.Serializer[Any]):
    """When the link ends, and its signature."""

    e = Text(max_length=12, required=False, default="", help_text="Always there in a link that was made here.")
    token = Text(max_length=64, required=False, default="", help_text="Always there in a link that was made here.")


class LinkedFile(NativeView):
    """GET /api/v1/kyc/os/{folder}/{name}: the image or video behind a link, for the session that it was made for."""

    @operation(
        needs=Needs(),
        query=LinkQuery,
        media_types=("image/jpeg", "video/mp4", "video/webm"),
        rate="120/m",
        refusals=(Absent, errors.LinkInvalid, errors.StorageUnavailable),
        summary="Open a link to one of your documents",
    )
    def get(self, call: Call) -> object:
        """Stream it."""
        path = f"/os/{call.path['folder']}/{call.path['name']}"
        file = links.open(path, e=call.query["e"], token=call.query["token"], viewer=viewer_of(call))
        headers = {**file.headers, "Content-Length": str(file.size_bytes)}
        return StreamingHttpResponse(file.chunks, content_type=file.media_type, headers=headers)


def viewer_of(call: Call) -> links.Viewer:
    """The session that asks, as the one that may open the link."""
    assert call.credential is not None
    return links.Viewer(call.user, call.credential.id)
