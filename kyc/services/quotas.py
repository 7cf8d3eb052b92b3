"""How much one customer may hand in within a day: files, videos, bytes, and files that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache

from config.kit import clock
from kyc.errors import UploadBytesReached, UploadQuotaReached, VideoQuotaReached
from kyc.models import Document, DocumentKind, Upload, UploadForm

if TYPE_CHECKING:
    from accounts.models import User

FILES_PER_DAY_MAX = 40
"""Files that one customer may hand in within 24 hours, replaced and unclaimed ones included, and those that could not be
read."""
VIDEOS_PER_DAY_MAX = 6
BYTES_PER_DAY_MAX = 256 * 1024 * 1024
"""Bytes that we keep of one customer's files of 24 hours."""
DAY_SECONDS = 24 * 3600
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class _File:
    at: datetime
    size_bytes: int
    is_video: bool


def require(user: User, *, video: bool = False) -> None:
    """Promise that the customer may hand in one file more today.

    Raises UploadQuotaReached, VideoQuotaReached, UploadBytesReached.
    """
    since = clock.now() - timedelta(seconds=DAY_SECONDS)
    files = sorted(_files(user, since) + _unreadable(user, since), key=lambda file: file.at)
    wait = int((files[0].at - since).total_seconds()) + 1 if files else DAY_SECONDS
    if len(files) >= FILES_PER_DAY_MAX:
        raise UploadQuotaReached(documents_per_day=FILES_PER_DAY_MAX, retry_after=wait)
    if sum(file.size_bytes for file in files) >= BYTES_PER_DAY_MAX:
        raise UploadBytesReached(bytes_per_day=BYTES_PER_DAY_MAX, retry_after=wait)
    videos = [file for file in files if file.is_video]
    if video and len(videos) >= VIDEOS_PER_DAY_MAX:
        wait = int((videos[0].at - since).total_seconds()) + 1
        raise VideoQuotaReached(videos_per_day=VIDEOS_PER_DAY_MAX, retry_after=wait)


def note_unreadable(user: User, *, video: bool = False) -> None:
    """A file that can't be read costs as much as one that can, and counts for a day from the end of its hour.

    Each hour has a counter of its own: one counter for a day would let in twice as many around its end.
    """
    key = _counter(user, int(clock.now().timestamp()) // HOUR_SECONDS, video=video)
    cache.add(key, 0, timeout=DAY_SECONDS + HOUR_SECONDS)
    cache.incr(key)


def _files(user: User, since: datetime) -> list[_File]:
    """What was handed in since then; a claimed upload counts as the document that it became."""
    documents = Document.objects.filter(user_id=user.pk, uploaded_at__gt=since)
    uploads = Upload.objects.filter(user_id=user.pk, created_at__gt=since, document=None)
    return [
        _File(at, size, kind == DocumentKind.VIDEO)
        for at, size, kind in documents.order_by("-uploaded_at").values_list("uploaded_at", "size_bytes", "kind")[:1_000]
    ] + [
        _File(at, size, form == UploadForm.VIDEO)
        for at, size, form in uploads.order_by("-created_at").values_list("created_at", "size_bytes", "form")[:1_000]
    ]


def _unreadable(user: User, since: datetime) -> list[_File]:
    """What could not be read, each as of the end of its hour; nothing of it is kept."""
    first = int(since.timestamp()) // HOUR_SECONDS
    hours = range(first, first + DAY_SECONDS // HOUR_SECONDS + 1)
    counters = {_counter(user, hour, video=video): (hour, video) for hour in hours for video in (False, True)}
    found: list[_File] = []
    for key, count in cache.get_many(list(counters)).items():
        hour, video = counters[key]
        at = datetime.fromtimestamp((hour + 1) * HOUR_SECONDS, UTC)
        found += [_File(at, 0, video)] * min(int(count), FILES_PER_DAY_MAX)
    return found


def _counter(user: User, hour: int, *, video: bool) -> str:
    return f"kyc.unreadable{'_videos' if video else ''}:{user.pk}:{hour}"
