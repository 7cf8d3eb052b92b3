"""A video on the page of its case: streamed to one officer's session, a part at a time as the player asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, StreamingHttpResponse
from django.http.response import HttpResponseBase

from config.kit import ranges
from config.kit.errors import Absent, DomainError
from kyc.services import desk, links

if TYPE_CHECKING:
    from accounts.models import User

UNSATISFIABLE = 416
PARTIAL = 206


def answer(request: HttpRequest, document_id: int, *, officer: User, viewer: str) -> HttpResponseBase:
    """The video, or the part of it that is asked for, by a link made for this officer's session a few minutes ago."""
    expires, signature = request.GET.get("e", ""), request.GET.get("s", "")
    part = ranges.read(request.headers.get("Range", ""))
    try:
        links.check(request.path, viewer=viewer, expires=expires, signature=signature)
        found = desk.look_at_video(document_id=document_id, officer=officer, part=part, link=signature)
    except Absent:
        raise Http404 from None
    except DomainError as refusal:
        return HttpResponseForbidden(refusal.detail, content_type="text/plain; charset=utf-8")
    except ranges.Outside as outside:
        return HttpResponse(status=UNSATISFIABLE, headers={"Content-Range": f"bytes */{outside.size_bytes}"})
    file = found.file
    headers = {
        **links.HEADERS,
        "Content-Disposition": f'inline; filename="{file.file_name}"',
        "Content-Length": str(file.size_bytes),
        "Accept-Ranges": "bytes",
    }
    if not part.is_whole:
        headers["Content-Range"] = f"bytes {found.start}-{found.start + file.size_bytes - 1}/{found.whole_bytes}"
    status = 200 if part.is_whole else PARTIAL
    return StreamingHttpResponse(file.chunks, status=status, content_type=file.media_type, headers=headers)
