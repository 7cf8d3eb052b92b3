"""Images and videos on bhex. Source: bhex: 实名认证上传图片, 上传图片, 上传视频; gaps.md, bhex, "Image URLs"."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from rest_framework import serializers

from accounts.api.bhex.calls import session_of
from accounts.errors import NotForSubAccounts
from config.dialects.bhex.dialect import BhexView
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.services import imaging, links, uploads, videos
from kyc.services.links import Viewer

NAME_LENGTH_MAX = 1_000
REFUSALS = (
    NotForSubAccounts,
    errors.DocumentTooLarge,
    errors.DocumentUnreadable,
    errors.UploadQuotaReached,
    errors.UploadBytesReached,
    errors.ImagingBusy,
    errors.StorageUnavailable,
)


def viewer_of(call: Call) -> Viewer:
    """The session that asks, as the one that may open the link."""
    return Viewer(call.user, session_of(call).pk)


class ImageInput(serializers.Serializer[Any]):
    """One image: JPEG or PNG, up to 5 MiB and 25 million pixels; a PDF is taken as well."""

    upload_image_file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=NAME_LENGTH_MAX)


class VideoFileInput(serializers.Serializer[Any]):
    """One video: MP4, MOV or WebM, up to 50 MiB, two minutes and 3840 by 2160 pixels."""

    upload_video_file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=NAME_LENGTH_MAX)


class UrlOutput(serializers.Serializer[Any]):
    """Where this session sees the file for five minutes, below /s_api; `verify` takes it for a day."""

    url = serializers.CharField()


class UploadImage(BhexView):
    """POST /api/user/verify/upload_image and /api/user/upload_image. Source: bhex: 实名认证上传图片, 上传图片."""

    @operation(
        needs=Needs(),
        input=ImageInput,
        output=UrlOutput,
        parsers=("multipart",),
        rate="30/m",
        refusals=REFUSALS,
        summary="Upload an image",
    )
    def post(self, call: Call) -> object:
        """Keep it; answers a link to it."""
        content = call.input["upload_image_file"].read(imaging.DOCUMENT_BYTES_MAX + 1)
        return {"url": links.url_of(uploads.keep(user=call.user, content=content), viewer_of(call))}


class UploadVideo(BhexView):
    """POST /api/user/upload_video. Source: bhex: 上传视频."""

    @operation(
        needs=Needs(),
        input=VideoFileInput,
        output=UrlOutput,
        parsers=("multipart",),
        spool_bytes_max=videos.VIDEO_BYTES_MAX,
        rate="10/m",
        refusals=(*REFUSALS, errors.VideoQuotaReached),
        summary="Upload a video",
    )
    def post(self, call: Call) -> object:
        """Keep it; answers a link to it."""
        return {"url": links.url_of(videos.keep(user=call.user, file=call.input["upload_video_file"].file), viewer_of(call))}


class FileLinkQuery(serializers.Serializer[Any]):
    """When the link ends, and its signature."""

    e = Text(max_length=12, required=False, default="", help_text="Always there in a link that was made here.")
    token = Text(max_length=64, required=False, default="", help_text="Always there in a link that was made here.")


class File(BhexView):
    """GET /os/kyc_image/{name} and /os/kyc_video/{name}, also below /s_api and /api. Source: bhex: 上传图片, 说明; gaps.md."""

    @operation(
        needs=Needs(),
        query=FileLinkQuery,
        media_types=("image/jpeg", "video/mp4", "video/webm"),
        rate="120/m",
        refusals=(Absent, errors.LinkInvalid, errors.StorageUnavailable),
        summary="Open a link to an own image or video",
    )
    def get(self, call: Call) -> object:
        """Stream it."""
        file = links.open(call.request.path, e=call.query["e"], token=call.query["token"], viewer=viewer_of(call))
        headers = {**file.headers, "Content-Length": str(file.size_bytes)}
        return StreamingHttpResponse(file.chunks, content_type=file.media_type, headers=headers)
