"""Reading customers' files: our side of the child process that does it.

The web process never decodes a byte of an upload. Both ways lead through memory-backed descriptors, so that no original
touches a disk and a child that answers too much meets its file-size limit, not our memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from kyc.errors import DocumentTooLarge, DocumentUnreadable, ImagingBusy
from kyc.models.documents import Page
from kyc.services import imaging_child

DOCUMENT_BYTES_MAX = imaging_child.INPUT_BYTES_MAX
WALL_SECONDS_MAX = 8
"""Seconds that a child may take by the clock on the wall, whatever it used of the CPU."""
QUEUE_SECONDS_MAX = 3
"""Seconds that a request waits for a free place."""
HEAD_BYTES_MAX = 8 * 1024
STORED_MEDIA_TYPE = "image/jpeg"

CAUSES = {
    "empty": "it is empty",
    "foreign_type": "only JPEG, PNG and PDF files are taken",
    "two_faced": "it is a picture and something else at once",
    "too_many_pixels": f"it has more than {imaging_child.PIXELS_MAX // 1_000_000} million pixels",
    "too_small": f"each side needs at least {imaging_child.SIDE_PIXELS_MIN} pixels",
    "too_many_pages": f"it has more than {imaging_child.PAGE_COUNT_MAX} pages",
    "encrypted": "it is protected by a password",
    "too_costly": "reading it takes too much time or memory",
    "broken": "it is damaged or not complete",
}
"""Why a file is not taken: the word for programs, the sentence for people."""

WAITERS_MAX = 1
"""Requests of one process that may wait; what comes then is sent away at once, so that uploads can't take every web thread."""

_places = threading.BoundedSemaphore(settings.KYC_IMAGING_PROCESSES)
_queue = threading.BoundedSemaphore(settings.KYC_IMAGING_PROCESSES + WAITERS_MAX)


@dataclass(frozen=True)
class Picture:
    """A file as we keep it: page JPEGs one behind another."""

    content: bytes
    pages: list[Page]
    source_media_type: str

    @property
    def sha256(self) -> bytes:
        """Of the bytes to be sealed and stored."""
        return hashlib.sha256(self.content).digest()


def reencode(content: bytes) -> Picture:
    """The file as clean JPEGs.

    Raises DocumentTooLarge, DocumentUnreadable, ImagingBusy.
    """
    if len(content) > DOCUMENT_BYTES_MAX:
        raise DocumentTooLarge(bytes_max=DOCUMENT_BYTES_MAX)
    if not content:
        raise _refusal("empty")
    if not _queue.acquire(blocking=False):
        raise ImagingBusy
    try:
        if not _places.acquire(timeout=QUEUE_SECONDS_MAX):
            raise ImagingBusy
        try:
            answer = _run(content)
        finally:
            _places.release()
    finally:
        _queue.release()
    return _read(answer)


def _run(content: bytes) -> bytes:
    with _memory_file() as source, _memory_file() as target:
        source.write(content)
        source.seek(0)
        child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own file
            [sys.executable, "-I", "-B", str(Path(imaging_child.__file__))],
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            start_new_session=True,
        )
        try:
            code = child.wait(timeout=WALL_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            code = -9
        finally:
            child.kill()
            child.wait()
        if code != 0:
            raise _refusal("too_costly")
        target.seek(0)
        return target.read()


def _memory_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("kyc"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _read(answer: bytes) -> Picture:
    line, _, body = answer.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line[:HEAD_BYTES_MAX])
        if "cause" in head:
            raise _refusal(str(head["cause"]))
        pages = _cut(head["pages"], body)
        return Picture(content=body, pages=pages, source_media_type=str(head["source"]))
    except (ValueError, KeyError, TypeError):
        raise _refusal("broken") from None


def _cut(heads: list[dict[str, Any]], body: bytes) -> list[Page]:
    """Where each page lies. The child is not trusted: what is not a row of whole JPEGs raises ValueError."""
    pages: list[Page] = []
    offset = 0
    for head in heads:
        width, height, length = int(head["width"]), int(head["height"]), int(head["length"])
        page = body[offset : offset + length]
        if len(page) != length or not (page.startswith(b"\xff\xd8\xff") and page.endswith(b"\xff\xd9")):
            raise ValueError("not a JPEG")
        pages.append({"offset": offset, "length": length, "width": width, "height": height})
        offset += length
    if offset != len(body) or not 1 <= len(pages) <= imaging_child.PAGE_COUNT_MAX:
        raise ValueError("not whole")
    return pages


def _refusal(cause: str) -> DocumentUnreadable:
    known = cause if cause in CAUSES else "broken"
    return DocumentUnreadable(cause=known, reason=CAUSES[known])
