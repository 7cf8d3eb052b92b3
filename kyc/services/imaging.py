"""Reading customers' files: our side of the child process that does it.

The web process never decodes a byte of an upload. Both ways lead through memory-backed descriptors, so that no original
touches a disk and a child that answers too much meets its file-size limit, not our memory.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from kyc.errors import DocumentTooLarge, DocumentUnreadable, ImagingBusy
from kyc.models.documents import Page
from kyc.services import imaging_child, video_child

logger = logging.getLogger(__name__)
DOCUMENT_BYTES_MAX = imaging_child.INPUT_BYTES_MAX
WALL_SECONDS_MAX = 8
"""Seconds that a child may take by the clock on the wall. It has 3 or 4 of the CPU, so it comes here on a busy machine only."""
FAIR_CPU_SECONDS = 1.0
"""What reading an ordinary file takes at most: a child ended by that clock with less was not at fault."""
QUEUE_SECONDS_MAX = 3
"""Seconds that a request waits for a free place."""
HEAD_BYTES_MAX = 8 * 1024
STORED_MEDIA_TYPE = "image/jpeg"

CAUSES = {
    "empty": "it is empty",
    "foreign_type": "only JPEG, PNG and PDF files are taken",
    "two_faced": "it is two kinds of file at once",
    "too_many_pixels": f"it has more than {imaging_child.PIXELS_MAX // 1_000_000} million pixels",
    "too_small": f"each side needs at least {imaging_child.SIDE_PIXELS_MIN} pixels",
    "too_many_pages": f"it has more than {imaging_child.PAGE_COUNT_MAX} pages",
    "encrypted": "it is protected by a password",
    "too_costly": "reading it takes too much time or memory",
    "broken": "it is damaged or not complete",
    "foreign_container": "only MP4, MOV and WebM videos are taken",
    "foreign_codec": "its pictures or its sound are coded in a way that is not taken",
    "no_picture": "it shows nothing",
    "too_long": f"it lasts longer than {video_child.SECONDS_MAX} seconds",
    "too_wide": f"its pictures are larger than {video_child.SIDE_PIXELS_MAX} by 2160 pixels",
}
"""Why a file is not taken: the word for programs, the sentence for people."""

WAITERS_MAX = 1
"""Requests of one process that may wait; what comes then is sent away at once, so that uploads can't take every web thread."""

_places = threading.BoundedSemaphore(settings.KYC_IMAGING_PROCESSES)
_queue = threading.BoundedSemaphore(settings.KYC_IMAGING_PROCESSES + WAITERS_MAX)


@dataclass(frozen=True)
class Ending:
    """How a child ended: exit code or, negative, signal; seconds of the processor; whether the clock on the wall ended it."""

    code: int
    is_late: bool
    cpu_seconds: float


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
        raise refusal("empty")
    with a_place():
        answer = _run(content)
    head, pages, body = read_answer(answer)
    return Picture(content=body, pages=pages, source_media_type=head["source"])


@contextmanager
def a_place() -> Iterator[None]:
    """One of the few places in which files are read. Raises ImagingBusy."""
    if not _queue.acquire(blocking=False):
        raise ImagingBusy
    try:
        if not _places.acquire(timeout=QUEUE_SECONDS_MAX):
            raise ImagingBusy
        try:
            yield
        finally:
            _places.release()
    finally:
        _queue.release()


def _run(content: bytes) -> bytes:
    with memory_file() as source:
        source.write(content)
        return run(imaging_child.__file__, source)


def run(script: str, source: IO[bytes], *arguments: str, also: tuple[int, ...] = ()) -> bytes:
    """What the child answers about the file. `also` are descriptors that it is given.

    Raises DocumentUnreadable, ImagingBusy.
    """
    source.seek(0)
    # `-I` keeps the environment from it, so where our own modules lie compiled is told it in words.
    compiled = ("-X", f"pycache_prefix={sys.pycache_prefix}") if sys.pycache_prefix else ()
    with memory_file() as target:
        child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own file
            [sys.executable, "-I", "-B", *compiled, str(Path(script)), *arguments],
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
            pass_fds=also,
        )
        ending = end_of(child)
        if ending.is_late and ending.cpu_seconds < FAIR_CPU_SECONDS:
            raise ImagingBusy  # it waits for nothing but the processor, so others had that
        if ending.code != 0:
            logger.warning("a file met the limits of its reader (%d after %.1f s)", ending.code, ending.cpu_seconds)
            raise refusal("too_costly")
        target.seek(0)
        return target.read()


def end_of(child: subprocess.Popen[bytes]) -> Ending:
    """Wait for the child, and end it where the clock on the wall does."""
    late = threading.Event()

    def end() -> None:
        late.set()
        os.kill(child.pid, signal.SIGKILL)

    clock = threading.Timer(WALL_SECONDS_MAX, end)
    clock.daemon = True
    clock.start()
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # its number stays taken while the clock may use it
        clock.cancel()
        clock.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    finally:
        clock.cancel()
        child.kill()  # does nothing to a child that has ended
        child.wait()
    used = usage.ru_utime + usage.ru_stime
    return Ending(code=child.returncode, is_late=late.is_set() and child.returncode != 0, cpu_seconds=used)


def memory_file() -> IO[bytes]:
    """A file that lies on no disk, where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("kyc"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def read_answer(answer: bytes) -> tuple[dict[str, Any], list[Page], bytes]:
    """The head, where the pages lie, and the pages of a child's answer. Raises DocumentUnreadable."""
    line, _, body = answer.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line[:HEAD_BYTES_MAX])
        if "cause" in head:
            raise refusal(str(head["cause"]))
        if not isinstance(head["source"], str):
            raise TypeError
        return head, _cut(head["pages"], body), body
    except (ValueError, KeyError, TypeError):
        raise refusal("broken") from None


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


def refusal(cause: str) -> DocumentUnreadable:
    """Why the file is not taken."""
    known = cause if cause in CAUSES else "broken"
    return DocumentUnreadable(cause=known, reason=CAUSES[known])
